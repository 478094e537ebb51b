"""What a tape gives when nothing fails: what every fault must end with, too."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from reliability.rig import rig
from reliability.row import Row
from reliability.tape import Tape


@dataclass(frozen=True, slots=True)
class Expected:
    """A tape and what comes of it.

    Attributes:
        tape: what the tool measures.
        events: contents by id.
    """

    tape: Tape
    events: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, tape: Tape) -> Self:
        """Return what the pipeline says of a tape, without daemon, journal and broker.

        That an undisturbed run of all of them gives the same is a row of its own.
        """
        return cls(tape, {due.id: due.contents for due in tape.due})


async def undisturbed(folder: Path, expected: Expected, _times: int) -> Row:
    """Play a tape to a daemon that is left alone."""
    async with rig(folder / "undisturbed", expected.tape) as made:
        return await made.finish("none", "nothing", expected.events)
