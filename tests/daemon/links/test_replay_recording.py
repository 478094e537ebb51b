"""Text recordings played as links."""

from pathlib import Path

import pytest
from playable import SteppingClock, ramp, samples, write_junk, write_recording
from scripted_tool import Recorder

from ql_release.clock import VirtualClock
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import content_uid
from ql_release.links.replay import ReplayTool
from ql_release.signal.samples import SampleBlock
from ql_release.wire.frames import FrameFlags, StatusFrame


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "played"


@pytest.fixture
def stepping() -> SteppingClock:
    return SteppingClock()


async def test_its_samples_come_as_frames(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    block = ramp(300)
    write_recording(path, block)
    tool = ReplayTool(path, stepping)
    hello = await tool.handshake()
    start = await tool.start()
    await tool.run(sink)
    await tool.wait_closed()
    assert hello.uid == start.uid == content_uid(path)
    assert (start.hz, start.index) == (100, 0)
    assert isinstance(sink.frames[0], StatusFrame)
    frames = samples(sink)
    assert [frame.index for frame in frames] == [*range(0, 250, 10), 250, *range(256, 300, 10)]
    rows = [row for frame in frames for row in frame.rows()]
    zone = hello.calibration.zones[0].n_per_count
    scales = [zone, zone, *[hello.calibration.accel] * 3, *[hello.calibration.gyro] * 3]
    for row, zones, motion in zip(rows, block.zones, block.imu, strict=True):
        values = [count * scale for count, scale in zip(row, scales, strict=True)]
        assert values[:2] == pytest.approx(zones, abs=0.0006)
        assert values[2:5] == pytest.approx(motion[:3], abs=0.0021)
        assert values[5:] == pytest.approx(motion[3:], abs=0.0006)


async def test_frames_come_when_their_last_sample_was_taken(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    write_recording(path, ramp(100, imu=False))
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    begun = stepping.now_us()
    await tool.run(sink)
    await tool.wait_closed()
    assert [at - begun for at in sink.times] == [0, *range(90_000, 1_000_000, 100_000)]
    assert stepping.time == pytest.approx(100.99)


async def test_uneven_times_are_kept_within_a_millisecond(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    t = [0.0, 0.01, 0.0204, 0.03, 0.035, 0.2, 0.21, 1.9, 1.91]
    block = SampleBlock(0, t, [[1.0]] * len(t))
    write_recording(path, block)
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    await tool.run(sink)
    await tool.wait_closed()
    frames = samples(sink)
    played = [
        (frame.t0_us + place * frame.period_us) / 1e6
        for frame in frames
        for place in range(frame.n)
    ]
    assert played == pytest.approx(t, abs=0.001)
    gaps = [frame.index for frame in frames if frame.flags & FrameFlags.GAP_BEFORE]
    assert gaps == [7]


async def test_forces_beyond_the_scale_are_marked(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    write_recording(path, SampleBlock(0, [0.0, 0.01], [[1.0], [9_999.0]]))
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    await tool.run(sink)
    await tool.wait_closed()
    (frame,) = samples(sink)
    assert frame.flags & FrameFlags.SATURATED


async def test_twice_gives_the_same_frames(path: Path, sink: Recorder) -> None:
    write_recording(path, ramp(100))
    played = []
    for _ in range(2):
        sink.messages.clear()
        tool = ReplayTool(path, VirtualClock(speed=1000, duration=1))
        await tool.handshake()
        await tool.run(sink)
        await tool.wait_closed()
        played.append(list(sink.messages))
    assert played[0] == played[1]


async def test_what_is_before_the_damage_is_played(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    write_recording(path, ramp(30, imu=False))
    with path.open("a") as file:
        file.write("7,nan,1\n")
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    with pytest.raises(DamagedRecording, match=r"line 35: 'nan'"):
        await tool.run(sink)
    await tool.wait_closed()
    assert samples(sink)[-1].end == 30


async def test_a_file_that_is_no_recording_is_refused_at_once(
    path: Path, stepping: SteppingClock
) -> None:
    write_junk(path)
    with pytest.raises(DamagedRecording, match="this is not a recording"):
        await ReplayTool(path, stepping).handshake()
