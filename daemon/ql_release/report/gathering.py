"""A file's sessions with their curves and events, by the same path as `analyze`."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ql_release import analysis
from ql_release.events import Event, SessionEnded, unix_us
from ql_release.links.damage import DamagedRecording
from ql_release.pipeline import Pipeline
from ql_release.report.curves import Curves, Span
from ql_release.report.session import Figures, SessionReport
from ql_release.signal.samples import SampleBlock
from ql_release.signal.view import LiveView
from ql_release.units import MICROSECONDS

LEAD_S = 3.0
"""Seconds before a session's first contact that are shown, for the force of an empty tool."""
KEPT_S = 10.0
"""Seconds that are remembered between sessions: a contact is known only when it has lasted."""
KEPT_READINGS = 4000
"""… and no more readings than come in them at 320 Hz, one sample at a time."""

FORCE = "force"
ZONE = "zone {}"
"""A zone's share of the force; zones are numbered from 1, as in a recording's columns."""
CURVES: dict[str, Callable[[LiveView], float | None]] = {
    "expected": lambda view: view.expected_n,
    "tilt": lambda view: view.tilt_deg,
    "breath_hz": lambda view: view.breath_hz,
    "breath_pct": lambda view: view.breath_pct,
    "sway": lambda view: view.sway_pct,
    "tremor": lambda view: view.tremor_pct,
    "saturated": lambda view: 1.0 if view.quality == "saturated" else None,
    "fault": lambda view: 1.0 if view.quality == "fault" else None,
}
"""What is read off the live view, besides the force and its shares; None leaves a hole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The tool over a tenth of a second.

    Attributes:
        unix_s: when it ends, Unix seconds.
        force: total force, newtons; None without load cells.
        view: the live view at its end.
    """

    unix_s: float
    force: Span | None
    view: LiveView


@dataclass(frozen=True, slots=True)
class Gathered:
    """A file's sessions.

    Attributes:
        sessions: those with a contact of a second or more, in their order.
        notes: what the file lacks and what that means, as sentences.
        damage: where the file is damaged; what came before is in the sessions. None if whole.
    """

    sessions: list[SessionReport]
    notes: tuple[str, ...]
    damage: DamagedRecording | None


def gather(path: Path, progress: analysis.Progress | None = None) -> Gathered:
    """Return a file's sessions.

    Args:
        path: a capture or a text recording.
        progress: is told now and then how much of the file is read, 0 to 1.

    Raises:
        DamagedRecording: when the file is damaged before its first sample.
        OSError: when the file cannot be read.
    """
    gatherer = Gatherer()
    damage: DamagedRecording | None = None
    try:
        for analyzed in analysis.analyze(path, progress=progress, watch=gatherer.watch):
            gatherer.take(analyzed.event)
    except DamagedRecording as error:
        if not error.has_samples:
            raise
        damage = error
    return Gathered(gatherer.sessions(), analysis.notes(path), damage)


@dataclass(slots=True)
class _Part:
    """A session while it is gathered."""

    curves: Curves
    started_s: float
    events: list[Event] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)


class Gatherer:
    """Takes a pipeline's samples and events and sorts them by session."""

    def __init__(self) -> None:
        self._parts: dict[str, _Part] = {}
        self._before: deque[Reading] = deque(maxlen=KEPT_READINGS)

    def watch(self, pipeline: Pipeline, block: SampleBlock) -> None:
        """Take samples that the pipeline has just analysed."""
        reading = read(pipeline, block)
        session = pipeline.tracker.open
        if session is None:
            self._keep(reading)
            return
        part = self._parts.get(session.id)
        if part is None:
            part = self._begin(session.id, session.started.host_us / MICROSECONDS)
        _add(part, reading)
        limits = pipeline.context.limits
        part.figures = Figures(limits.threshold_n, limits.limit_n)

    def take(self, event: Event) -> None:
        """Take an event; one of no session that was seen is left out."""
        part = None if event.session is None else self._parts.get(event.session)
        if part is not None:
            part.events.append(event)

    def sessions(self) -> list[SessionReport]:
        """Return the sessions that have ended."""
        found = []
        for session, part in self._parts.items():
            ended = [event for event in part.events if isinstance(event, SessionEnded)]
            if ended:
                events = sorted(part.events, key=lambda event: unix_us(event.at))
                found.append(SessionReport(session, ended[-1], events, part.curves, part.figures))
        return found

    def _keep(self, reading: Reading) -> None:
        """Remember the last seconds."""
        self._before.append(reading)
        while reading.unix_s - self._before[0].unix_s > KEPT_S:
            self._before.popleft()

    def _begin(self, session: str, started_s: float) -> _Part:
        """Begin a session a little before its first contact."""
        part = self._parts[session] = _Part(Curves(-LEAD_S), started_s)
        for reading in self._before:
            if reading.unix_s >= started_s - LEAD_S:
                _add(part, reading)
        self._before.clear()
        return part


def read(pipeline: Pipeline, block: SampleBlock) -> Reading:
    """Return what a report needs of samples that the pipeline has just analysed."""
    forces = list(map(sum, block.zones)) if block.zones[0] else []
    force = Span(min(forces), max(forces), sum(forces) / len(forces)) if forces else None
    return Reading(pipeline.now.host_us / MICROSECONDS, force, pipeline.view)


def _add(part: _Part, reading: Reading) -> None:
    part.curves.add(reading.unix_s - part.started_s, spans(reading))


def spans(reading: Reading) -> dict[str, Span]:
    """Return the values of a reading by the names of their curves."""
    view = reading.view
    found = {} if reading.force is None else {FORCE: reading.force}
    for name, value_of in CURVES.items():
        value = value_of(view)
        if value is not None:
            found[name] = Span(value, value, value)
    pushed = [max(0.0, newtons) for newtons in view.zones]
    if view.in_contact and sum(pushed) > 0:
        for number, newtons in enumerate(pushed, start=1):
            share = 100 * newtons / sum(pushed)
            found[ZONE.format(number)] = Span(share, share, share)
    return found
