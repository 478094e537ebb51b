"""A damaged journal is set aside, and nothing that can still be read of it is lost."""

import asyncio
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ql_release.events import EventError, Felt, HoldStarted, SessionStarted, parse
from ql_release.journal import (
    Batch,
    FinishedSession,
    Journal,
    SegmentRecord,
    SegmentStart,
)
from ql_release.journal.checking import log_of
from ql_release.journal.limits import Limits
from ql_release.journal.rescue import LONGEST_VALUE
from ql_release.journal.rows import UNREADABLE
from ql_release.journal.upkeep import Upkeep
from ql_release.payloads.base import rfc3339

PAGE = 4096
START_US = 1_790_000_000_000_000
SESSIONS = 12
LABELLED = 3
"""The session that somebody answered for."""
FRAMES = 300
OPEN_FRAMES = 400

EventFactory = Callable[..., HoldStarted]


def _id(session: int, n: int) -> str:
    return f"{session:08x}{n:024x}"


def _event(model: type[Any], session: int, n: int, **fields: Any) -> Any:
    moment = rfc3339(START_US + session * 1_000_000_000 + n * 1000)
    given_ = {
        "id": _id(session, n),
        "bridge": "pi",
        "tool": "mat",
        "at": moment,
        "decided_at": moment,
        "session": _id(session, 0),
        "person": "ann",
        "placement": None,
    }
    return model.model_validate(given_ | fields)


def _records(session: int, count: int) -> list[SegmentRecord]:
    return [
        SegmentRecord("frame", START_US + n, 2**64 - 1, n, f"{session} {n} ".encode() * 12)
        for n in range(count)
    ]


async def _fill(journal: Journal) -> None:
    """Journal sessions of which the later half is unsent, and one that is open."""
    for person in ("ann", "bob"):
        await journal.put_profile(person, b'{"threshold_n":80}')
    await journal.put_document("tool/mat", b'{"serial":"0102030405060708","hello":{}}')
    await journal.put_document("person/mat", b"ann")
    await journal.remember_reply("c1", b'{"ok":true}', START_US)
    for number in range(1, SESSIONS + 1):
        start = SegmentStart(b"\1\2\3\4\5\6\7\x08", '{"source": "tool"}', START_US + number)
        stored = await journal.write(
            Batch(
                "mat",
                open_segment=start,
                records=_records(number, FRAMES),
                events=[
                    _event(SessionStarted, number, 0),
                    *(_event(HoldStarted, number, n) for n in range(1, 20)),
                ],
                summary=FinishedSession(_id(number, 0), "ann", START_US + number, b'{"holds":1}'),
                close_segment=True,
            )
        )
        if number <= SESSIONS // 2:
            await journal.sent([one.seq for one in stored])
    await journal.write(
        Batch("mat", events=[_event(Felt, LABELLED, 99, release=_id(LABELLED, 7), felt=True)])
    )
    upkeep = Upkeep(Limits(keep_us=2**60, keep_bytes=2**60, frames_us=2**60, frames_bytes=2**60))
    for _ in range(LABELLED * 3):
        await journal._tidy(upkeep, START_US)
    for first in range(0, OPEN_FRAMES, 50):
        await journal.write(
            Batch(
                "mat",
                open_segment=None if first else SegmentStart(b"12345678", "{}", START_US + 99),
                records=_records(99, OPEN_FRAMES)[first : first + 50],
                events=[] if first else [_event(SessionStarted, 99, 0)],
            )
        )


@dataclass(frozen=True, slots=True)
class Example:
    """A journal's files as they lie on the disk: stopped in good order, or by a power cut."""

    stopped: Path
    crashed: Path

    def copy(self, folder: Path, *, crashed: bool = False) -> Path:
        """Put a copy into a folder; return the journal's path."""
        source = self.crashed if crashed else self.stopped
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        return folder / "journal.db"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """A journal with something in each of its tables."""
    made = tmp_path_factory.mktemp("example")

    async def make() -> None:
        async with await Journal.open(made / "stopped" / "journal.db", window_s=0) as journal:
            await _fill(journal)
            shutil.copytree(
                made / "stopped", made / "crashed", ignore=shutil.ignore_patterns("*-shm")
            )

    asyncio.run(make())
    return Example(made / "stopped", made / "crashed")


@dataclass(slots=True)
class Contents:
    """What is in a journal, each as it was written.

    Attributes:
        events: bodies by id.
        unsent: ids.
        rows: everything else: the table first, then the key.
    """

    events: dict[str, bytes]
    unsent: set[str]
    rows: dict[tuple[Any, ...], Any]


KEYED = (
    ("profiles", "SELECT person, body FROM profiles"),
    ("documents", "SELECT key, body FROM documents"),
    ("replies", "SELECT command, body FROM replies"),
    ("sessions", "SELECT id, body FROM sessions"),
)
KEYS = {"profiles": "person", "documents": "key", "replies": "command", "sessions": "id"}
OPEN_RECORDS = (
    "SELECT records.id, data FROM records WHERE segment = "
    "(SELECT id FROM segments WHERE closed = 0) AND records.id = ?"
)


def _readable(path: Path, whole: Contents | None = None) -> Contents:
    """Return what a patient reader finds that asks for one row after another, and nothing else.

    Of the intact journal `whole` tells which rows there were.
    """
    found = Contents({}, set(), {})
    uri = f"file:{path}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)  # damage can claim any length
        _read_events(db, found)
        for number in range(1, SESSIONS * FRAMES):
            for row in _ask(db, OPEN_RECORDS, number):
                found.rows["records", number] = row[1]
        for table, select in KEYED:
            if whole is None:
                found.rows |= {(table, key): body for key, body in _ask(db, select)}
                continue
            for key in [key for of, key in whole.rows if of == table]:
                for row in _ask(db, f"{select} WHERE {KEYS[table]} = ?", key):
                    found.rows[table, key] = row[1]
    return found


def _read_events(db: sqlite3.Connection, found: Contents) -> None:
    for seq in range(1, SESSIONS * 25):
        for name, document in _ask(db, "SELECT id, body FROM events WHERE seq = ?", seq):
            if _is_event(name, document):
                found.events[name] = document
                if _ask(db, "SELECT seq FROM outbox WHERE seq = ?", seq):
                    found.unsent.add(name)


def _ask(db: sqlite3.Connection, select: str, *values: Any) -> list[Any]:
    try:
        return db.execute(select, values).fetchall()
    except UNREADABLE:
        return []


def _is_event(name: Any, body: Any) -> bool:
    try:
        return isinstance(body, bytes) and parse(body).id == name
    except EventError:
        return False


def _check(path: Path, whole: Contents) -> None:
    """Open what is left of a journal, and see that nothing readable is missing and all works."""
    readable = _readable(path, whole)

    async def use() -> None:
        async with await Journal.open(path, window_s=0) as journal:
            left = _readable(path, whole)
            missing = {
                key
                for key, body in readable.rows.items()
                if left.rows.get(key) != body and whole.rows.get(key) == body
            }
            assert not missing
            assert {name: left.events.get(name) for name in readable.events} == readable.events
            assert readable.unsent <= left.unsent
            [stored] = await journal.write(Batch("ball", events=[_event(HoldStarted, 500, 1)]))
            assert stored.id in {one.id for one in await journal.unsent(1000)}
            assert (await journal.history(limit=1)).events
            assert len(await journal.open_segments()) <= 1
        async with await Journal.open(path, window_s=0) as again:
            assert again.problems == []
            assert (await again.event(stored.id)) == stored

    asyncio.run(use())


# Whatever happens to the bytes

SEEDS = range(25)


@pytest.fixture(scope="module")
def whole(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What the intact journal holds."""
    return _readable(example.copy(tmp_path_factory.mktemp("whole") / "copy"))


def _victim(chance: random.Random, example: Example, folder: Path) -> tuple[Path, Path]:
    """Return a copy of a journal, and the file of it that is about to be damaged."""
    crashed = chance.random() < 0.5
    path = example.copy(folder / "copy", crashed=crashed)
    return path, log_of(path) if crashed and chance.random() < 0.5 else path


@pytest.mark.parametrize("seed", SEEDS)
def test_a_journal_that_is_cut_off_anywhere(
    seed: int, example: Example, whole: Contents, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - chooses damage, guards nothing
    path, victim = _victim(chance, example, tmp_path)
    size = victim.stat().st_size
    with victim.open("r+b") as file:
        file.truncate(chance.randrange(chance.choice([100, PAGE, size])))
    _check(path, whole)


def _garbage(chance: random.Random, length: int) -> bytes:
    """Return what a failing memory card gives back in place of what was written."""
    kinds = (chance.randbytes(length), bytes(length), b"\xff" * length, b"dear diary " * length)
    return chance.choice(kinds)[:length]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_journal_with_garbage_in_some_pages(
    seed: int, example: Example, whole: Contents, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - chooses damage, guards nothing
    path, victim = _victim(chance, example, tmp_path)
    pages = victim.stat().st_size // PAGE
    with victim.open("r+b") as file:
        for number in chance.sample(range(pages), chance.randint(1, 8)):
            offset = chance.choice([0, 0, chance.randrange(PAGE)])
            file.seek(number * PAGE + offset)
            file.write(_garbage(chance, PAGE - offset))
    _check(path, whole)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_journal_with_single_bytes_changed(
    seed: int, example: Example, whole: Contents, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - chooses damage, guards nothing
    path, victim = _victim(chance, example, tmp_path)
    with victim.open("r+b") as file:
        for _ in range(chance.randint(1, 4)):
            file.seek(chance.randrange(chance.choice([100, victim.stat().st_size])))
            file.write(chance.randbytes(1))
    _check(path, whole)
