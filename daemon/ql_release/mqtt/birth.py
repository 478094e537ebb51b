"""Home Assistant's birth message: what it may have lost is told again."""

import asyncio
import random
from collections.abc import Callable

from ql_release.clock import Clock
from ql_release.mqtt.inbox import ONLINE
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher

JITTER_S = 3.0
"""Up to so long after it, so that not every bridge and gateway of a house talks at once."""


class BirthWatch:
    """Tells everything again whenever Home Assistant has started.

    Args:
        publisher: the way to the broker.
        prefix: Home Assistant's discovery prefix; its birth message stands beside it.
        clock: for the wait.
        again: publishes live values again; documents are the publisher's.
    """

    def __init__(
        self, publisher: Publisher, prefix: str, clock: Clock, again: Callable[[], None]
    ) -> None:
        self._publisher = publisher
        self._clock = clock
        self._again = again
        self._born = asyncio.Event()
        self._random = random.Random()  # noqa: S311 - spreads waits, guards nothing
        publisher.watch(f"{prefix}/status", self._on_status)

    async def run(self) -> None:
        """Tell everything again after each birth, until cancelled."""
        while True:
            await self._born.wait()
            await self._clock.sleep(JITTER_S * self._random.random())
            self._born.clear()
            self._publisher.resend_documents()
            self._again()

    def _on_status(self, message: Incoming) -> None:
        """Note a birth; one that was retained is older than what we sent on connecting."""
        if message.payload == ONLINE and not message.retained:
            self._born.set()
