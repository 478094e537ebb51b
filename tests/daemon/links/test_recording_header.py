"""The lines above the rows of a text recording."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from recording_files import HEAD, header_of, read


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recordings") / "session.csv"


def test_everything_it_can_tell(path: Path) -> None:
    header = header_of(
        path,
        HEAD + "# rate_hz: 80\n# threshold_n: 95.5\n# contact_area_cm2: 12\n"
        "# body_mass_kg: 82\nt,f1,f2,f3\n",
    )
    assert header.start == datetime(2026, 1, 31, 18, tzinfo=UTC)
    assert header.start_us == 1_769_882_400_000_000
    assert (header.rate_hz, header.threshold_n) == (80.0, 95.5)
    assert (header.contact_area_cm2, header.body_mass_kg) == (12.0, 82.0)
    assert (header.n_force, header.imu) == (3, False)
    assert header.columns == ("t", "f1", "f2", "f3")


def test_what_it_does_not_tell_is_none(path: Path) -> None:
    header = header_of(path, HEAD + "t,f1\n")
    assert header.rate_hz is header.threshold_n is None
    assert header.contact_area_cm2 is header.body_mass_kg is None


def test_a_start_in_another_zone(path: Path) -> None:
    header = header_of(path, HEAD.replace("18:00:00Z", "18:00:00.25+02:00") + "t,f1\n")
    assert header.start == datetime(
        2026, 1, 31, 18, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2))
    )


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "the line of column names, like 't,f1,f2', is missing"),
        (HEAD, 2, "the line of column names, like 't,f1,f2', is missing"),
        ("t,f1\n0,1\n", 1, "the line '# recording: 1' is missing"),
        ("# recording: 1\nt,f1\n0,1\n", 2, "add a line like '# start: 2026-01-31T18:00:00Z'"),
        (HEAD.replace(": 1", ": 2") + "t,f1\n", 1, "has version '2'; this program reads 1"),
        (HEAD.replace("Z", "") + "t,f1\n", 2, "is not a time with a zone"),
        (HEAD.replace("2026-01", "1926-01") + "t,f1\n", 2, "is not a time with a zone"),
        (HEAD.replace("2026-01-31T18:00:00Z", "now") + "t,f1\n", 2, "'now' is not a time"),
        (HEAD + "# rate_hz: fast\nt,f1\n", 3, "rate_hz is 'fast'"),
        (HEAD + "# rate_hz: nan\nt,f1\n", 3, "rate_hz is 'nan'"),
        (HEAD + "# rate_hz: 100000\nt,f1\n", 3, "should be between 0.01 and 65535"),
        (HEAD + "# rate_hz: 1e-310\nt,f1\n", 3, "should be between 0.01 and 65535"),
        (HEAD + "# body_mass_kg: -80\nt,f1\n", 3, "it should be a number above 0"),
        (HEAD + "f1,f2\n0,1\n", 3, "they should be t,f1"),
        (HEAD + "t\n0\n", 3, "they should be t,f1"),
        (HEAD + "t,f1,f3\n0,1,2\n", 3, "they should be t,f1"),
        (HEAD + "t,f1,ax,ay\n0,1,2,3\n", 3, "they should be t,f1"),
        (HEAD + "t,force\n0,1\n", 3, "the columns are 't,force'"),
        (HEAD + "t;f1\n0;1\n", 3, "the columns are 't;f1'"),
        (HEAD + "t,f1,f2,f3,f4,f5,f6,f7,f8,f9\n", 3, "at most 8 zones"),
        (HEAD + "0,1\n0.01,2\n", 3, "the columns are '0,1'"),
        ("\x00\x01\x02\xff", 1, "is missing"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    path: Path, text: str, line: int, sentence: str
) -> None:
    blocks, damage = read(path, text)
    assert blocks == []
    assert damage.line == line
    assert sentence in str(damage)
    assert f"line {line}: " in str(damage)


def test_endless_lines_above_the_rows_are_not_kept(path: Path) -> None:
    _, damage = read(path, "# more: and more\n" * 5000)
    assert damage.line == 1000


def test_a_comment_may_be_of_any_length(path: Path) -> None:
    """Above the rows and among them; the lines that are told stay right."""
    comment = "# " + "1,2," * 5000 + "\n"
    (block,), damage = read(path, HEAD + comment + "t,f1\n0,1\n" + comment + "0.01,2\n")
    assert block.t == [0.0, 0.01]
    assert damage is None
