"""`labels`: past sessions as a list, and with what was felt as labelled recordings."""

import csv
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from command import Finished, run
from live_bench import BenchTool, SmallDaemon

from ql_release.labels.rows import COLUMNS

PLACEMENT = {"muscle": "piriformis", "side": "left", "zone": "upper"}
CLEAR, FAINT = 0.2, 0.083
"""How far a hold eases: enough to tell people of it, and too little."""
TIMES = {"t_s", "decided_s", "onset_s"}
"""What `analyze` says besides what was journaled."""


class Home:
    """A journal that a daemon keeps, and the folder that is exported to.

    Attributes:
        journal: the journal's file.
        folder: the folder.
        daemon: the daemon, running.
        tool: its tool.
    """

    def __init__(self, folder: Path) -> None:
        self.journal = folder / "journal.db"
        self.folder = folder / "labels"
        self.daemon = SmallDaemon(self.journal)
        self.tool = BenchTool(self.daemon.clock)

    async def start(self) -> None:
        """Start the daemon and connect the tool."""
        await self.daemon.start()
        await self.daemon.connect(self.tool)
        await self.tool.press(0, 0.5)

    async def session(self, person: str, *eases: float, over: bool = True) -> list[dict[str, Any]]:
        """Let somebody have a session with such releases; return these."""
        await self.daemon.ask("mat", "person", person=person)
        before = len(await self.daemon.events())
        for share in eases:
            await self.tool.hold(80, 40, eases=share)
            await self.tool.press(0, 2)
        if over:
            await self.tool.press(0, 125)
        new = (await self.daemon.events())[before:]
        return [event for event in new if event["type"] == "released"]

    async def felt(self, release: dict[str, Any], *, felt: bool) -> None:
        """Answer a release."""
        assert (await self.daemon.ask("mat", "felt", release=release["id"], felt=felt))["ok"]

    def labels(self, action: str, *arguments: str) -> Finished:
        """Run `ql-release labels` on the journal, which the daemon has open."""
        return run("labels", action, "--journal", self.journal, *arguments)

    def export(self, *arguments: str) -> Finished:
        """Run `labels export` into the folder."""
        return self.labels("export", "-o", str(self.folder), *arguments)

    def lines(self) -> list[dict[str, Any]]:
        """Return the rows of `labels.jsonl`."""
        text = (self.folder / "labels.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def table(self) -> list[dict[str, str]]:
        """Return the rows of `labels.csv`."""
        with (self.folder / "labels.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def contents(self) -> dict[str, tuple[bytes, int]]:
        """Return every file of the folder, with the time of its last change."""
        return {
            file.name: (file.read_bytes(), file.stat().st_mtime_ns)
            for file in self.folder.iterdir()
        }


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    """A daemon that runs, with a tool that nobody is on."""
    made = Home(tmp_path)
    await made.start()
    yield made
    await made.daemon.stop()


def analyzed(capture: Path) -> list[dict[str, Any]]:
    """Return what `analyze` says of a capture."""
    done = run("analyze", capture, "--json", "--strict")
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


# Export


async def test_a_session_with_an_answer_becomes_a_recording_and_rows(home: Home) -> None:
    await home.daemon.ask("mat", "place", placement=PLACEMENT)
    clear, faint = await home.session("ann", CLEAR, FAINT)
    await home.session("bob", CLEAR)
    await home.felt(clear, felt=False)
    await home.felt(clear, felt=True)
    done = home.export()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{home.folder}: 1 recording, 2 releases added.\n"
    capture = home.folder / f"20270115T080000Z-{clear['session'][:8]}.qlcap"
    assert set(home.contents()) == {capture.name, "README.txt", "labels.csv", "labels.jsonl"}
    told = analyzed(capture)
    journaled = [one for one in await home.daemon.events() if one["session"] == clear["session"]]
    own = [{key: event[key] for key in event.keys() - TIMES} for event in told]
    # Answers that came after the session are no part of its frames.
    assert own == [event for event in journaled if event["type"] != "felt"]
    by_id = {event["id"]: event for event in told}
    for row, release in zip(home.lines(), (clear, faint), strict=True):
        again = by_id[row["release"]]
        assert row["release"] == release["id"]
        assert (row["onset_s"], row["decided_s"]) == (again["onset_s"], again["decided_s"])
        assert (row["session"], row["file"]) == (clear["session"], capture.name)
        assert (row["tool"], row["person"], row["placement"]) == ("mat", "ann", PLACEMENT)
        figures = ("drop_pct", "expected_pct", "confidence")
        assert [row[name] for name in figures] == [release[name] for name in figures]
    first, second = home.lines()
    assert first["confidence"] > 0.5 > second["confidence"]
    given = [event for event in journaled if event["type"] == "felt"]
    assert first["answers"] == [
        {"felt": event["felt"], "answered_at": event["at"]} for event in given
    ]
    assert (first["felt"], first["answered_at"]) == (True, given[1]["at"])
    assert (second["felt"], second["answered_at"], second["answers"]) == (None, None, [])


async def test_the_table_says_the_same_as_the_lines(home: Home) -> None:
    clear, faint = await home.session("ann", CLEAR, FAINT)
    await home.felt(faint, felt=False)
    assert home.export().returncode == 0
    assert [list(row) for row in home.table()] == [list(COLUMNS)] * 2
    for cells, row in zip(home.table(), home.lines(), strict=True):
        assert float(cells["onset_s"]) == row["onset_s"]
        assert float(cells["confidence"]) == row["confidence"]
        names = ("session", "file", "tool", "person", "release")
        assert [cells[name] for name in names] == [row[name] for name in names]
    assert [cells["felt"] for cells in home.table()] == ["", "no"]
    assert [cells["placement"] for cells in home.table()] == ["", ""]
    assert home.table()[0]["release"] == clear["id"]


async def test_exporting_again_rewrites_nothing_and_adds_what_is_new(home: Home) -> None:
    (first,) = await home.session("ann", CLEAR)
    await home.felt(first, felt=True)
    assert home.export().returncode == 0
    before = home.contents()
    done = home.export()
    assert done.stdout == f"{home.folder}: 0 recordings, 0 releases added.\n"
    assert home.contents() == before
    (second,) = await home.session("bob", CLEAR)
    await home.felt(second, felt=False)
    done = home.export()
    assert done.stdout == f"{home.folder}: 1 recording, 1 release added.\n"
    after = home.contents()
    for name in before.keys() - {"labels.csv", "labels.jsonl"}:
        assert after[name] == before[name]
    for name in ("labels.csv", "labels.jsonl"):
        assert after[name][0].startswith(before[name][0])
    assert [row["release"] for row in home.lines()] == [first["id"], second["id"]]
    assert [row["release"] for row in home.table()] == [first["id"], second["id"]]


async def test_another_answer_is_told_of_and_taken_up_with_force(home: Home) -> None:
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    home.export()
    table = (home.folder / "labels.csv").read_text(encoding="utf-8")
    (home.folder / "labels.csv").write_text(table.replace("ann", "somebody"), encoding="utf-8")
    await home.felt(release, felt=False)
    before = home.contents()
    done = home.export()
    assert done.returncode == 0
    assert "1 release got another answer since they were written; --force" in done.stderr
    assert home.contents() == before
    done = home.export("--force")
    assert (done.stdout, done.stderr) == (f"{home.folder}: 1 recording, 1 release written.\n", "")
    assert [(row["felt"], row["person"]) for row in home.table()] == [("no", "ann")]
    assert [answer["felt"] for answer in home.lines()[0]["answers"]] == [True, False]


async def test_with_all_there_are_sessions_without_answers_and_without_releases(
    home: Home,
) -> None:
    await home.session("ann", CLEAR)
    await home.session("bob", 0.0)
    assert home.export().stdout == f"{home.folder}: 0 recordings, 0 releases added.\n"
    assert home.export("--all").stdout == f"{home.folder}: 2 recordings, 1 release added.\n"
    assert [row["felt"] for row in home.lines()] == [None]
    captures = sorted(home.folder.glob("*.qlcap"))
    assert [one["person"] for one in map(_end, captures)] == ["ann", "bob"]


def _end(capture: Path) -> dict[str, Any]:
    """Return how a capture's session ended."""
    return analyzed(capture)[-1]


async def test_an_open_session_is_left_out_until_it_has_ended(home: Home) -> None:
    (release,) = await home.session("ann", CLEAR, over=False)
    await home.felt(release, felt=True)
    done = home.export()
    assert (done.returncode, "1 session without an end: left out" in done.stderr) == (0, True)
    assert not list(home.folder.glob("*.qlcap"))
    await home.tool.press(0, 125)
    await home.daemon.on_disk()
    assert home.export().stdout == f"{home.folder}: 1 recording, 1 release added.\n"
    assert [row["felt"] for row in home.lines()] == [True]
    # The answer was given in the session: it is in its frames as a mark, and comes again.
    capture = next(home.folder.glob("*.qlcap"))
    assert [event["type"] for event in analyzed(capture)].count("felt") == 1


async def test_what_was_exported_of_an_erased_person_stays_and_no_more_comes(home: Home) -> None:
    for person in ("ann", "bob"):
        (release,) = await home.session(person, CLEAR)
        await home.felt(release, felt=True)
    home.export()
    before = home.contents()
    await home.daemon.ask("bridge", "erase", person="ann")
    assert home.export().stdout == f"{home.folder}: 0 recordings, 0 releases added.\n"
    assert home.contents() == before
    elsewhere = home.folder.with_name("elsewhere")
    home.labels("export", "-o", str(elsewhere), "--all")
    assert b"ann" not in b"".join(file.read_bytes() for file in elsewhere.iterdir())
    assert len(list(elsewhere.glob("*.qlcap"))) == 1


async def test_frames_that_are_gone_leave_their_session_out(home: Home) -> None:
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    await home.daemon.stop()
    connection = sqlite3.connect(home.journal)
    connection.execute("DELETE FROM records")
    connection.commit()
    connection.close()
    done = home.export()
    assert done.returncode == 0
    assert "1 session whose frames the journal no longer has: left out" in done.stderr
    assert not list(home.folder.glob("*.qlcap"))


async def test_the_readme_says_what_it_is(home: Home) -> None:
    home.export()
    readme = (home.folder / "README.txt").read_text(encoding="utf-8")
    assert all(column in readme for column in COLUMNS)
    assert "not the truth" in readme
    assert oct(home.folder.stat().st_mode & 0o777) == "0o700"


async def test_a_folder_with_other_files_is_refused_and_left_alone(home: Home) -> None:
    home.folder.mkdir()
    (home.folder / "README.txt").write_text("my holidays", encoding="utf-8")
    before = home.contents()
    for options in ((), ("--force",)):
        done = home.export(*options)
        assert (done.returncode, done.stdout) == (2, "")
        assert "holds other files than labelled recordings: name a new or empty" in done.stderr
    assert home.contents() == before


async def test_a_file_is_no_folder(home: Home) -> None:
    home.folder.write_text("mine", encoding="utf-8")
    done = home.export()
    assert (done.returncode, "is no folder: name a new or empty one" in done.stderr) == (2, True)


async def test_a_row_that_is_none_is_told_with_its_line(home: Home) -> None:
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    home.export()
    with (home.folder / "labels.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"release"\n')
    before = home.contents()
    done = home.export()
    assert (done.returncode, "labels.jsonl, line 2: it is no row" in done.stderr) == (2, True)
    assert home.contents() == before


async def test_an_export_that_was_broken_off_is_finished_by_the_next(home: Home) -> None:
    """The disk was full, or the power went, at any place between two files."""
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    home.export()
    whole = home.contents()
    capture = next(name for name in whole if name.endswith(".qlcap"))
    for lost in ({"labels.csv"}, {"labels.csv", "labels.jsonl"}, whole.keys() - {"README.txt"}):
        for name in lost:
            (home.folder / name).unlink()
        (home.folder / f"{capture}.part").write_bytes(b"QLCAP")
        assert home.export().returncode == 0
        (home.folder / f"{capture}.part").unlink(missing_ok=True)
        assert {name: data for name, (data, _) in home.contents().items()} == {
            name: data for name, (data, _) in whole.items()
        }


async def test_a_recording_that_was_damaged_is_told_and_written_anew_with_force(
    home: Home,
) -> None:
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    home.export()
    capture = next(home.folder.glob("*.qlcap"))
    whole = capture.read_bytes()
    capture.write_bytes(whole[:40])
    done = home.export()
    assert (done.returncode, "--force writes it anew" in done.stderr) == (3, True)
    assert home.export("--force").returncode == 0
    assert capture.read_bytes() == whole


# Lists


async def test_the_list_is_a_table_for_people(home: Home) -> None:
    first, second = await home.session("ann", CLEAR, CLEAR)
    await home.felt(first, felt=True)
    await home.felt(second, felt=False)
    await home.session("bob", 0.0, over=False)
    done = run("labels", "list", "--journal", home.journal, TZ="UTC")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split("  ") for line in done.stdout.splitlines()]
    table = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert table[0] == ["session", "started", "length", "tool", "person", "releases", "felt"]
    assert table[1][0] == first["session"][:8]
    assert table[1][1:] == ["2027-01-15 08:00", "1:22", "mat", "ann", "2", "1 yes, 1 no"]
    assert table[2][2:] == ["-", "mat", "bob", "0", "-"]


async def test_the_list_is_json_for_programs(home: Home) -> None:
    (release,) = await home.session("ann", CLEAR)
    await home.felt(release, felt=True)
    done = home.labels("list", "--json")
    (line,) = done.stdout.splitlines()
    ended = (await home.daemon.events())[-2]
    assert json.loads(line) == {
        "session": release["session"],
        "bridge": "pi",
        "tool": "mat",
        "person": "ann",
        "started_at": ended["started_at"],
        "ended_at": ended["at"],
        "releases": 1,
        "felt_yes": 1,
        "felt_no": 0,
    }


async def test_an_empty_journal_has_nothing_to_list(home: Home) -> None:
    assert home.labels("list").stdout == "The journal has no session yet.\n"
    assert home.labels("list", "--json").stdout == ""


# Which journal


async def test_the_journal_is_that_of_the_settings(home: Home, tmp_path: Path) -> None:
    await home.session("ann", 0.0)
    config = tmp_path / "config.toml"
    config.write_text('[journal]\npath = "journal.db"\n', encoding="utf-8")
    for found in (
        run("labels", "list", "--config", config),
        run("labels", "list", QL_RELEASE_JOURNAL__PATH=str(home.journal)),
    ):
        assert (found.returncode, len(found.stdout.splitlines())) == (0, 2)


def test_settings_that_are_wrong_are_a_matter_of_usage(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("nonsense = 1\n", encoding="utf-8")
    assert run("labels", "list", "--config", config).returncode == 2


@pytest.mark.parametrize("action", [["list"], ["export", "-o", "labels"]])
def test_without_a_journal_nothing_is_made(tmp_path: Path, action: list[str]) -> None:
    missing = tmp_path / "no.db"
    done = run("labels", *action, "--journal", missing)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ql-release: there is no journal {missing}: name another with --journal or journal.path.\n"
    )
    assert list(tmp_path.iterdir()) == []
    assert not Path("labels").exists()


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    text = tmp_path / "journal.db"
    text.write_text("dear diary " * 100, encoding="utf-8")
    done = run("labels", "list", "--journal", text)
    assert (done.returncode, "it is no journal" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
