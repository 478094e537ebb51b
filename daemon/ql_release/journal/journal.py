"""The journal as the daemon sees it: every call returns when it is safe on disk."""

import asyncio
import contextlib
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from ql_release.clock import Clock
from ql_release.journal import dating, frames, history, memory, people, statements
from ql_release.journal.aside import mark_suspect
from ql_release.journal.errors import JournalError
from ql_release.journal.limits import Limits
from ql_release.journal.opening import Opened, open_again, open_journal
from ql_release.journal.records import (
    Batch,
    Erased,
    HistoryPage,
    OpenSegment,
    SegmentRecord,
    StoredEvent,
)
from ql_release.journal.upkeep import Upkeep
from ql_release.journal.writer import GROUP_WINDOW_S, Writer

NONCE_BYTES = 8
"""64 random bits name one start of the daemon."""
RECORDS_AT_ONCE = 256
"""Records read together in a rebuild: about 60 kB of frames in memory at a time."""
UPKEEP_S = 60.0
"""How often it is looked whether there is something to tidy."""
STEP_PAUSE_S = 0.1
"""Between two steps of tidying: the disk and the processor are for live data."""


class Journal:
    """Frames, marks, events and the outbox of one bridge.

    Made by `open`. Every method that writes returns after the commit; requests that come
    together share one. All raise `JournalError` when the disk or the file fails them, and
    then nothing of that request was written.

    Attributes:
        nonce: names this start of the daemon, 16 hex digits.
    """

    def __init__(self, path: Path, opened: Opened, window_s: float) -> None:
        self._path = path
        self._opened = opened
        self._damage: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._writer = Writer(
            opened.connection,
            window_s,
            trouble=opened.trouble,
            reopen=self._open_again,
            on_damage=self._note_damage,
        )
        self.nonce = secrets.token_hex(NONCE_BYTES)

    @property
    def epoch(self) -> str:
        """Names this journal for ever, 16 hex digits.

        It changes when the file of a journal that began as a stand-in can be opened (`opening`) and
        is another one: where there was none before, or when the file was damaged and its events
        have got new numbers.
        """
        return self._opened.epoch

    @property
    def problems(self) -> list[str]:
        """What needs attention, a sentence each: that the disk is full, or the file was damaged."""
        return [one for one in (self._opened.notice, self._writer.trouble) if one is not None]

    @classmethod
    async def open(cls, path: Path, *, window_s: float = GROUP_WINDOW_S) -> Self:
        """Open the journal in a file, making it when there is none.

        Args:
            path: the database file; folders above it are made.
            window_s: how long a write waits for others to share its commit.

        Raises:
            JournalUnusableError: when the file cannot be used; it is left as it was. (A damaged
                one is set aside, a disk that is full or read-only is waited for.)
        """
        journal = cls(path, await asyncio.to_thread(open_journal, path), window_s)
        if not journal._opened.checked:
            journal._check()
        return journal

    async def damaged(self) -> str:
        """Wait until the file turns out to be damaged while it is in use; return how.

        It can only be set aside by whoever opens it next.
        """
        return await asyncio.shield(self._damage)

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        await self._writer.close()

    async def __aenter__(self) -> Self:
        """Return the journal itself, already open."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the journal."""
        await self.close()

    async def write(self, batch: Batch) -> list[StoredEvent]:
        """Write a batch whole or not at all; return its events that are new.

        An event whose id is journaled already is left out: it is never stored twice.

        Raises:
            ValueError: for records or a closing without an open segment.
        """
        return await self._writer.write(lambda db: statements.write_batch(db, batch))

    async def open_segments(self) -> list[OpenSegment]:
        """Return the segments that were not closed, oldest first."""
        return await self._writer.read(statements.open_segments)

    async def segment_records(self, segment: int) -> AsyncIterator[SegmentRecord]:
        """Yield a segment's records in the order they were written, a few at a time."""
        after = 0
        while True:
            records, after = await self._records_after(segment, after)
            if not records:
                return
            for record in records:
                yield record

    async def event(self, name: str) -> StoredEvent | None:
        """Return an event by its id; None when the journal has none of it."""
        return await self._writer.read(lambda db: statements.event(db, name))

    async def unsent(self, limit: int, after_seq: int = 0) -> list[StoredEvent]:
        """Return events that no broker has acknowledged, in order, after a number.

        One that has no date yet holds up all that come after it.
        """
        return await self._writer.read(lambda db: statements.unsent(db, limit, after_seq))

    async def sent(self, seqs: Iterable[int], epoch: str | None = None) -> None:
        """Take out of the outbox what a broker has acknowledged; the events stay.

        Args:
            seqs: the numbers of the events.
            epoch: the journal that gave the numbers; of another one than is open when this is
                written they mean other events, and nothing is taken out. None: the open one.
        """
        acknowledged = list(seqs)

        def take_out(db: sqlite3.Connection) -> None:
            if epoch is None or epoch == self.epoch:
                statements.delete_sent(db, acknowledged)

        await self._writer.write(take_out)

    async def outbox_depth(self) -> int:
        """Return how many events are unsent."""
        return await self._writer.read(statements.outbox_depth)

    async def oldest_unsent_us(self) -> int | None:
        """Return when the oldest unsent event was decided, Unix µs; None when all are sent."""
        return await self._writer.read(statements.oldest_unsent_us)

    async def newest_date(self) -> int | None:
        """Return the newest date among the latest events, Unix µs."""
        return await self._writer.read(dating.newest_date)

    async def newest_count(self) -> int | None:
        """Return the newest time that is no date yet, µs; None when all are dates."""
        return await self._writer.read(dating.newest_count)

    async def give_dates(self, shift_us: int, estimated_before_us: int) -> None:
        """Make dates of all that was journaled before the time was known; see `dating`."""
        await self._writer.write(lambda db: dating.give_dates(db, shift_us, estimated_before_us))

    async def history(
        self,
        after_seq: int | None = None,
        epoch: str | None = None,
        *,
        limit: int = history.MAX_PAGE_EVENTS,
        max_bytes: int = history.MAX_PAGE_BYTES,
    ) -> HistoryPage:
        """Return a page of events, those of open sessions included.

        Args:
            after_seq: the page begins after this number; None for the oldest.
            epoch: the journal that gave the number; of another journal, or None, it means
                nothing here and the page begins at the oldest.
            limit: events at most; the contract's 200 is never exceeded.
            max_bytes: length at most of the reply that the page will be part of. A single
                event that is longer still makes a page.
        """
        start = after_seq if after_seq is not None and epoch == self.epoch else 0
        return await self._writer.read(
            lambda db: history.read_page(db, self.epoch, start, limit, max_bytes)
        )

    async def last_session(self, tool: str) -> bytes | None:
        """Return the summary of the tool's session that ended last."""
        return await self._writer.read(lambda db: statements.last_session(db, tool))

    async def remember_reply(self, command: str, reply: bytes, now_us: int) -> None:
        """Keep the first reply to a command for 24 hours."""
        await self._writer.write(lambda db: memory.remember_reply(db, command, reply, now_us))

    async def recall_reply(self, command: str, now_us: int) -> bytes | None:
        """Return the reply given to a command within the last 24 hours."""
        return await self._writer.read(lambda db: memory.recall_reply(db, command, now_us))

    async def put_profile(self, person: str, profile: bytes) -> None:
        """Keep a person's profile in place of the one before."""
        await self._writer.write(lambda db: people.put_profile(db, person, profile))

    async def profiles(self) -> dict[str, bytes]:
        """Return every profile by its person."""
        return await self._writer.read(people.profiles)

    async def erase(self, person: str, sessions: Iterable[str] = ()) -> Erased:
        """Remove a person's events, summaries, raw frames and profile, unsent ones included.

        Args:
            person: Whose data go.
            sessions: Nobody's sessions that are theirs as well.

        Raises:
            JournalError: also while that person's session is open.
        """
        erased = await self._writer.write(lambda db: people.erase(db, person, sessions))
        # The log still holds the erased rows until it is folded in.
        await self._writer.read(_fold_log)
        return erased

    async def put_document(self, key: str, document: bytes | None, *, hurry: bool = False) -> None:
        """Keep a small document across restarts in place of the one before; None forgets it.

        Args:
            key: names it.
            document: what to keep.
            hurry: whether to spare it the wait for other requests that share its commit.
        """
        write = self._writer.write_alone if hurry else self._writer.write
        await write(lambda db: memory.put_document(db, key, document))

    async def documents(self, prefix: str = "") -> dict[str, bytes]:
        """Return the documents whose key begins so, by their keys."""
        return await self._writer.read(lambda db: memory.documents(db, prefix))

    async def keep_up(self, clock: Clock, limits: Limits) -> None:
        """Keep the file small for as long as it runs (`upkeep`), until cancelled.

        Args:
            clock: the time.
            limits: what is kept.
        """
        upkeep = Upkeep(limits)
        while True:
            try:
                while await self._tidy(upkeep, clock.now_us()):
                    await clock.sleep(STEP_PAUSE_S)
            except JournalError:
                # Whoever has something to write tells of it; tidying can wait for better days.
                pass
            upkeep.next_round()
            await clock.sleep(UPKEEP_S)

    async def _tidy(self, upkeep: Upkeep, now_us: int) -> bool:
        """Do one step once the writer has nothing else to do; return whether there was one."""
        if not self._writer.idle:
            return True
        step = await self._writer.read(lambda db: upkeep.next_step(db, now_us))
        if step is None:
            return False
        await self._writer.write(step)
        return True

    def _check(self) -> None:
        """Look through a file that is too large for that at the start, beside all else."""
        from ql_release.journal.checker import check_beside  # noqa: PLC0415 - for large files

        loop = asyncio.get_running_loop()

        def tell(reason: str) -> None:
            # Once the loop is closed nobody is there to be told: the next start checks again.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._note_damage, reason)

        check_beside(self._path, tell)

    def _note_damage(self, reason: str) -> None:
        """Have the next start look at the whole file, and whoever waits know of it."""
        with contextlib.suppress(OSError):
            mark_suspect(self._path)
        if not self._damage.done():
            self._damage.set_result(reason)

    def _open_again(self) -> tuple[sqlite3.Connection, JournalError | None]:
        """Try to open the file in place of a stand-in (in the writer's thread)."""
        self._opened = open_again(self._path)
        return self._opened.connection, self._opened.trouble

    async def _records_after(self, segment: int, after: int) -> tuple[list[SegmentRecord], int]:
        return await self._writer.read(
            lambda db: frames.segment_records(db, segment, after, RECORDS_AT_ONCE)
        )


def _fold_log(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
