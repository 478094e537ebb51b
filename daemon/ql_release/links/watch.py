"""Notices a link that has gone quiet, and says what to restart.

A TCP connection whose other end lost power, a port that stays open though nothing behind it
lives, a radio that hears nothing after some hours: none of them ends by itself. A tool that
streams sends frames several times a second, so that one from which nothing comes is not there
any more, whatever the link says.

First the link is restarted, with growing pauses; where that brings nothing several times in a
row, what it runs on is: its adapter, where there is a way to restart one. Nothing here knows
what kind of link it is, and nothing waits by another clock than the one handed in.
"""

import logging
from collections.abc import Awaitable, Callable
from enum import Enum

from ql_release.backoff import Backoff
from ql_release.clock import Clock

QUIET_S = 10.0
"""A streaming tool is heard several times a second, and a radio that repeats itself is silent for
some seconds at most. With the two seconds after which `availability` says so, twelve in all."""
MIN_REAL_QUIET_S = 5.0
"""However fast the daemon's clock runs, the tool and a busy machine are real."""
LOOK_S = 1.0
"""How often there is a look, seconds of the machine's clock."""
FIRST_PAUSE_S = 1.0
"""Before the first restart: a tool that was switched off and on is found while one still looks."""
LONGEST_PAUSE_S = 10.0
STEADY_S = 30.0
"""A link that was up for so long had no trouble: pauses begin small again."""
TRIES_TO_ADAPTER = 3
"""Restarts of a link that went quiet and brought nothing, before its adapter's turn."""

RestartAdapter = Callable[[], Awaitable[None]]

_LOGGER = logging.getLogger(__name__)


class QuietWatch:
    """Notices that nothing is heard.

    Args:
        clock: measures how long.
        quiet_s: how long is too long, seconds of that clock.
    """

    def __init__(self, clock: Clock, quiet_s: float = QUIET_S) -> None:
        self._clock = clock
        # A clock that runs ten times as fast must not make a busy machine look dead.
        floor_s = min(quiet_s, MIN_REAL_QUIET_S) / clock.real_seconds(1.0)
        self._quiet_s = max(quiet_s, floor_s)
        self._heard = clock.monotonic()

    def heard(self) -> None:
        """Note that something was heard just now."""
        self._heard = self._clock.monotonic()

    async def wait(self) -> None:
        """Return once nothing has been heard for too long."""
        while self._clock.monotonic() - self._heard < self._quiet_s:
            await self._clock.sleep(LOOK_S)


class LinkEnd(Enum):
    """How a link came to its end."""

    LEFT = "left"
    """The tool went or was turned away."""
    QUIET = "quiet"
    """The link stood, but nobody answered on it, or nothing came any more."""


class LinkKeeper:
    """Says when to restart one link, and when its adapter.

    Args:
        label: what people call the link.
        clock: what to pause by.
        restart_adapter: restarts what the link runs on; None where there is no way to. Of what
            it raises an OSError is told, and the link tried again all the same.
    """

    def __init__(
        self, label: str, clock: Clock, restart_adapter: RestartAdapter | None = None
    ) -> None:
        self._label = label
        self._clock = clock
        self._restart_adapter = restart_adapter
        self._backoff = Backoff(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._fruitless = 0
        self._began: float | None = None
        self._absent: str | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong with the link, in one sentence; None when nothing is."""
        if self._absent is not None:
            return f"it cannot be opened: {self._absent}"
        if not self._fruitless:
            return None
        times = "once" if self._fruitless == 1 else f"{self._fruitless} times"
        return f"it is quiet, and was closed for that {times}: check that the tool is on"

    def begins(self) -> None:
        """Note that the link is up, whoever is or is not behind it."""
        self._absent = None
        self._began = self._clock.monotonic()

    def absent(self, reason: str) -> bool:
        """Note that the link cannot be had; return whether that is news."""
        news = self._absent is None
        self._absent = reason
        return news

    async def pause(self, end: LinkEnd | None) -> None:
        """Wait until the link is to be tried again; restart its adapter first if it is time to.

        Args:
            end: how it ended; None where that is not known, or it did not even begin.
        """
        if self._was_steady():
            self._backoff.reset()
            self._fruitless = 0
        if end is LinkEnd.QUIET:
            self._fruitless += 1
            if self._fruitless % TRIES_TO_ADAPTER == 0:
                await self._try_adapter()
        elif end is LinkEnd.LEFT:
            self._fruitless = 0
        await self._clock.sleep(self._backoff.wait())

    def _was_steady(self) -> bool:
        began, self._began = self._began, None
        return began is not None and self._clock.monotonic() - began >= STEADY_S

    async def _try_adapter(self) -> None:
        if self._restart_adapter is None:
            return
        _LOGGER.warning("%s stays quiet: what it runs on is restarted", self._label)
        try:
            await self._restart_adapter()
        except OSError as error:
            _LOGGER.warning("%s stays quiet, and the restart failed: %s", self._label, error)
