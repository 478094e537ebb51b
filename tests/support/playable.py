"""Files for replays, and a clock to play them by."""

import asyncio
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from scripted_tool import Recorder, make_calibration, make_info

from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.recording_header import RecordingHeader, column_names
from ql_release.links.recording_writer import RecordingWriter
from ql_release.signal.samples import SampleBlock
from ql_release.wire.frames import SampleFrame

START_US = 1_700_000_000_000_000


def capture_head() -> tuple[bytes, bytes]:
    """Return the INFO payload and the calibration block of the scripted tool."""
    return make_info().encode(), make_calibration().encode()


class SteppingClock:
    """A clock whose time passes only when somebody sleeps; keeps what was slept."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now_us(self) -> int:
        """Return Unix microseconds."""
        return START_US + round(self.time * 1e6)

    def monotonic(self) -> float:
        """Return seconds."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass at once."""
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    def real_seconds(self, seconds: float) -> float:
        """Return the argument."""
        return seconds


def write_recording(path: Path, block: SampleBlock, *, rate_hz: float = 100.0) -> None:
    header = RecordingHeader(
        start=datetime(2026, 1, 31, tzinfo=UTC),
        columns=column_names(len(block.zones[0]), imu=block.imu is not None),
        rate_hz=rate_hz,
    )
    with RecordingWriter(path, header, overwrite=True) as writer:
        writer.write(block)


def ramp(n: int, *, imu: bool = True) -> SampleBlock:
    return SampleBlock(
        0,
        [5 + i / 100 for i in range(n)],
        [[i / 10, -i / 10] for i in range(n)],
        [[0.1, -9.81, i / 10, 0.5, -0.5, math.pi] for i in range(n)] if imu else None,
    )


def write_capture(
    path: Path, head: tuple[bytes, bytes], frames: Sequence[tuple[int, bytes]], *, at: int = 0
) -> None:
    info, block = head
    with CaptureWriter(path, overwrite=True) as writer:
        writer.write(CaptureRecord(RecordKind.INFO, at, info))
        writer.write(CaptureRecord(RecordKind.CALIBRATION, at, block))
        for host_us, message in frames:
            writer.write(CaptureRecord(RecordKind.FRAME, host_us, message))


def samples(sink: Recorder) -> list[SampleFrame]:
    return [frame for frame in sink.frames if isinstance(frame, SampleFrame)]


def shorten(path: Path) -> None:
    """Cut off a file's last byte, as a full disk or a pulled plug does."""
    path.write_bytes(path.read_bytes()[:-1])


def write_junk(path: Path) -> None:
    """Write a file that is neither a capture nor a recording."""
    path.write_bytes(b"GIF89a")
