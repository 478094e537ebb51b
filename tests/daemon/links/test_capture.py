"""Captures: what is written is read back, and damage costs nothing that lies before it."""

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.links.capture import (
    CaptureReader,
    CaptureRecord,
    CaptureWriter,
    RecordKind,
    is_capture,
)
from ql_release.links.damage import DamagedRecording

SAMPLES = CaptureRecord(RecordKind.FRAME, 1, b"\x11" + bytes(15))
RECORDS = [
    CaptureRecord(RecordKind.INFO, 1_700_000_000_000_000, b"info"),
    CaptureRecord(RecordKind.CALIBRATION, 1_700_000_000_000_001, b""),
    SAMPLES,
    CaptureRecord(RecordKind.MARK, 1_700_000_000_000_002, b'{"kind":"stop"}'),
    CaptureRecord(RecordKind.FRAME, 1_700_000_000_000_003, b"\x14" + bytes(range(60))),
]

records = st.builds(
    CaptureRecord,
    st.sampled_from(RecordKind),
    st.integers(0, 2**64 - 1),
    st.binary(max_size=300),
)


def write(path: Path, written: list[CaptureRecord]) -> None:
    with CaptureWriter(path, overwrite=True) as writer:
        for record in written:
            writer.write(record)


def read(path: Path) -> tuple[list[CaptureRecord], DamagedRecording | None]:
    """Return the records before the first damage, and the damage."""
    taken = []
    try:
        with CaptureReader(path) as reader:
            taken.extend(reader)
    except DamagedRecording as error:
        return taken, error
    return taken, None


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("captures") / "session.qlcap"


@given(st.lists(records, max_size=20))
def test_any_sequence_of_records_is_read_back(path: Path, written: list[CaptureRecord]) -> None:
    write(path, [*written, SAMPLES])
    assert read(path) == ([*written, SAMPLES], None)


def test_the_longest_record_is_read_back(path: Path) -> None:
    longest = CaptureRecord(RecordKind.MARK, 2**64 - 1, bytes(65_535))
    write(path, [longest, SAMPLES])
    assert read(path) == ([longest, SAMPLES], None)


def test_the_format_is_the_contracts(path: Path) -> None:
    write(path, [SAMPLES])
    body = b"\x03" + (1).to_bytes(8, "little") + (16).to_bytes(2, "little") + SAMPLES.data
    assert path.read_bytes() == b"QLCAP\x01" + body + zlib.crc32(body).to_bytes(4, "little")


def test_cut_anywhere_what_is_before_is_still_read_and_the_offset_told(path: Path) -> None:
    write(path, RECORDS)
    whole = path.read_bytes()
    ends = [6]
    for record in RECORDS:
        ends.append(ends[-1] + len(record.encode()))
    assert ends[-1] == len(whole)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        taken, damage = read(path)
        expected = sum(end <= length for end in ends[1:])
        assert taken == RECORDS[:expected]
        if length in ends[3:]:
            assert damage is None, "cut between records, it is a shorter capture"
        else:
            assert damage.offset == max(
                (end for end in ends if end <= length), default=damage.offset
            )
            assert f"byte {damage.offset}: " in str(damage)


@given(st.data())
def test_a_changed_byte_costs_no_record_before_it(path: Path, data: st.DataObject) -> None:
    write(path, RECORDS)
    whole = bytearray(path.read_bytes())
    place = data.draw(st.integers(6, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    taken, damage = read(path)
    assert damage is not None
    assert 6 <= damage.offset <= place
    assert taken == RECORDS[: len(taken)]
    assert damage.offset + len(RECORDS[len(taken)].encode()) > place


@given(st.binary(max_size=2000))
def test_any_bytes_give_records_or_one_clear_error(path: Path, junk: bytes) -> None:
    path.write_bytes(b"QLCAP\x01" + junk)
    _, damage = read(path)
    assert damage is None or 6 <= damage.offset <= 6 + len(junk)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "byte 0: this is not a capture"),
        (b"QLC", "byte 0: this is not a capture"),
        (b"t,f1\n0,1\n", "byte 0: this is not a capture"),
        (b"QLCAP", "byte 0: the capture has no version; this program reads version 1"),
        (b"QLCAP\x02", "byte 0: the capture has version 2; this program reads version 1"),
    ],
)
def test_what_is_no_capture_of_this_version_is_refused(
    path: Path, content: bytes, sentence: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(DamagedRecording, match=sentence):
        CaptureReader(path)


@pytest.mark.parametrize(
    "written", [[], RECORDS[:2], [CaptureRecord(RecordKind.FRAME, 1, b"\x13")]]
)
def test_a_capture_without_samples_says_so(path: Path, written: list[CaptureRecord]) -> None:
    write(path, written)
    taken, damage = read(path)
    assert taken == written
    assert damage.reason == "the capture ends without any samples"


def test_kinds_of_a_later_version_are_passed_over(path: Path) -> None:
    body = b"\x63" + bytes(8) + (2).to_bytes(2, "little") + b"??"
    later = body + zlib.crc32(body).to_bytes(4, "little")
    path.write_bytes(b"QLCAP\x01" + later + SAMPLES.encode())
    assert read(path) == ([SAMPLES], None)


def test_a_huge_empty_file_is_refused_at_its_first_byte(path: Path) -> None:
    write(path, [SAMPLES])
    offset = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(2_000_000_000)
    taken, damage = read(path)
    path.unlink()
    assert taken == [SAMPLES]
    assert damage.offset == offset


def test_an_existing_file_is_left_alone_unless_told_otherwise(path: Path) -> None:
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        CaptureWriter(path)
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize(
    "record",
    [
        CaptureRecord(RecordKind.MARK, 0, bytes(65_536)),
        CaptureRecord(RecordKind.MARK, -1, b""),
        CaptureRecord(RecordKind.MARK, 2**64, b""),
    ],
)
def test_a_record_that_does_not_fit_is_refused_and_nothing_of_it_written(
    path: Path, record: CaptureRecord
) -> None:
    with CaptureWriter(path, overwrite=True) as writer:
        writer.write(SAMPLES)
        with pytest.raises(ValueError, match="capture"):
            writer.write(record)
    assert read(path) == ([SAMPLES], None)


def test_flushed_records_can_be_read_while_writing_goes_on(path: Path) -> None:
    with CaptureWriter(path, overwrite=True) as writer:
        writer.write(SAMPLES)
        writer.flush()
        assert read(path) == ([SAMPLES], None)


def test_progress_goes_from_nothing_to_all(path: Path) -> None:
    write(path, [SAMPLES] * 100)
    with CaptureReader(path) as reader:
        seen = [reader.progress for _ in reader]
    assert seen == sorted(seen)
    assert 0 < seen[0] < 0.05
    assert seen[-1] == 1


def test_captures_are_told_from_other_files(path: Path) -> None:
    write(path, [])
    assert is_capture(path)
    path.write_bytes(b"# recording: 1\n")
    assert not is_capture(path)
