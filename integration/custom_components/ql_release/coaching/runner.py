"""Runs the coach of one person: tells it facts, has done what it decides, wakes it in time."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..coach import Coach, CodecError, Fact, Happening, Item, Outcome, RefusedError, Settings
from ..people import Person
from .store import CoachStore
from .ways import Reporter, Ways

DELIVERY_S = 5.0
"""s; a phone's service answers within that, and an entry that is unloaded cannot wait for ever."""

_LOGGER = logging.getLogger(__name__)

type HappeningCallback = Callable[[Happening], None]


class Runner:
    """One person's coach, at work.

    It decides at once, so that entities have something to show; what it decides goes out, and
    reporters tell, from `async_start` on. One timer at most is set, and a fact that changes
    nothing costs no more than a decision.

    Attributes:
        person: whose coach it is.
        outcome: what was decided last.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        person: Person,
        settings: Settings,
        *,
        store: CoachStore,
        ways: Ways,
    ) -> None:
        """Take up what is remembered."""
        self.person = person
        self._hass = hass
        self._entry = entry
        self._store = store
        self._ways = ways
        self._coach = Coach(settings, store.async_state(person.id))
        self._listeners: list[CALLBACK_TYPE] = []
        self._on_happening: list[HappeningCallback] = []
        self._refused: set[str] = set()
        self._wake: CALLBACK_TYPE | None = None
        self._running = False
        self._delivery: asyncio.Task[None] | None = None
        self.outcome: Outcome = self._coach.decide(dt_util.utcnow())

    @property
    def coach(self) -> Coach:
        """The engine, for `agenda` and `lifting_day`; facts go through the runner."""
        return self._coach

    async def async_start(self) -> None:
        """Begin to be told, and to deliver; a reporter that fails keeps no other from it."""
        self._running = True
        await self._ways.courier.async_start(self.async_report)
        for reporter in self._ways.reporters:
            await self._async_start_reporter(reporter)
        self.async_look()

    @callback
    def async_stop(self) -> None:
        """Decide nothing any more."""
        self._running = False
        self._cancel()
        for reporter in self._ways.reporters:
            reporter.async_stop()
        self._ways.courier.async_stop()

    async def async_delivered(self) -> None:
        """Wait a while for what is being delivered: it is to be noted that it was."""
        if self._delivery is not None:
            await asyncio.wait((self._delivery,), timeout=DELIVERY_S)

    @callback
    def async_listen(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told whenever something was decided."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_listen_happenings(self, on_happening: HappeningCallback) -> CALLBACK_TYPE:
        """Be told of what happens, once each."""
        self._on_happening.append(on_happening)
        return lambda: self._on_happening.remove(on_happening)

    @callback
    def async_tell(self, *facts: Fact) -> None:
        """Tell facts and decide.

        Raises:
            RefusedError: when one cannot be true, or answers nothing; those before it hold.

        """
        try:
            for fact in facts:
                self._coach.take(fact, dt_util.utcnow())
        finally:
            self.async_look()

    @callback
    def async_report(self, *facts: Fact) -> None:
        """Tell facts that nobody waits for: what is refused is logged, once a reason."""
        for fact in facts:
            try:
                self._coach.take(fact, dt_util.utcnow())
            except (RefusedError, CodecError) as error:
                self._complain(error)
        self.async_look()

    @callback
    def async_look(self, _now: datetime | None = None) -> None:
        """Decide what is due now."""
        self._cancel()
        self.outcome = self._coach.decide(dt_util.utcnow())
        self._store.async_changed()
        for listener in list(self._listeners):
            listener()
        if not self._running:
            return
        self._ways.courier.async_review(self.outcome)
        self._wake = async_track_point_in_utc_time(
            self._hass, self.async_look, self.outcome.wake_at
        )
        if self.outcome.outbox and (self._delivery is None or self._delivery.done()):
            self._delivery = self._entry.async_create_task(
                self._hass,
                self._async_deliver(),
                f"deliver what the coach tells {self.person.id}",
                eager_start=False,
            )

    def _cancel(self) -> None:
        if self._wake is not None:
            self._wake()
            self._wake = None

    async def _async_deliver(self) -> None:
        """Do what stands in the outbox, in order, up to what cannot be done yet."""
        async with self._store.async_delivery(self.person.id):
            while self._running and (outbox := self._coach.state.outbox):
                item = outbox[0]
                if not await self._async_do(item):
                    return
                self._coach.confirm(item.id)
                self._store.async_changed()

    async def _async_do(self, item: Item) -> bool:
        """Do one thing; return whether it is done with."""
        if item.happened is None:
            return await self._ways.courier.async_deliver(item)
        for on_happening in list(self._on_happening):
            on_happening(item.happened)
        return True

    async def _async_start_reporter(self, reporter: Reporter) -> None:
        try:
            await reporter.async_start(self.async_report)
        except Exception:
            _LOGGER.exception("A source of %s cannot be used; the others go on", self.person.name)

    def _complain(self, error: RefusedError | CodecError) -> None:
        text = str(error)
        level = logging.DEBUG if text in self._refused else logging.WARNING
        self._refused.add(text)
        _LOGGER.log(level, "The coach of %s leaves something out: %s", self.person.name, text)
