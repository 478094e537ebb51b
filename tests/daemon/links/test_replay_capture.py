"""Captures played as links."""

from pathlib import Path

import pytest
from playable import SteppingClock, capture_head, shorten, write_capture
from scripted_tool import Recorder, make_frame

from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.damage import DamagedRecording
from ql_release.links.replay import ReplayTool

START_US = 1_700_000_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "played"


@pytest.fixture
def stepping() -> SteppingClock:
    return SteppingClock()


async def test_frames_are_played_at_their_own_times(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    times = [0, 20_000, 20_000, 1_020_000]
    frames = [(START_US + t, make_frame(2 * i).encode()) for i, t in enumerate(times)]
    write_capture(path, capture_head(), frames)
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    begun = stepping.now_us()
    await tool.run(sink)
    await tool.wait_closed()
    assert sink.messages == [message for _, message in frames]
    assert [at - begun for at in sink.times] == times
    assert stepping.slept == pytest.approx([0.02, 1.0])


async def test_says_what_the_tool_said(path: Path, stepping: SteppingClock) -> None:
    write_capture(path, capture_head(), [(0, make_frame(42, n=5).encode())])
    tool = ReplayTool(path, stepping)
    hello = await tool.handshake()
    start = await tool.start()
    await tool.wait_closed()
    assert (hello.info_payload, hello.calibration_block) == capture_head()
    assert (start.hz, start.batch, start.uid, start.index) == (100, 5, hello.uid, 42)
    assert tool.label == "file played"


async def test_marks_and_replies_in_it_are_not_played(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    write_capture(path, capture_head(), [(0, make_frame(0).encode())])
    with path.open("ab") as file:
        file.write(CaptureRecord(RecordKind.MARK, 1, b"{}").encode())
        file.write(CaptureRecord(RecordKind.FRAME, 2, b"\x91").encode())
        file.write(CaptureRecord(RecordKind.FRAME, 3, make_frame(2).encode()).encode())
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    await tool.run(sink)
    await tool.wait_closed()
    assert [played.index for played in sink.frames] == [0, 2]


async def test_a_host_clock_set_back_does_not_play_backwards(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    times = [10_000_000, 10_100_000, 5_000_000, 5_100_000]
    write_capture(
        path, capture_head(), [(t, make_frame(2 * i).encode()) for i, t in enumerate(times)]
    )
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    await tool.run(sink)
    await tool.wait_closed()
    assert sink.times == sorted(sink.times)
    assert len(sink.frames) == 4


async def test_what_is_before_the_damage_is_played(
    path: Path, stepping: SteppingClock, sink: Recorder
) -> None:
    write_capture(path, capture_head(), [(i, make_frame(2 * i).encode()) for i in range(4)])
    shorten(path)
    tool = ReplayTool(path, stepping)
    await tool.handshake()
    with pytest.raises(DamagedRecording, match="cut short"):
        await tool.run(sink)
    await tool.wait_closed()
    assert [played.index for played in sink.frames] == [0, 2, 4]


@pytest.mark.parametrize(("without", "sentence"), [(0, "which tool"), (1, "calibration")])
async def test_a_capture_must_tell_whose_it_is(
    path: Path, stepping: SteppingClock, without: int, sentence: str
) -> None:
    kinds = [RecordKind.INFO, RecordKind.CALIBRATION]
    with CaptureWriter(path) as writer:
        for place, kind in enumerate(kinds):
            if place != without:
                writer.write(CaptureRecord(kind, 0, capture_head()[place]))
        writer.write(CaptureRecord(RecordKind.FRAME, 0, make_frame().encode()))
    tool = ReplayTool(path, stepping)
    with pytest.raises(DamagedRecording, match=sentence):
        await tool.handshake()
    await tool.wait_closed()


async def test_an_introduction_that_is_cut_short_is_told_of(
    path: Path, stepping: SteppingClock
) -> None:
    info, block = capture_head()
    write_capture(path, (info[:10], block), [(0, make_frame().encode())])
    tool = ReplayTool(path, stepping)
    with pytest.raises(DamagedRecording, match="tells wrongly of its tool"):
        await tool.handshake()
    await tool.wait_closed()
