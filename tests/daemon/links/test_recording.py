"""Text recordings: what people's own files look like."""

import subprocess
import sys
from pathlib import Path

import pytest
from recording_files import HEAD, header_of, read, times

from ql_release.links.recording import BLOCK_ROWS, RecordingReader, content_uid


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "session.csv"


def test_all_columns(path: Path) -> None:
    text = HEAD + "t,f1,f2,ax,ay,az,gx,gy,gz\n0,1,2,3,4,5,6,7,8\n0.01,-1.5,2e1,.3,4,5,6,7,8\n"
    ((block,), damage) = read(path, text)
    assert damage is None
    assert (block.index, block.gap_before, block.contact) == (0, False, None)
    assert block.t == [0.0, 0.01]
    assert block.zones == [[1.0, 2.0], [-1.5, 20.0]]
    assert block.imu == [[3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [0.3, 4.0, 5.0, 6.0, 7.0, 8.0]]


def test_without_imu(path: Path) -> None:
    (block,), damage = read(path, HEAD + "t,f1\n0,1\n")
    assert damage is None
    assert (block.zones, block.imu) == ([[1.0]], None)


@pytest.mark.parametrize(
    ("columns", "row", "missing"),
    [("ax,ay,az", "1,2,3", "gx,gy,gz"), ("gx,gy,gz", "4,5,6", "ax,ay,az")],
)
def test_half_an_imu_is_not_used_and_said_so(
    path: Path, columns: str, row: str, missing: str
) -> None:
    (block,), damage = read(path, HEAD + f"t,f1,{columns}\n0,9,{row}\n")
    assert damage is None
    assert (block.zones, block.imu) == ([[9.0]], None)
    (note,) = header_of(path, HEAD + f"t,f1,{columns}\n0,9,{row}\n").notes
    assert f"The columns {missing} are missing" in note


def test_notes_say_when_there_is_no_imu_and_nothing_when_there_is(path: Path) -> None:
    assert "no IMU columns" in header_of(path, HEAD + "t,f1\n").notes[0]
    assert header_of(path, HEAD + "t,f1,ax,ay,az,gx,gy,gz\n").notes == ()


def test_long_files_come_in_blocks_whose_indices_go_on(path: Path) -> None:
    rows = "".join(f"{i / 100},{i}\n" for i in range(1000))
    blocks, damage = read(path, HEAD + "t,f1\n" + rows)
    assert damage is None
    assert [block.index for block in blocks] == [0, 256, 512, 768]
    assert max(len(block.t) for block in blocks) == BLOCK_ROWS
    assert [zone for block in blocks for (zone,) in block.zones] == list(range(1000))
    assert not any(block.gap_before for block in blocks)


@pytest.mark.parametrize(
    "text",
    [
        HEAD.replace("\n", "\r\n") + "t,f1\r\n0,1\r\n1e-2,2\r\n",
        "\ufeff" + HEAD + "t,f1\n0,1\n0.01,2",
        "\n" + HEAD + "\nt, F1 \n\n0, 1\n# a remark, later\n  \n0.01 ,2\n\n",
        "#recording:1\n#START: 2026-01-31T18:00:00+00:00\n# by: me: myself\nt,f1\n0,1\n.01,2\n",
    ],
    ids=["windows line ends", "byte order mark", "blanks and remarks", "spaces and cases"],
)
def test_what_other_programs_write(path: Path, text: str) -> None:
    blocks, damage = read(path, text)
    assert damage is None
    assert times(blocks) == [0.0, 0.01]


def test_equal_times_are_no_step_back(path: Path) -> None:
    blocks, damage = read(path, HEAD + "t,f1\n1,1\n1,2\n")
    assert (times(blocks), damage) == ([1.0, 1.0], None)


def test_a_pause_begins_a_block_with_a_gap(path: Path) -> None:
    blocks, damage = read(path, HEAD + "t,f1\n5,1\n5.5,2\n6.1,3\n6.2,4\n")
    assert damage is None
    assert [(b.index, b.gap_before, list(b.t)) for b in blocks] == [
        (0, False, [5.0, 5.5]),
        (2, True, [6.1, 6.2]),
    ]


def test_at_a_low_rate_the_time_between_samples_is_no_pause(path: Path) -> None:
    blocks, _ = read(path, HEAD + "# rate_hz: 1\nt,f1\n0,1\n1,2\n2,3\n9,4\n")
    assert [(b.index, b.gap_before) for b in blocks] == [(0, False), (3, True)]


def test_progress_goes_from_nothing_to_all(path: Path) -> None:
    path.write_text(HEAD + "t,f1\n" + "".join(f"{i},1\n" for i in range(5000)))
    with RecordingReader(path) as reader:
        seen = [reader.progress for _ in reader]
    assert seen == sorted(seen)
    assert 0 < seen[0] < 0.1
    assert seen[-1] == 1


def test_the_uid_is_that_of_the_contents(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"abc")
    copy = tmp_path / "other name"
    copy.write_bytes(b"abc")
    # SHA-256("abc") begins with ba7816bf 8f01cfea (FIPS 180-2, appendix B.1).
    assert content_uid(path) == content_uid(copy) == 0xBA7816BF8F01CFEA
    copy.write_bytes(b"abd")
    assert content_uid(copy) != content_uid(path)


MEASURE = """
import resource, sys
from pathlib import Path
from ql_release.links.recording import RecordingReader
rows = 0
with RecordingReader(Path(sys.argv[1])) as reader:
    for block in reader:
        rows += len(block.t)
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(path: Path) -> tuple[int, int]:
    """Read a file in a process of its own; return its rows and peak resident kB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    rows, peak = done.stdout.split()
    return int(rows), int(peak)


def test_a_large_file_takes_no_more_memory_than_a_small_one(path: Path) -> None:
    columns = "t,f1,f2,f3,f4,ax,ay,az,gx,gy,gz\n"
    row = ",1.2345,2.3456,3.4567,4.5678,0.1,0.2,9.81,0.01,0.02,0.03\n"
    peaks = []
    for rows in (2_000, 400_000):
        with path.open("w", encoding="utf-8") as file:
            file.write(HEAD + columns)
            file.writelines(f"{i / 100}{row}" for i in range(rows))
        read_rows, peak = measure(path)
        assert read_rows == rows
        peaks.append(peak)
    assert path.stat().st_size > 24_000_000
    path.unlink()
    assert peaks[1] - peaks[0] < 2_000, "kilobytes"
