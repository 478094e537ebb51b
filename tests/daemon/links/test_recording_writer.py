"""What is written as a text recording is read back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.links.recording import RecordingReader
from ql_release.links.recording_header import RecordingHeader, column_names
from ql_release.links.recording_writer import RecordingWriter
from ql_release.signal.samples import SampleBlock

START = datetime(2026, 1, 31, 18, 0, 0, 123_456, tzinfo=UTC)


def header(n_force: int = 1, *, imu: bool = False, **values: float) -> RecordingHeader:
    return RecordingHeader(start=START, columns=column_names(n_force, imu=imu), **values)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("written") / "session.csv"


def read(path: Path) -> tuple[RecordingHeader, list[SampleBlock]]:
    with RecordingReader(path) as reader:
        return reader.header, list(reader)


values = st.floats(-5000, 5000)


@given(st.data(), st.integers(1, 8), st.booleans())
def test_samples_are_read_back_to_the_written_digits(
    path: Path, data: st.DataObject, n_force: int, imu: bool
) -> None:
    n = data.draw(st.integers(1, 20))
    rows = st.lists(values, min_size=n_force, max_size=n_force)
    zones = data.draw(st.lists(rows, min_size=n, max_size=n))
    motions = st.lists(st.lists(values, min_size=6, max_size=6), min_size=n, max_size=n)
    motion = data.draw(motions) if imu else None
    block = SampleBlock(0, [i / 100 for i in range(n)], zones, motion)
    with RecordingWriter(path, header(n_force, imu=imu), overwrite=True) as writer:
        writer.write(block)
    _, (back,) = read(path)
    assert back.t == block.t
    for written, taken in zip(zones, back.zones, strict=True):
        assert taken == pytest.approx(written, abs=5.1e-5)
    if motion is None:
        assert back.imu is None
    else:
        for written, taken in zip(motion, back.imu, strict=True):
            assert taken == pytest.approx(written, abs=5.1e-5)


@pytest.mark.parametrize(
    "written",
    [
        header(),
        header(4, imu=True, rate_hz=80.0),
        header(8, threshold_n=95.5, contact_area_cm2=12.0, body_mass_kg=80.25),
    ],
)
def test_the_header_is_read_back(path: Path, written: RecordingHeader) -> None:
    with RecordingWriter(path, written, overwrite=True) as writer:
        row = [[1.0] * written.n_force]
        writer.write(SampleBlock(0, [0.0], row, [[0.0] * 6] if written.imu else None))
    assert read(path)[0] == written


@pytest.mark.parametrize(
    "block",
    [
        SampleBlock(0, [0.0, 0.01], [[1.0], [float("nan")]]),
        SampleBlock(0, [0.0, float("inf")], [[1.0], [1.0]]),
        SampleBlock(0, [0.0, 0.01], [[1.0], [1.0, 2.0]]),
        SampleBlock(0, [0.0, 0.01], [[1.0]]),
    ],
)
def test_a_block_that_does_not_fit_is_refused_whole(path: Path, block: SampleBlock) -> None:
    with RecordingWriter(path, header(), overwrite=True) as writer:
        writer.write(SampleBlock(0, [0.0], [[5.0]]))
        with pytest.raises(ValueError, match=r"does not fit|argument"):
            writer.write(block)
    _, (back,) = read(path)
    assert back.zones == [[5.0]]


def test_an_imu_that_the_header_names_must_be_there(path: Path) -> None:
    with (
        RecordingWriter(path, header(imu=True), overwrite=True) as writer,
        pytest.raises(ValueError, match="does not fit t,f1,ax,ay,az,gx,gy,gz"),
    ):
        writer.write(SampleBlock(0, [0.0], [[5.0]]))


def test_an_imu_that_the_header_does_not_name_is_left_out(path: Path) -> None:
    with RecordingWriter(path, header(), overwrite=True) as writer:
        writer.write(SampleBlock(0, [0.0], [[5.0]], [[0.0] * 6]))
    assert read(path)[1][0].imu is None


def test_an_existing_file_is_left_alone_unless_told_otherwise(path: Path) -> None:
    path.write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        RecordingWriter(path, header())
    assert path.read_bytes() == b"precious"
