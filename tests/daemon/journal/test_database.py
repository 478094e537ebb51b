"""Which files can be a journal, and what is said of those that cannot."""

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Batch, Journal, JournalError, JournalUnusableError
from ql_release.journal.schema import MIGRATIONS, migrate

EventFactory = Callable[..., HoldStarted]


async def _refused(path: Path, words: str) -> None:
    """Check that opening fails with these words and the file's name, and changes nothing."""
    before = _contents(path)
    with pytest.raises(JournalUnusableError, match=words) as caught:
        await Journal.open(path)
    assert str(path) in str(caught.value)
    assert _contents(path) == before


def _contents(path: Path) -> dict[str, bytes]:
    """Return the files in the journal's folder."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@pytest.fixture
def diary(path: Path) -> Path:
    """A file that is no database."""
    path.write_bytes(b"dear diary, today I lay on the mat " * 100)
    return path


async def test_a_file_that_is_no_database_is_refused_and_left_alone(diary: Path) -> None:
    await _refused(diary, "not a database.*move it away")


async def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.commit()
    connection.close()
    await _refused(path, "another program")


async def test_a_journal_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    async with await Journal.open(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    await _refused(path, "newer version")


async def test_a_journal_that_is_open_is_refused_to_a_second_daemon(
    journal: Journal, path: Path, event: EventFactory
) -> None:
    with pytest.raises(JournalUnusableError, match="another ql-release has it open"):
        await Journal.open(path)
    assert len(await journal.write(Batch("mat", events=[event(1)]))) == 1


async def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalUnusableError, match="cannot be used"):
        await Journal.open(tmp_path)


async def test_an_empty_file_becomes_a_journal(tmp_path: Path, event: EventFactory) -> None:
    with tempfile.NamedTemporaryFile(dir=tmp_path) as empty:
        journal = await Journal.open(Path(empty.name))
    async with journal:
        assert len(await journal.write(Batch("mat", events=[event(1)]))) == 1


async def test_only_the_owner_may_read_it(tmp_path: Path, event: EventFactory) -> None:
    path = tmp_path / "folder" / "journal.db"
    async with await Journal.open(path) as journal:
        await journal.write(Batch("mat", events=[event(1)]))
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert set(modes.values()) == {"0o600"}
    assert oct(path.parent.stat().st_mode & 0o777) == "0o700"


async def test_every_commit_is_flushed_to_the_disk(journal: Journal) -> None:
    """`synchronous` 2 is FULL: what was reported as written survives a power cut."""
    read = journal._writer.read
    assert await read(lambda db: db.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert await read(lambda db: db.execute("PRAGMA journal_mode").fetchone()) == ("wal",)
    assert await read(lambda db: db.execute("PRAGMA foreign_keys").fetchone()) == (1,)


async def test_a_full_disk_is_told_and_forgiven(journal: Journal, event: EventFactory) -> None:
    """SQLite's own page limit stands for the disk's: the same error, at the same place."""
    await journal.write(Batch("mat", events=[event(0)]))
    read = journal._writer.read
    pages = await read(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
    await read(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    many = [event(n) for n in range(1, 300)]
    with pytest.raises(JournalError, match="disk is full"):
        await journal.write(Batch("mat", events=many))
    assert await journal.outbox_depth() == 1
    await read(lambda db: db.execute("PRAGMA max_page_count = 100000").fetchone())
    stored = await journal.write(Batch("mat", events=many))
    assert [new.seq for new in stored] == list(range(2, 301))


async def test_a_closed_journal_says_so(path: Path, event: EventFactory) -> None:
    journal = await Journal.open(path)
    await journal.close()
    await journal.close()
    with pytest.raises(JournalError, match="closed"):
        await journal.write(Batch("mat", events=[event(1)]))


async def test_a_journal_of_an_older_form_is_brought_up_with_its_contents(
    path: Path, event: EventFactory
) -> None:
    async with await Journal.open(path) as journal:
        epoch = journal.epoch
        await journal.write(Batch("mat", events=[event(1)]))

    def add_note(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE sessions ADD COLUMN note TEXT")

    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, [*MIGRATIONS, add_note])
    columns = [row[1] for row in connection.execute("PRAGMA table_info(sessions)")]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    kept = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    connection.close()
    assert "note" in columns
    assert (version, kept, events) == (len(MIGRATIONS) + 1, epoch, 1)


async def test_a_step_that_fails_leaves_the_older_form(path: Path) -> None:
    async with await Journal.open(path) as journal:
        epoch = journal.epoch

    def half_done(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE outbox")
        raise sqlite3.OperationalError("disk I/O error")

    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection, [*MIGRATIONS, half_done])
    connection.close()
    async with await Journal.open(path) as again:
        assert again.epoch == epoch
        assert await again.outbox_depth() == 0


def test_every_step_that_was_ever_released_is_still_there(path: Path) -> None:
    """A journal made step by step has the same form as one made at once."""
    forms = []
    for name, stops in (("steps", range(1, len(MIGRATIONS) + 1)), ("once", [len(MIGRATIONS)])):
        connection = sqlite3.connect(path.with_suffix(f".{name}"), isolation_level=None)
        for stop in stops:
            migrate(connection, MIGRATIONS[:stop])
        forms.append(connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall())
        connection.close()
    assert forms[0] == forms[1]


async def test_a_place_that_nothing_can_be_written_to_is_one_sentence_without_numbers(
    tmp_path: Path,
) -> None:
    (tmp_path / "a-file").touch()
    path = tmp_path / "a-file" / "journal.db"
    with pytest.raises(JournalUnusableError) as caught:
        await Journal.open(path)
    assert str(caught.value) == (
        f"the journal {path} cannot be used: file exists: let this user write there, "
        "or name another journal.path"
    )
