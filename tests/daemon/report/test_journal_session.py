"""`report --session`: a session of the journal, while the daemon goes on writing it."""

from pathlib import Path

import pytest
from command import Finished, run
from live_bench import BenchTool, SmallDaemon


def report(folder: Path, session: str) -> Finished:
    """Run `ql-release report --session` on the journal of a folder."""
    config = folder / "config.toml"
    config.write_text(f"[journal]\npath = '{folder / 'journal.db'}'\n", encoding="utf-8")
    output = folder / "report.html"
    return run("report", "--session", session, "--config", config, "-o", output)


@pytest.fixture
async def session(tmp_path: Path) -> str:
    """The id of a session that a daemon has journaled, with a placement and a release."""
    daemon = SmallDaemon(tmp_path / "journal.db")
    tool = BenchTool(daemon.clock)
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 0.5)
    placement = {"muscle": "piriformis", "side": "left", "zone": "upper"}
    await daemon.ask("mat", "place", placement=placement)
    await tool.hold(80, 40, eases=0.2)
    await tool.press(0, 125)
    (ended,) = [event for event in await daemon.events() if event["type"] == "ended"]
    await daemon.stop()
    return str(ended["session"])


@pytest.mark.parametrize("digits", [32, 8])
async def test_a_session_of_the_journal_becomes_a_report(
    tmp_path: Path, session: str, digits: int
) -> None:
    done = report(tmp_path, session[:digits])
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "possible release" in page
    assert "piriformis" in page
    assert session[:8] in page


async def test_a_session_that_is_not_there_is_told_of(tmp_path: Path, session: str) -> None:
    other = "0" * 32 if session[0] != "0" else "f" * 32
    done = report(tmp_path, other)
    assert done.returncode == 1
    assert "ql-release labels list" in done.stderr
    assert not (tmp_path / "report.html").exists()


def test_a_journal_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    done = report(tmp_path, "0" * 32)
    assert done.returncode == 1
    assert "journal.db" in done.stderr
