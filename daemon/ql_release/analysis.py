"""`ql-release analyze`: the events that a file holds, by the same path as a live tool's."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ql_release.capture_player import ANALYSIS_BRIDGE, CapturePlayer
from ql_release.context import ClockLine, Context, Limits
from ql_release.events import Event, Released
from ql_release.links.capture import CaptureReader, is_capture
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader, content_uid
from ql_release.links.recording_frames import RECORDING_SERIAL
from ql_release.links.recording_soundness import Soundness
from ql_release.payloads.base import unix_us
from ql_release.pipeline import Pipeline, Watch
from ql_release.sessions.tracker import ToolIdentity
from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import Calibration

RECORDING_TOOL = "recording"
"""The tool's id in a text recording's events: the file names none."""
_NO_CALIBRATION = Calibration(cal_id=0, zones=(), accel=1.0, gyro=1.0, axes=(1, 2, 3)).encode()
"""Recordings are in newtons already."""

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class AnalyzedEvent:
    """An event of a file.

    Attributes:
        event: the event, as it would have been published.
        t_s: its `at`, in seconds since the file's first sample.
        decided_s: its `decided_at`, likewise.
        onset_s: for a release the onset, likewise; None otherwise.
    """

    event: Event
    t_s: float
    decided_s: float
    onset_s: float | None


def analyze(
    path: Path,
    *,
    strict: bool = False,
    progress: Progress | None = None,
    watch: Watch | None = None,
    soundness: Soundness | None = None,
) -> Iterator[AnalyzedEvent]:
    """Yield a file's events in the order in which they were decided.

    Args:
        path: a capture or a text recording.
        strict: refuse a damaged file before anything is yielded.
        progress: is told now and then how much of the file is read, 0 to 1.
        watch: sees the samples as they are analysed, always before the events that follow from
            them; see `Pipeline`.
        soundness: sees the samples of a text recording, to tell what they do not allow.

    Raises:
        DamagedRecording: where the file is damaged, after the events of all before it; what is
            open there ends there. When strict, before any event.
        OSError: when the file cannot be read.
    """
    if strict:
        _read_through(path)
    if is_capture(path):
        yield from _analyze_capture(path, progress or _ignore, watch)
    else:
        sound = soundness or Soundness()
        yield from _analyze_recording(path, progress or _ignore, watch, sound)


def notes(path: Path) -> tuple[str, ...]:
    """Return what a file lacks and what that means for its analysis, as sentences.

    Nothing is said of a file that cannot be read so far: its analysis tells why.
    """
    try:
        if is_capture(path):
            return ()
        with RecordingReader(path) as reader:
            return reader.header.notes
    except (DamagedRecording, OSError):
        return ()


def _ignore(_share: float) -> None:
    """Take no notice of the progress."""


def _read_through(path: Path) -> None:
    """Look for damage; whether a capture's records make sense shows only when they are used."""
    if is_capture(path):
        for _ in _analyze_capture(path, _ignore, None):
            pass
    else:
        with RecordingReader(path) as reader:
            for _ in reader:
                pass


def _analyze_recording(
    path: Path, progress: Progress, watch: Watch | None, soundness: Soundness
) -> Iterator[AnalyzedEvent]:
    with RecordingReader(path) as reader:
        header = reader.header
        limits = Limits(
            threshold_n=header.threshold_n,
            body_mass_kg=header.body_mass_kg,
            contact_area_cm2=header.contact_area_cm2,
        )
        line = ClockLine(0, header.start_us)
        context = Context(content_uid(path), line, _NO_CALIBRATION, limits)
        identity = ToolIdentity(RECORDING_SERIAL, RECORDING_TOOL, ANALYSIS_BRIDGE)
        pipeline = Pipeline(identity, context, 0, source="import", watch=watch)
        first_us: int | None = None
        damage: DamagedRecording | None = None
        try:
            for block in reader:
                if first_us is None:
                    first_us = line.at(block.t[0] * MICROSECONDS)
                soundness.take(block)
                yield from _timed(pipeline.feed_block(block), first_us)
                progress(reader.progress)
        except DamagedRecording as error:
            damage = error
        if first_us is not None:
            yield from _timed(pipeline.finish(), first_us)
        if damage is not None:
            raise damage


def _timed(events: Iterable[Event], first_us: int) -> Iterator[AnalyzedEvent]:
    for event in events:
        at_s = (unix_us(event.at) - first_us) / MICROSECONDS
        decided_s = (unix_us(event.decided_at) - first_us) / MICROSECONDS
        onset_s = round(at_s, 3) if isinstance(event, Released) else None
        yield AnalyzedEvent(event, round(at_s, 3), round(decided_s, 3), onset_s)


def _analyze_capture(
    path: Path, progress: Progress, watch: Watch | None
) -> Iterator[AnalyzedEvent]:
    with CaptureReader(path) as reader:
        player = CapturePlayer(reader, watch)
        damage: DamagedRecording | None = None
        try:
            for record in reader:
                events = player.take(record)
                if events:
                    yield from _timed(events, player.first_us)
                progress(reader.progress)
        except DamagedRecording as error:
            damage = error
        try:
            yield from _timed(player.finish(), player.first_us)
        except DamagedRecording as error:
            damage = damage or error
        if damage is not None:
            raise damage
