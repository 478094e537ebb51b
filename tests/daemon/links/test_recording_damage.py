"""Damaged text recordings: the line is told, and nothing before it lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording_files import HEAD, read, times

from ql_release.links.damage import DamagedRecording
from ql_release.links.recording import RecordingReader


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "session.csv"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("0.03,nan,3", "'nan' in column f1 is not a finite number"),
        ("0.03,2,inf", "'inf' in column f2 is not a finite number"),
        ("nan,2,3", "'nan' in column t is not a finite number"),
        ("-inf,2,3", "'-inf' in column t is not a finite number"),
        ("0.03,abc,3", "'abc' in column f1 is not a number"),
        ("0.03,,3", "'' in column f1 is no value"),
        ("0.03,1_0,3", "'1_0' in column f1 is not a number"),
        ("0.03,2", "there are 2 values where the header names 3 columns"),
        ("0.03", "there are 1 values where the header names 3 columns"),
        ("0.03,2,3,4", "there are 4 values where the header names 3 columns"),
        ("0.019,2,3", "the time 0.019 s is before the 0.02 s of the row above"),
        ("0.03,1e308,1e308", "its values are too large to be measurements"),
        ("0,03;2;3", "'03;2;3' in column f1 is not a number"),
        ("0.03,\x00,3", "in column f1 is not a number"),
        ("0.03,²,3", "in column f1 is not a number"),
        ("0.03,2,3" + " " * 10 + "x" * 9000, "…' in column f2 is not a number"),
    ],
)
def test_the_first_bad_row_ends_the_file_but_not_what_is_before(
    path: Path, row: str, sentence: str
) -> None:
    text = HEAD + "t,f1,f2\n0,1,1\n0.01,2,2\n0.02,3,3\n" + row + "\n0.04,5,5\n"
    blocks, damage = read(path, text)
    assert times(blocks) == [0.0, 0.01, 0.02]
    assert damage.line == 7
    assert "line 7: " in str(damage)
    assert sentence in str(damage)
    assert len(str(damage)) < 300 + len(str(path))


def test_rows_in_whole_blocks_before_the_damage_are_all_given(path: Path) -> None:
    rows = "".join(f"{i / 100},1\n" for i in range(600))
    blocks, damage = read(path, HEAD + "t,f1\n" + rows + "bad,1\n")
    assert len(times(blocks)) == 600
    assert damage.line == 604


@pytest.mark.parametrize("rows", ["", "\n\n", "# nothing\n"])
def test_no_samples_at_all(path: Path, rows: str) -> None:
    blocks, damage = read(path, HEAD + "t,f1\n" + rows)
    assert blocks == []
    assert "the recording ends without any samples" in str(damage)


def test_a_line_that_never_ends_takes_no_memory(path: Path) -> None:
    path.write_text(HEAD + "t,f1\n0,1\n")
    with path.open("r+b") as file:
        file.truncate(2_000_000_000)
    with RecordingReader(path) as reader:
        blocks = iter(reader)
        assert list(next(blocks).t) == [0.0]
        with pytest.raises(DamagedRecording, match="line 5"):
            next(blocks)
    path.unlink()


@given(st.binary(max_size=300))
def test_any_bytes_give_samples_or_one_clear_error(path: Path, junk: bytes) -> None:
    blocks, damage = read(path, HEAD.encode() + b"t,f1\n0,1\n" + junk)
    assert times(blocks)[0] == 0.0
    assert damage is None or damage.line >= 5


@given(st.binary(max_size=300))
def test_any_file_gives_samples_or_one_clear_error(path: Path, junk: bytes) -> None:
    _, damage = read(path, junk)
    assert damage is not None


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6, width=32), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)),
        min_size=1,
        max_size=40,
    ),
    st.integers(0, 400),
)
def test_cut_anywhere_the_samples_are_a_beginning_of_the_whole(
    path: Path, rows: list[tuple[float, float, float]], cut: int
) -> None:
    rows.sort()
    text = HEAD + "t,f1,f2\n" + "".join(f"{t!r},{a!r},{b!r}\n" for t, a, b in rows)
    whole = times(read(path, text)[0])
    assert whole == [t for t, _, _ in rows]
    blocks, _ = read(path, text[: max(len(HEAD) + 8, len(text) - cut)])
    # Only a number that was cut within its digits may differ; it is in the last row.
    assert times(blocks)[:-1] == whole[: max(0, len(times(blocks)) - 1)]
