"""Events from the journal to the broker: in order, many in flight, forgotten only on PUBACK."""

import asyncio
import contextlib
import logging
from collections import deque

from ql_release.clock import Clock
from ql_release.events import EventError, complete
from ql_release.journal import Journal, JournalError, StoredEvent
from ql_release.mqtt.port import ConnectionLostError, MqttPort, PublishRefusedError
from ql_release.mqtt.topics import Topics
from ql_release.units import MICROSECONDS

IN_FLIGHT = 18
"""Events on their way at once. Twice as fast as one at a time; with a document and a reply it
stays within the 20 that brokers and the library allow by default."""
PAGE = 256
"""Events read from the journal together: some 100 kB."""
LIVE_US = 60 * MICROSECONDS
"""An event is live when sent within 60 s of its deciding sample (docs/mqtt.md)."""
REFUSED_PAUSE_S = 30.0
"""How long to wait after the broker refused an event: its rights must be changed by hand."""
FAILED_PAUSE_S = 5.0
"""How long to wait after the journal could not be read or written."""
FINISH_PATIENCE_S = 0.2
"""How long a stop waits for the journal to note what was acknowledged last."""

_LOGGER = logging.getLogger(__name__)


class Outbox:
    """Sends what is unsent over one connection after another.

    Args:
        journal: holds the events and which of them are unsent.
        topics: where they go.
        clock: tells which of them are live.
    """

    def __init__(self, journal: Journal, topics: Topics, clock: Clock) -> None:
        self._journal = journal
        self._topics = topics
        self._clock = clock
        self._news = asyncio.Event()
        self._turn = asyncio.Lock()
        self._page: deque[StoredEvent] = deque()
        self._epoch = ""
        """Of the journal that gave the page its numbers, and the last of them."""
        self._last_seq = 0
        self._acknowledged: list[tuple[str, int]] = []
        self._refusal: str | None = None
        self._acknowledgement = asyncio.Event()
        self._in_flight = 0
        self._all_sent = asyncio.Event()

    def wake(self) -> None:
        """Tell that the journal has news."""
        self._all_sent.clear()
        self._news.set()

    async def settled(self) -> None:
        """Wait until everything in the journal is sent and acknowledged."""
        await self._all_sent.wait()

    async def run(self, port: MqttPort) -> None:
        """Send all that is unsent over a new connection, then what comes, until cancelled.

        Raises:
            ConnectionLostError: when the connection is gone.
        """
        while True:
            await self._note_sent()
            refusal = await self._run_until_refused(port)
            _LOGGER.warning(
                "The broker does not accept events (%s): they are kept and tried again; "
                "check its rights.",
                refusal,
            )
            await self._clock.sleep(REFUSED_PAUSE_S)

    async def finish(self) -> None:
        """Note what was acknowledged last; call it when no connection is left.

        What a slow disk does not note in time is sent once more after the next start.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_PATIENCE_S):
                await self._note_sent()

    async def _run_until_refused(self, port: MqttPort) -> str:
        """Send until the broker refuses an event and has answered those beside it; say why."""
        self._begin_anew()
        lost: list[str] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                noting = tasks.create_task(self._keep_noting())
                workers = [tasks.create_task(self._work(port)) for _ in range(IN_FLIGHT)]
                await asyncio.wait(workers)
                noting.cancel()
        except* ConnectionLostError as group:
            lost = [str(error) for error in group.exceptions]
        if lost:
            raise ConnectionLostError(lost[0])
        return self._refusal or ""

    def _begin_anew(self) -> None:
        self._page.clear()
        self._last_seq = 0
        self._in_flight = 0
        self._refusal = None

    async def _work(self, port: MqttPort) -> None:
        """Send one event after another, taking turns with the others, until one is refused."""
        while (taken := await self._next()) is not None:
            epoch, event = taken
            # One from the future was decided before the clock was set back: nobody knows when.
            live = abs(self._clock.now_us() - event.decided_us) <= LIVE_US
            # Nothing waits between taking an event and handing it to the client, so that
            # events go out in the order of their numbers.
            topic = self._topics.event(event.tool, event.family)
            try:
                payload = complete(event.body, epoch, event.seq, live=live)
            except EventError:
                # It stays in the journal, and holds up none of those after it.
                _LOGGER.error(  # noqa: TRY400
                    "Event %d of %s cannot be sent, for it cannot be read any more: the disk has "
                    "spoilt it. Check the disk.",
                    event.seq,
                    event.tool,
                )
            else:
                try:
                    await port.publish(topic, payload, qos=1, retain=False)
                except PublishRefusedError as error:
                    self._stop_for(error)
                    return
            self._acknowledged.append((epoch, event.seq))
            self._in_flight -= 1
            self._acknowledgement.set()

    def _stop_for(self, refusal: PublishRefusedError) -> None:
        """Let no worker begin another event; those on their way are still to be answered."""
        self._refusal = str(refusal)
        self._page.clear()
        self._news.set()

    async def _next(self) -> tuple[str, StoredEvent] | None:
        """Return the next unsent event and its epoch as soon as there is one; None: no more."""
        while not self._page and self._refusal is None:
            async with self._turn:
                await self._turn_page()
        if self._refusal is not None:
            return None
        event = self._page.popleft()
        self._last_seq = event.seq
        self._in_flight += 1
        return self._epoch, event

    async def _turn_page(self) -> None:
        """Get the next page, unless another worker has; wait for news when there is none."""
        while not self._page and self._refusal is None:
            self._news.clear()
            self._page.extend(await self._unsent())
            if not self._page:
                self._tell_if_settled()
                await self._news.wait()

    async def _unsent(self) -> list[StoredEvent]:
        """Return the next page of the journal's outbox, however long the journal takes."""
        told = False
        while True:
            if self._epoch != self._journal.epoch:
                # Another file is open now, in which the numbers mean other events.
                self._epoch, self._last_seq = self._journal.epoch, 0
            try:
                page = await self._journal.unsent(PAGE, self._last_seq)
                if self._epoch == self._journal.epoch:
                    return page
            except JournalError as error:
                if not told:
                    _LOGGER.error("No events can be sent: %s.", error)  # noqa: TRY400
                    told = True
                await self._clock.sleep(FAILED_PAUSE_S)

    async def _keep_noting(self) -> None:
        """Take acknowledged events out of the outbox, as many together as have come."""
        while True:
            await self._acknowledgement.wait()
            self._acknowledgement.clear()
            if not await self._note_sent():
                await self._clock.sleep(FAILED_PAUSE_S)
                self._acknowledgement.set()
            self._tell_if_settled()

    async def _note_sent(self) -> bool:
        """Note what was acknowledged; say whether the journal could.

        What cannot be noted is kept for later: at worst an event is sent again.
        """
        acknowledged, self._acknowledged = self._acknowledged, []
        epoch = self._journal.epoch
        seqs = [seq for given_by, seq in acknowledged if given_by == epoch]
        if not seqs:
            return True
        try:
            await self._journal.sent(seqs, epoch)
        except JournalError as error:
            _LOGGER.error("Sent events cannot be noted: %s.", error)  # noqa: TRY400
            self._acknowledged = acknowledged + self._acknowledged
            return False
        return True

    def _tell_if_settled(self) -> None:
        """Say so when nothing is unsent, on its way or unnoted."""
        if not (self._page or self._in_flight or self._acknowledged or self._news.is_set()):
            self._all_sent.set()
