"""A text recording by blocks and the same one played as frames lead to the same events."""

from pathlib import Path

import pytest
from pipeline_cases import IDENTITY, names, told

from ql_release import simulate
from ql_release.context import ClockLine, Context, Limits
from ql_release.events import Event
from ql_release.links.recording import RecordingReader
from ql_release.links.recording_frames import RecordingFrames
from ql_release.pipeline import FrameRecord, Pipeline
from ql_release.signal.samples import SampleBlock

UID = 0xABCD
HOST_US = 1_767_636_000_000_000
"""`simulate.START`."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evenly sampled recording with a release and a slip; its forces are whole counts."""
    holds = (
        simulate.Hold(force_n=88.0, lasts=32.0, happenings=(simulate.Release(18.0, fall=0.2),)),
        simulate.Hold(force_n=84.0, lasts=14.0, happenings=(simulate.Slip(8.0),)),
    )
    sensor = simulate.Sensor(zones=2, jitter=0.0)
    scenario = simulate.Scenario(holds=holds, sensor=sensor, seed=7, end_rest_s=14.0)
    path = tmp_path_factory.mktemp("recording") / "body.csv"
    columns = "t,f1,f2,ax,ay,az,gx,gy,gz"
    lines = ["# recording: 1", f"# start: {simulate.recording.START}", "# rate_hz: 100", columns]
    for number, (_, zones, motion) in enumerate(simulate.rows(scenario)):
        forces = [round(force * 1024) / 1024 for force in zones]
        turns = [round(value * unit) / unit for value, unit in zip(motion, UNITS, strict=True)]
        lines.append(",".join(map(str, (number / 100, *forces, *turns))))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


UNITS = (256,) * 3 + (1024,) * 3
"""Counts for each m/s² and rad/s when a recording is played as frames."""


def by_frames(path: Path) -> list[Event]:
    """Return what the recording's frames lead to."""
    with RecordingReader(path) as reader:
        frames = RecordingFrames(reader, UID)
        context = Context(UID, ClockLine(0, HOST_US), frames.hello().calibration_block, LIMITS)
        pipeline = Pipeline(IDENTITY, context, 0)
        messages = [message for _, message in frames]
        events = [event for data in messages for event in pipeline.feed(FrameRecord(0, data))]
        return [*events, *pipeline.finish()]


def by_blocks(path: Path, size: int | None = None) -> list[Event]:
    """Return what its blocks lead to, as they are read or cut anew."""
    with RecordingReader(path) as reader:
        calibration = RecordingFrames(reader, UID).hello().calibration_block
        context = Context(UID, ClockLine(0, HOST_US), calibration, LIMITS)
        pipeline = Pipeline(IDENTITY, context, 0)
        events: list[Event] = []
        for block in reader:
            for part in [block] if size is None else cut(block, size):
                events += pipeline.feed_block(part)
        return [*events, *pipeline.finish()]


LIMITS = Limits(end_after_s=10.0)


def cut(block: SampleBlock, size: int) -> list[SampleBlock]:
    """Return a block in pieces."""
    return [block.part(at, at + size) for at in range(0, len(block.t), size)]


def test_the_recording_has_what_can_differ(recording: Path) -> None:
    assert names(by_blocks(recording)) == [
        *("started", "hold_started", "released", "hold_ended", "hold_started", "slip"),
        *("hold_ended", "ended"),
    ]


def test_a_recording_played_as_frames_gives_the_events_of_its_blocks(recording: Path) -> None:
    assert told(by_frames(recording)) == told(by_blocks(recording))


@pytest.mark.parametrize("size", [1, 17, 100])
def test_the_size_of_blocks_does_not_matter(recording: Path, size: int) -> None:
    assert told(by_blocks(recording, size)) == told(by_blocks(recording))


@pytest.mark.parametrize("rate_hz", [10, 12.5, 80, 320])
def test_other_rates_agree_as_well(tmp_path: Path, rate_hz: float) -> None:
    path = tmp_path / "steady.csv"
    rows = [
        f"{number / rate_hz:.6f},{60 if 2 <= number / rate_hz < 12 else 0}"
        for number in range(round(30 * rate_hz))
    ]
    head = f"# recording: 1\n# start: {simulate.recording.START}\n# rate_hz: {rate_hz}\nt,f1\n"
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    assert names(by_frames(path)) == ["started", "hold_started", "hold_ended", "ended"]
    assert told(by_frames(path)) == told(by_blocks(path))
