"""Writes one tool's batches to the journal, in order, and tells the broker's side of them."""

import asyncio
import logging

from ql_release.events import SessionEnded
from ql_release.journal import Batch, JournalError, StoredEvent
from ql_release.payloads.base import unix_us
from ql_release.provisional import is_date
from ql_release.sessions.session import summary_of
from ql_release.tools.measured import adopt, with_profiles
from ql_release.tools.recorder import Recorder
from ql_release.tools.surroundings import Surroundings

RETRY_S = 1.0
"""How soon a failed write is tried again."""

_LOGGER = logging.getLogger(__name__)


class BatchWriter:
    """Takes batches from a recorder whenever it is woken.

    Args:
        recorder: gives the batches.
        tool: the tool's id.
        around: the journal and the publisher.
    """

    def __init__(self, recorder: Recorder, tool: str, around: Surroundings) -> None:
        self._recorder = recorder
        self._tool = tool
        self._around = around
        self._work = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._closing = False
        self._hurried = False
        self._problem: str | None = None

    @property
    def problem(self) -> str | None:
        """Why the journal does not take what waits; None while it does."""
        return self._problem

    def wake(self) -> None:
        """Tell that the recorder has something that is due."""
        self._work.set()

    async def written(self) -> None:
        """Wait until what the recorder has now is written."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self.wake()
        await done

    def close(self, *, hurry: bool) -> None:
        """Write what the recorder still has, then let `run` return.

        Args:
            hurry: whether to give up what the disk does not take at once, for the daemon ends.
        """
        self._closing = True
        self._hurried = hurry
        self._work.set()

    async def run(self) -> None:
        """Write batch after batch until `close`."""
        while True:
            await self._work.wait()
            self._work.clear()
            closing = self._closing
            waiting, self._waiting = self._waiting, []
            await self._write_due(everything=closing)
            for done in waiting:
                if not done.cancelled():
                    done.set_result(None)
            if closing:
                return

    async def _write_due(self, *, everything: bool) -> None:
        """Write what is due, a session after the other where several wait."""
        behind = True
        while behind:
            behind = everything or self._recorder.behind
            batch = self._recorder.take()
            if batch is None:
                return
            await self._commit(batch)

    async def _commit(self, batch: Batch) -> None:
        batch = with_profiles(batch, self._around.people)
        stored = await self._write(batch)
        if stored is None:
            return
        if stored:
            self._around.publisher.wake()
        adopt(batch, stored, self._around.people)
        for event in batch.events:
            # One without a date is told of once it has got it.
            if isinstance(event, SessionEnded) and is_date(unix_us(event.decided_at)):
                payload = summary_of(event).model_dump_json().encode()
                self._around.presences.session_ended(self._tool, payload)

    async def _write(self, batch: Batch) -> list[StoredEvent] | None:
        """Write one batch, however long the disk needs for it; None if a stop came first."""
        while True:
            try:
                stored = await self._around.journal.write(batch)
            except JournalError as error:
                if self._problem is None:
                    # The journal itself has told of it, once for all tools.
                    _LOGGER.debug("%s: %s", self._tool, error)
                self._problem = str(error)
                if self._hurried:
                    self._give_up(batch)
                    return None
                await self._around.clock.sleep(RETRY_S)
            else:
                self._problem = None
                return stored

    def _give_up(self, batch: Batch) -> None:
        """Tell what is lost; what the tool still holds in its ring is fetched after the start."""
        if batch.events:
            _LOGGER.error(
                "%s: %d events could not be kept: %s.",
                self._tool,
                len(batch.events),
                self._problem,
            )
