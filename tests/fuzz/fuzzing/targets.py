"""What is fuzzed: each target takes an input and may only do what its docstring says.

Whatever else is raised is a finding.
"""

import atexit
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playable import write_capture
from program_paths import ROOT
from scripted_tool import make_calibration, make_frame, make_info

from fuzzing import seeds
from fuzzing.mutation import Mutator
from ql_release.events import EventError
from ql_release.events import parse as parse_event
from ql_release.links.capture import CaptureReader
from ql_release.links.capture_frames import CaptureFrames
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader
from ql_release.mqtt.guard import read_sighting
from ql_release.payloads.reading import CommandError, read_bridge_command, read_tool_command
from ql_release.settings import SettingsError, load
from ql_release.tools.presence import bridge_of
from ql_release.wire import control
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.frames import SampleFrame, StatusFrame
from ql_release.wire.framing import CobsFraming, Framing, LengthFraming
from ql_release.wire.limits import MAX_MESSAGE
from ql_release.wire.messages import decode, decode_from_tool

MEMORY = Path("/dev/shm")  # noqa: S108 - files that are read once need not reach a disk
MOST_KEPT = 4 * MAX_MESSAGE
"""Bytes that a framing may keep: about one longest frame, and places where others may begin."""

Feed = Callable[[bytes, Sequence[int]], bool]
"""Takes an input and where to cut it; returns whether it was understood."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads what others wrote.

    Attributes:
        name: what it is.
        seeds: inputs to begin with.
        feed: takes an input.
        inputs: how many `make fuzz` gives it.
        words: pieces that mean something to it.
        allowed: what may be raised, in words for the page.
    """

    name: str
    seeds: Sequence[bytes]
    feed: Feed
    inputs: int
    words: Sequence[bytes] = ()
    allowed: str = "nothing"

    def mutator(self, seed: int) -> Mutator:
        """Return what makes its inputs."""
        return Mutator(self.seeds, seed, self.words)


def frames(data: bytes, _cuts: Sequence[int]) -> bool:
    """Decode a message; raise nothing, and give only frames whose samples can be read."""
    understood = decode(data)
    from_tool = decode_from_tool(data)
    for message in (understood, from_tool):
        if isinstance(message, SampleFrame):
            assert len(message.rows()) == message.n
            assert message.encode() == data
        elif isinstance(message, StatusFrame):
            assert message.calibration_block in data
    return isinstance(from_tool, SampleFrame)


@dataclass
class Line:
    """One framing that is fed without end, as a connection is; raises nothing."""

    framing: Framing

    def feed(self, data: bytes, cuts: Sequence[int]) -> bool:
        """Feed an input in pieces; only whole messages may come, and little may be kept."""
        found = 0
        for piece in _pieces(data, cuts):
            for message in self.framing.feed(piece):
                assert 2 <= len(message) <= MAX_MESSAGE
                decode_from_tool(message)
                found += 1
            kept = self.framing._rest if isinstance(self.framing, CobsFraming) else None
            kept = self.framing._buffer if isinstance(self.framing, LengthFraming) else kept
            assert kept is None or len(kept) <= MOST_KEPT
        return found > 0


PARSERS: Sequence[Callable[[bytes], object]] = (
    control.parse_hello,
    control.parse_info,
    control.parse_auth,
    control.parse_start,
    control.parse_stop,
    control.parse_tare,
    control.parse_cal_point,
    control.parse_cal_save,
    control.parse_time,
    control.parse_ping,
    control.parse_replay,
    decode_calibration,
)


def replies(data: bytes, _cuts: Sequence[int]) -> bool:
    """Read a reply's payload as that of every op; raise only ValueError."""
    understood = False
    for parse in PARSERS:
        with suppress(ValueError):
            parse(data)
            understood = True
    return understood


def commands(data: bytes, _cuts: Sequence[int]) -> bool:
    """Read a command for a tool and for a bridge; raise only CommandError."""
    understood = False
    for read in (read_tool_command, read_bridge_command):
        with suppress(CommandError):
            read(data)
            understood = True
    return understood


def documents(data: bytes, _cuts: Sequence[int]) -> bool:
    """Read what others may have left at the broker: a health, a hello, an event (EventError)."""
    understood = read_sighting(data) is not None
    understood |= bridge_of(data) is not None
    with suppress(EventError):
        parse_event(data)
        understood = True
    return understood


@dataclass
class Files:
    """Reads an input as a file; raises only what the reader documents."""

    read: Callable[[Path], object]
    allowed: tuple[type[Exception], ...]
    suffix: str

    def feed(self, data: bytes, _cuts: Sequence[int]) -> bool:
        """Write the input and read it."""
        path = scratch() / f"input{self.suffix}"
        path.write_bytes(data)
        try:
            self.read(path)
        except self.allowed:
            return False
        return True


@cache
def scratch() -> Path:
    """Return a folder for inputs, in memory where there is such; it goes with the process."""
    made = tempfile.mkdtemp(prefix="ql-release-fuzz-", dir=MEMORY if MEMORY.is_dir() else None)
    atexit.register(shutil.rmtree, made)
    return Path(made)


def settings(path: Path) -> None:
    """Load settings, and what they say of their secrets."""
    load(path, {}).check_secrets()


def recording(path: Path) -> None:
    """Read a text recording to its end."""
    with RecordingReader(path) as reader:
        deque(reader, maxlen=0)


def capture(path: Path) -> None:
    """Read a capture to its end."""
    with CaptureReader(path) as reader:
        frames_of = CaptureFrames(reader)
        frames_of.hello()
        frames_of.start()
        deque(frames_of, maxlen=0)


def _pieces(data: bytes, cuts: Sequence[int]) -> Iterator[bytes]:
    start = 0
    for end in (*cuts, len(data)):
        yield data[start:end]
        start = end


def _captures() -> list[bytes]:
    """Return a small capture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "seed.qlcap"
        head = (make_info().encode(), make_calibration().encode())
        write_capture(path, head, [(n, make_frame(2 * n).encode()) for n in range(3)])
        return [path.read_bytes()]


def _recordings() -> list[bytes]:
    """Return small text recordings."""
    head = "# recording: 1\n# start: 2026-01-05T18:00:00Z\n# rate_hz: 50\n"
    rows = "".join(f"{n / 50:.2f},{n},{n / 2}\n" for n in range(8))
    motion = "".join(f"{n / 50:.2f},{n},0,0,9.81,0,0,0\n" for n in range(8))
    return [
        f"{head}t,f1,f2\n{rows}".encode(),
        f"{head}# threshold_n: 80\nt,f1,ax,ay,az,gx,gy,gz\n{motion}".encode(),
    ]


def _toml() -> list[bytes]:
    """Return the settings that docs/settings.md shows, and awkward ones."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    shown = [block.partition("```")[0] for block in text.split("```toml\n")[1:]]
    return [*(block.encode() for block in shown), b"a = " + b"[" * seeds.DEEP]


JSON_WORDS = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"null",
    b"1e999",
    b"-1",
    b"NaN",
    b"\\ud800",
    b"\xff",
    b'"v":2,',
)
TOML_WORDS = (b"[", b"[[", b"]", b"=", b'"', b"inf", b"nan", b"true", b"1979-05-27", b"\n", b"\0")
CSV_WORDS = (b",", b"\n", b"#", b"inf", b"nan", b"1e400", b"-", b"t,f1\n", b"\r", b"\xff")


def targets() -> list[Target]:
    """Return every target, its files and lines made anew."""
    documented = seeds.examples("event-*.json") + seeds.examples("bridge-health.json")
    documented += seeds.examples("tool-hello.json") + seeds.hostile_json()
    asked = seeds.examples("*-cmd-*.json") + seeds.hostile_json()
    settings_files = Files(settings, (SettingsError,), ".toml")
    recordings = Files(recording, (DamagedRecording,), ".csv")
    captures = Files(capture, (DamagedRecording,), ".qlcap")
    return [
        Target("frame decoder", seeds.messages(), frames, 400_000),
        Target("TCP framing", seeds.lines("length"), Line(LengthFraming()).feed, 150_000),
        Target("serial framing", seeds.lines("cobs"), Line(CobsFraming()).feed, 150_000),
        Target(
            "control replies",
            [reply[3:] for reply in seeds.replies()] + seeds.blocks(),
            replies,
            150_000,
            allowed="ValueError",
        ),
        Target("command payloads", asked, commands, 100_000, JSON_WORDS, "CommandError"),
        Target("documents at the broker", documented, documents, 60_000, JSON_WORDS, "EventError"),
        Target("settings", _toml(), settings_files.feed, 30_000, TOML_WORDS, "SettingsError"),
        Target(
            "text recordings", _recordings(), recordings.feed, 40_000, CSV_WORDS, "DamagedRecording"
        ),
        Target("captures", _captures(), captures.feed, 40_000, (), "DamagedRecording"),
    ]
