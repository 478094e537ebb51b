"""The measurement of a threshold as part of a tool's story: who asked, and how it ended.

While it runs nothing else counts: its presses are meant to find a limit, go up to it on purpose
and are over as soon as it is reached. As training they would fill the dose, the coverage and the
releases with what was none. Only over-pressure is told, for a warning is due whatever the press
is for.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ql_release.signal.threshold import Ending, ThresholdRoutine
from ql_release.signal.view import LiveView

Cut: TypeAlias = Literal["stopped", "silence", "recording_end", "restarted"]
"""What ends a measurement from outside; "restarted": the tool began another stream."""


@dataclass(slots=True)
class Measurement:
    """One guided measurement.

    Attributes:
        command: the id of the command that began it.
        person: whose threshold it is, or None.
        routine: follows the presses.
        cut: what ended it from outside; None while it goes on, or when it came to its own end.
    """

    command: str
    person: str | None
    routine: ThresholdRoutine = field(default_factory=ThresholdRoutine)
    cut: Cut | None = None

    @property
    def ending(self) -> Ending | Cut | None:
        """Why it is over; None while it goes on."""
        return self.routine.ending or self.cut

    @property
    def step(self) -> tuple[str, int, float | None, Ending | Cut | None]:
        """How far it has come: another one is worth telling at once."""
        routine = self.routine
        return (self.command, routine.counted, routine.last_n, self.ending)

    def take(self, view: LiveView) -> bool:
        """Take the tool as of its next sample; return whether the measurement is over with it."""
        trusted = view.quality == "measuring"
        return self.routine.take(view.t, view.force_n, trusted=trusted)
