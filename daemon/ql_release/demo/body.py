"""What lies on the demonstration's tool: a simulated body, or a recording of the user's."""

from dataclasses import dataclass
from pathlib import Path

from ql_release.demo.convert import capture_to_recording
from ql_release.links.capture import is_capture
from ql_release.links.recording import RecordingReader
from ql_release.links.recording_header import RecordingHeader
from ql_release.simulate import demo_body, write_recording

TRACE = "body.csv"


@dataclass(frozen=True, slots=True)
class Body:
    """A trace for the tool to measure.

    Attributes:
        trace: a text recording.
        seconds: how long it is.
        header: what stands above its rows.
        scripted: whether it is the simulated body, of which it is known what must come.
    """

    trace: Path
    seconds: float
    header: RecordingHeader
    scripted: bool


def simulated_body(folder: Path) -> Body:
    """Write the simulated body into a folder."""
    trace = folder / TRACE
    write_recording(demo_body(), trace)
    return _body(trace, scripted=True)


def recorded_body(file: Path, folder: Path) -> Body:
    """Return a recording as a body; a raw capture is converted into the folder first.

    Raises:
        DamagedRecording: when the file is damaged anywhere.
        NotConvertibleError: when a capture holds no newtons.
        OSError: when it cannot be read.
    """
    if not is_capture(file):
        return _body(file.absolute(), scripted=False)
    trace = folder / TRACE
    capture_to_recording(file, trace)
    return _body(trace, scripted=False)


def _body(trace: Path, *, scripted: bool) -> Body:
    """Read a recording through, so that damage shows now and not in the middle of the play."""
    first: float | None = None
    last = 0.0
    with RecordingReader(trace) as recording:
        for block in recording:
            first = block.t[0] if first is None else first
            last = block.t[-1]
    return Body(trace, last - (first or 0.0), recording.header, scripted)
