"""`ql-release report` as a process: what it writes and says, and how it ends."""

import subprocess
import sys
from pathlib import Path

import pytest
from command import environ, run
from playable import shorten
from report_files import demo_recording, recording


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Return a recording of one hold."""
    return recording(tmp_path, (2, 0), (20, 60), (2, 0))


def test_without_a_name_the_report_lies_beside_the_file(short: Path) -> None:
    done = run("report", short)
    report = short.with_name("spans-report.html")
    assert (done.returncode, done.stdout) == (0, f"{report}: 1 session\n")
    assert done.stderr == ""
    assert report.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("ending", "magic"),
    [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-"), ("PNG", b"\x89PNG"), ("svg", b"<?xml")],
)
def test_the_ending_decides_the_format(short: Path, ending: str, magic: bytes) -> None:
    output = short.with_name(f"out.{ending}")
    done = run("report", short, "-o", output)
    assert (done.returncode, done.stderr) == (0, "")
    assert output.read_bytes().startswith(magic)
    assert sorted(path.name for path in short.parent.iterdir()) == sorted(
        ["spans.csv", output.name]
    )


def test_a_report_that_is_there_is_replaced_with_the_usual_rights(short: Path) -> None:
    output = short.with_name("out.svg")
    output.write_text("old")
    assert run("report", short, "-o", output).returncode == 0
    assert "old" not in output.read_text(encoding="utf-8")[:10]
    plain = short.with_name("plain")
    plain.touch()
    assert output.stat().st_mode == plain.stat().st_mode


def test_numbered_pictures_are_all_named(tmp_path: Path) -> None:
    path = recording(tmp_path, (3, 0), (20, 60), (150, 0), (30, 40), (3, 0))
    output = tmp_path / "out.png"
    done = run("report", path, "-o", output)
    names = ", ".join(str(tmp_path / f"out-{number}.png") for number in (1, 2))
    assert done.stdout == f"{names}: 2 sessions\n"


@pytest.mark.parametrize("name", ["out", "out.txt", "out.html.gz", ".pdf"])
def test_an_ending_that_names_no_format_is_a_wrong_argument(short: Path, name: str) -> None:
    output = short.with_name(name)
    done = run("report", short, "-o", output)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"ql-release: {output} names no format; end it with .html, .pdf, .png or .svg.\n"
    )


def test_the_file_itself_is_never_replaced(short: Path) -> None:
    path = short.rename(short.with_suffix(".svg"))
    before = path.read_bytes()
    done = run("report", path, "-o", path)
    assert done.returncode == 2
    assert "is the file itself" in done.stderr
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told_before_anything_is_read(short: Path) -> None:
    output = short.parent / "nowhere" / "out.pdf"
    done = run("report", short, "-o", output)
    assert done.returncode == 2
    assert done.stderr == (
        f"ql-release: {output} cannot be made; name a file in a folder that you may write to.\n"
    )


def test_no_contact_is_no_report(tmp_path: Path) -> None:
    path = recording(tmp_path, (20, 0))
    done = run("report", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ql-release: No contact of a second or more was found, so there is nothing to report.\n"
    )
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_without_samples_is_no_report(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    done = run("report", path)
    assert done.returncode == 3
    assert "there is nothing to report" in done.stderr
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = run("report", tmp_path / "nowhere.csv")
    assert done.returncode == 1
    assert "cannot be read: no such file or directory" in done.stderr


def test_of_a_damaged_file_what_came_before_is_reported(tmp_path: Path) -> None:
    path = demo_recording(tmp_path, zones=1, rate_hz=50.0)
    path.write_text("\n".join([*path.read_text().splitlines()[:6000], "1,2,3"]))
    done = run("report", path, "-o", tmp_path / "out.html")
    assert (done.returncode, done.stdout) == (3, f"{tmp_path / 'out.html'}: 1 session\n")
    assert "the report is of what came before" in done.stderr
    assert "The file is damaged" in (tmp_path / "out.html").read_text(encoding="utf-8")


def test_a_capture_that_is_cut_short_is_reported_too(placed: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.qlcap"
    path.write_bytes(placed.read_bytes())
    shorten(path)
    done = run("report", path, "-o", tmp_path / "out.pdf")
    assert done.returncode == 3
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


def test_without_matplotlib_it_is_said_how_to_get_it(short: Path, tmp_path: Path) -> None:
    """A finder that knows no matplotlib stands in for an installation without the extra."""
    hiding = tmp_path / "site"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text(
        "import sys\n"
        "class Missing:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'matplotlib':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Missing)\n"
    )
    done = run("report", short, PYTHONPATH=str(hiding))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ql-release: Reports are drawn with matplotlib, which is missing: "
        "pip install 'ql-release[analysis]'.\n"
    )


def test_pyplot_is_left_out_and_so_is_all_of_the_daemon(short: Path) -> None:
    code = (
        "import sys; from ql_release.cli import main\n"
        f"assert main(['report', {str(short)!r}]) == 0\n"
        "print(sorted({'matplotlib.pyplot', 'sqlite3', 'aiomqtt'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environ()
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_times_are_those_of_the_machine(short: Path) -> None:
    output = short.with_name("out.html")
    assert run("report", short, "-o", output, TZ="America/New_York").returncode == 0
    text = output.read_text(encoding="utf-8")
    assert "Monday 5 January 2026, 13:00" in text
    assert "· EST" in text
