"""The one thread that touches the database, and its group commit.

Requests that write wait up to `GROUP_WINDOW_S` for company and are committed together: with
`synchronous=FULL` the disk's flush costs far more than the rows (40 to 170 times as many rows
a second as with a commit each). Requests that only read are answered at once, between
transactions: they see what is committed and nothing else, so that nothing is published before
it is safe.
"""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from ql_release.journal.errors import DamagedError, DiskTroubleError, JournalError
from ql_release.journal.faults import told

GROUP_WINDOW_S = 0.02
"""How long a request waits for others. Below the 50 ms that an event may take to be safe, and
long enough that the frames of many tools share one flush."""
MAX_GROUP = 512
"""Requests in one transaction: bounds how much one failure makes fail."""
CLOSE_PATIENCE_S = 0.5
"""How long closing waits for the disk: a quarter of the two seconds that a stop may take."""

REOPEN_S = 5.0
"""How often it is tried to open a file whose disk was full or read-only at the start."""

_LOGGER = logging.getLogger(__name__)

T = TypeVar("T")
Task = Callable[[sqlite3.Connection], T]
Reopen = Callable[[], tuple[sqlite3.Connection, JournalError | None]]


@dataclass(slots=True)
class _Job:
    """A request and who waits for it."""

    task: Task[Any]
    answer: asyncio.Future[Any]
    reads: bool
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Runs requests on a connection in a thread of its own, in the order they came.

    Args:
        connection: in autocommit mode, made with `check_same_thread=False`; it belongs to
            the writer from here on.
        window_s: how long a write waits for others to share its commit.
        trouble: the connection is only a stand-in that can be read, for this reason.
        reopen: closes nothing; returns another connection, and why it is one more stand-in.
        on_damage: told in the loop, once, when the file turns out to be damaged.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        window_s: float = GROUP_WINDOW_S,
        *,
        trouble: JournalError | None = None,
        reopen: Reopen | None = None,
        on_damage: Callable[[str], object] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._connection = connection
        self._reopen = None if trouble is None else reopen
        self._reopened = time.monotonic()
        self._on_damage = on_damage
        self._trouble: JournalError | None = None
        if trouble is not None:
            self._have_trouble(trouble)
        self._window_s = window_s
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._pending = 0
        self._done = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def write(self, task: Task[T]) -> T:
        """Run a task inside a transaction and return its result once that is committed.

        Raises:
            JournalError: when it could not be committed: nothing of this task was written.
        """
        return await self._submit(task, reads=False)

    async def read(self, task: Task[T]) -> T:
        """Run a task at once, outside any transaction, on what is committed.

        It only reads, or is upkeep that SQLite refuses inside a transaction.

        Raises:
            JournalError: when the database cannot be read.
        """
        return await self._submit(task, reads=True)

    async def write_alone(self, task: Task[T]) -> T:
        """Run a task of a single statement at once, which commits itself, without company.

        Raises:
            JournalError: when it could not be committed: nothing of it was written.
        """

        def alone(_connection: sqlite3.Connection) -> T:
            if self._stands_in() and self._trouble is not None:
                raise self._trouble
            return task(self._connection)

        return await self._submit(alone, reads=True)

    @property
    def trouble(self) -> str | None:
        """Why the disk takes nothing at present; None while it does."""
        return None if self._trouble is None else str(self._trouble)

    @property
    def idle(self) -> bool:
        """Whether nothing is asked of it."""
        return self._pending == 0

    async def close(self, patience_s: float = CLOSE_PATIENCE_S) -> None:
        """Finish what was asked for, then close the database.

        A disk that hangs is left behind after a while: what is not committed by then is as
        lost as it would be by a power cut, which the file survives.

        Args:
            patience_s: real seconds to wait for the disk.
        """
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
        await asyncio.wait([self._done], timeout=patience_s)

    async def _submit(self, task: Task[T], *, reads: bool) -> T:
        if self._closed:
            raise JournalError("the journal is closed")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._pending += 1
        answer.add_done_callback(self._answered)
        self._jobs.put(_Job(task, answer, reads))
        # A request cannot be taken back: who gives up waiting must not stop it half-way.
        return await asyncio.shield(answer)

    def _answered(self, _answer: asyncio.Future[Any]) -> None:
        self._pending -= 1

    def _run(self) -> None:
        """Serve requests until told to stop (in the thread)."""
        open_ = True
        while open_:
            group, open_ = self._gather()
            if group:
                self._commit(group)
        self._connection.close()
        self._tell(lambda: self._done.set_result(None))

    def _gather(self) -> tuple[list[_Job], bool]:
        """Return the writes that came within a window, and whether to go on after them."""
        group: list[_Job] = []
        deadline: float | None = None
        while len(group) < MAX_GROUP:
            try:
                job = self._jobs.get(timeout=_left(deadline))
            except queue.Empty:
                return group, True
            if job is None:
                return group, False
            if job.reads:
                self._read(job)
                continue
            group.append(job)
            if deadline is None:
                deadline = time.monotonic() + self._window_s
        return group, True

    def _read(self, job: _Job) -> None:
        """Answer a request that only reads."""
        try:
            job.result = job.task(self._connection)
        except sqlite3.Error as error:
            job.error = self._failed(error)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to who asked
            job.error = error
        self._answer([job])

    def _commit(self, group: list[_Job]) -> None:
        """Write a group; whatever happens, everyone gets an answer, and the thread goes on."""
        try:
            self._write(group)
        except Exception as error:
            _LOGGER.exception("The journal could not be written.")
            failure = JournalError(f"the journal could not be written: {error}")
            for job in group:
                job.error = job.error or failure
        self._answer(group)

    def _write(self, group: list[_Job]) -> None:
        """Run a group in one transaction; a request that fails takes no other with it."""
        if self._stands_in():
            for job in group:
                job.error = self._trouble
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in group:
                self._run_inside(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            failure = self._failed(error)
            for job in group:
                job.error = job.error or failure
        else:
            self._be_well()

    def _run_inside(self, job: _Job) -> None:
        """Run one request of a group behind a savepoint of its own.

        Raises:
            sqlite3.Error: when SQLite gave up the whole transaction (as on a full disk).
        """
        self._connection.execute("SAVEPOINT request")
        try:
            job.result = job.task(self._connection)
        except Exception as error:
            job.error = self._failed(error) if isinstance(error, sqlite3.Error) else error
            if not self._connection.in_transaction:
                if isinstance(error, sqlite3.Error):
                    raise
                raise sqlite3.OperationalError(str(error)) from error
            self._connection.execute("ROLLBACK TO request")
        self._connection.execute("RELEASE request")

    def _roll_back(self) -> None:
        """Leave no transaction open."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _stands_in(self) -> bool:
        """Return whether the file cannot be opened yet, having tried now and then."""
        if self._reopen is None:
            return False
        if time.monotonic() - self._reopened < REOPEN_S:
            return True
        self._reopened = time.monotonic()
        self._connection.close()
        self._connection, trouble = self._reopen()
        if trouble is None:
            self._reopen = None
            return False
        self._trouble = trouble
        return True

    def _failed(self, error: sqlite3.Error) -> JournalError:
        """Return SQLite's trouble as a sentence, and tell what concerns more than one request."""
        failure = told(error)
        if isinstance(failure, DiskTroubleError):
            self._have_trouble(failure)
        damaged = isinstance(failure, DamagedError) and self._reopen is None
        if damaged and self._on_damage is not None:
            tell, self._on_damage = self._on_damage, None
            self._tell(lambda: tell(str(error)))
        return failure

    def _have_trouble(self, trouble: JournalError) -> None:
        """Tell once that the disk takes nothing; everyone tries again on and on."""
        if self._trouble is None:
            _LOGGER.error("Nothing is lost yet, but %s.", trouble)
        self._trouble = trouble

    def _be_well(self) -> None:
        if self._trouble is not None:
            _LOGGER.info("The journal is written again.")
        self._trouble = None

    def _answer(self, group: list[_Job]) -> None:
        """Give each request its answer, with one wake-up of the loop for all."""
        self._tell(lambda: _settle(group))

    def _tell(self, call: Callable[[], object]) -> None:
        """Run something in the loop, if that still runs."""
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            # The loop is closed: nobody waits for an answer any more.
            return


def _left(deadline: float | None) -> float | None:
    """Return how long to wait for company: for ever without a deadline, never below zero."""
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def _settle(group: list[_Job]) -> None:
    """Give each request its answer, unless nobody waits any more."""
    for job in group:
        if job.answer.done():
            continue
        if job.error is None:
            job.answer.set_result(job.result)
            continue
        job.answer.set_exception(job.error)
        # Who asked may have given up waiting: that is no error of its own.
        job.answer.exception()
