"""What is put on the demonstration's tool: recordings as they are, captures converted."""

from pathlib import Path

import pytest

from ql_release.analysis import analyze
from ql_release.demo.body import recorded_body, simulated_body
from ql_release.demo.convert import NotConvertibleError, capture_to_recording
from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader, content_uid
from ql_release.links.recording_frames import RecordingFrames
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind


def capture_of(recording: Path, path: Path, *, without: range = range(0)) -> Path:
    """Write what a tool that plays a recording sends, less some of its frames."""
    with RecordingReader(recording) as reader, CaptureWriter(path) as writer:
        frames = RecordingFrames(reader, content_uid(recording))
        hello = frames.hello()
        writer.write(CaptureRecord(RecordKind.INFO, 1, hello.info_payload))
        writer.write(CaptureRecord(RecordKind.CALIBRATION, 1, hello.calibration_block))
        for number, (due_us, message) in enumerate(frames):
            if number not in without:
                writer.write(CaptureRecord(RecordKind.FRAME, 1_000_000 + due_us, message))
    return path


def samples(recording: Path) -> list[tuple[float, tuple[float, ...]]]:
    """Return the times and forces of a recording."""
    with RecordingReader(recording) as reader:
        return [
            (t, tuple(zones))
            for block in reader
            for t, zones in zip(block.t, block.zones, strict=True)
        ]


def test_the_simulated_body_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    body = simulated_body(tmp_path)
    assert body.scripted
    assert body.trace.parent == tmp_path
    assert 150 < body.seconds < 200


def test_a_recording_is_played_as_it_is(recording: Path, tmp_path: Path) -> None:
    body = recorded_body(recording, tmp_path)
    assert not body.scripted
    assert body.trace == recording
    last, _ = samples(recording)[-1]
    assert body.seconds == pytest.approx(last, abs=0.1)


def test_a_capture_is_converted_sample_by_sample(recording: Path, tmp_path: Path) -> None:
    capture = capture_of(recording, tmp_path / "a.qlcap")
    body = recorded_body(capture, tmp_path)
    assert body.header.imu
    before, after = samples(recording), samples(body.trace)
    assert len(after) == len(before)
    for (t, zones), (new_t, new_zones) in zip(before, after, strict=True):
        assert new_t == pytest.approx(t - before[0][0], abs=0.002)
        assert new_zones == pytest.approx(zones, abs=0.002)


def test_a_converted_capture_says_the_same(recording: Path, tmp_path: Path) -> None:
    converted = tmp_path / "converted.csv"
    capture_to_recording(capture_of(recording, tmp_path / "a.qlcap"), converted)
    found = [
        [(event.event.type, round(event.t_s, 1)) for event in analyze(path)]
        for path in (recording, converted)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == 4


def test_lost_frames_are_a_pause_in_the_recording(recording: Path, tmp_path: Path) -> None:
    capture = capture_of(recording, tmp_path / "a.qlcap", without=range(10, 16))
    body = recorded_body(capture, tmp_path)
    assert len(samples(body.trace)) < len(samples(recording))
    assert body.seconds == pytest.approx(samples(recording)[-1][0], abs=0.1)


def test_damage_is_told_before_anything_is_played(recording: Path, tmp_path: Path) -> None:
    capture = capture_of(recording, tmp_path / "a.qlcap")
    capture.write_bytes(capture.read_bytes()[:-3])
    with pytest.raises(DamagedRecording, match="byte"):
        recorded_body(capture, tmp_path)
    recording.write_text(recording.read_text(encoding="utf-8") + "nan,1,1\n", encoding="utf-8")
    with pytest.raises(DamagedRecording, match="line"):
        recorded_body(recording, tmp_path)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (CaptureRecord(RecordKind.FRAME, 2, b"\x21" + bytes(15)), "wire version 2"),
        (CaptureRecord(RecordKind.CALIBRATION, 2, b"\x01"), "calibration"),
    ],
    ids=["a frame of another major version", "half a calibration"],
)
def test_what_makes_no_sense_in_a_capture_is_damage_at_its_byte(
    recording: Path, tmp_path: Path, record: CaptureRecord, words: str
) -> None:
    capture = capture_of(recording, tmp_path / "a.qlcap")
    whole = capture.stat().st_size
    with capture.open("ab") as file:
        file.write(record.encode())
    with pytest.raises(DamagedRecording, match=words) as caught:
        recorded_body(capture, tmp_path)
    assert caught.value.offset == whole


def test_a_tool_that_only_feels_contact_has_no_newtons_to_play(
    recording: Path, tmp_path: Path
) -> None:
    contact_only = Calibration(
        cal_id=1,
        zones=(
            ZoneCalibration(ZoneKind.CONTACT, 0, 1.0),
            ZoneCalibration(ZoneKind.CONTACT, 0, 1.0),
        ),
        accel=1.0,
        gyro=1.0,
        axes=(1, 2, 3),
    )
    capture = tmp_path / "b.qlcap"
    with RecordingReader(recording) as reader, CaptureWriter(capture) as writer:
        frames = RecordingFrames(reader, 7)
        for due_us, message in frames:
            writer.write(CaptureRecord(RecordKind.CALIBRATION, due_us, contact_only.encode()))
            writer.write(CaptureRecord(RecordKind.FRAME, due_us, message))
    with pytest.raises(NotConvertibleError, match="no load cells"):
        recorded_body(capture, tmp_path)


def test_a_capture_without_calibration_has_no_newtons_to_play(
    recording: Path, tmp_path: Path
) -> None:
    capture = tmp_path / "b.qlcap"
    with RecordingReader(recording) as reader, CaptureWriter(capture) as writer:
        for due_us, message in list(RecordingFrames(reader, 7)):
            if message[0] == 0x11:  # samples alone: status frames bring their calibration
                writer.write(CaptureRecord(RecordKind.FRAME, due_us, message))
    with pytest.raises(NotConvertibleError, match="no calibration"):
        recorded_body(capture, tmp_path)
