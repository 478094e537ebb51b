"""Fetching what bridges have journaled while nobody here listened."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .contract.base import FutureError
from .contract.commands import history
from .contract.common import Cursor
from .contract.replies import Reply
from .contract.topics import BRIDGE
from .desk import CommandDesk, CommandError

RETRY_S = 60.0
"""s; a bridge that does not answer is busy, or its rights or clock have to be set right."""

MOST_EARLY = 60
"""So often an event of the future is waited for: an hour, in which a clock without a battery is
set. After that it is the event whose time is wrong."""

_LOGGER = logging.getLogger(__name__)


class PageCallback(Protocol):
    """Takes a bridge, the events of a page of its history, and where the page ends."""

    def __call__(
        self, bridge: str, page: list[dict[str, Any]], end: Cursor, *, patient: bool
    ) -> None:
        """Apply a page; see `EventStream.async_page`."""


class CatchUp:
    """Asks bridges for pages of history, one bridge at a time each.

    Args:
        hass: Home Assistant.
        entry: The entry whose events are fetched.
        desk: Asks.
        cursor: Tells how far a bridge's events were applied.
        apply: Applies a page, and only then moves the cursor.

    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        desk: CommandDesk,
        cursor: Callable[[str], Cursor | None],
        apply: PageCallback,
    ) -> None:
        """Begin idle."""
        self._hass = hass
        self._entry = entry
        self._desk = desk
        self._cursor = cursor
        self._apply = apply
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    @callback
    def async_request(self, bridge: str) -> None:
        """Fetch what is missing of a bridge; once more after that, if it is being done."""
        task = self._tasks.get(bridge)
        if task is not None and not task.done():
            self._again.add(bridge)
            return
        self._tasks[bridge] = self._entry.async_create_background_task(
            self._hass, self._async_run(bridge), f"history of {bridge}"
        )

    @callback
    def async_drop(self, bridge: str) -> None:
        """Stop asking a bridge: it has gone."""
        self._again.discard(bridge)
        if task := self._tasks.pop(bridge, None):
            task.cancel()

    @callback
    def async_drop_all(self) -> None:
        """Stop asking."""
        for bridge in list(self._tasks):
            self.async_drop(bridge)

    async def _async_run(self, bridge: str) -> None:
        """Fetch until nothing is left to fetch."""
        complained = False
        early = 0
        while True:
            self._again.discard(bridge)
            try:
                await self._async_fetch(bridge, patient=early < MOST_EARLY)
            except FutureError:
                early += 1
                await asyncio.sleep(RETRY_S)
                continue
            except CommandError as error:
                if not complained:
                    complained = True
                    _LOGGER.warning("The past events of %s cannot be had yet: %s", bridge, error)
                await asyncio.sleep(RETRY_S)
                continue
            if bridge not in self._again:
                return

    async def _async_fetch(self, bridge: str, *, patient: bool) -> None:
        """Fetch page after page."""
        more = True
        while more:
            after = self._cursor(bridge)
            reply = await self._desk.async_ask(BRIDGE, bridge, history(after))
            more = self._take(bridge, after, reply, patient=patient)
            # Home Assistant does other things between two pages.
            await asyncio.sleep(0)

    def _take(self, bridge: str, after: Cursor | None, reply: Reply, *, patient: bool) -> bool:
        """Apply a page; return whether there is more."""
        if reply.events is None or reply.next is None or reply.more is None:
            raise CommandError("command_failed", bridge, "the page is not complete")
        self._apply(bridge, list(reply.events), reply.next, patient=patient)
        return reply.more and reply.next != after
