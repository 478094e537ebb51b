"""What all sources have in common: they listen, and say once what they cannot take."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ...coach import Fact

UNKNOWN = frozenset(("unknown", "unavailable"))
"""States that say nothing."""

_LOGGER = logging.getLogger(__name__)


class Listening(ABC):
    """Listens to one thing, and reports facts.

    Attributes:
        name: of the source, as reports and the log have it.

    """

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Name it; `async_start` begins to listen."""
        self.hass = hass
        self.name = name
        self._report: Callable[[Fact], None] | None = None
        self._stop: list[CALLBACK_TYPE] = []
        self._said: set[str] = set()

    async def async_start(self, report: Callable[[Fact], None]) -> None:
        """Begin to report."""
        self._report = report
        await self.async_listen()

    @callback
    def async_stop(self) -> None:
        """Report nothing any more."""
        self._report = None
        while self._stop:
            self._stop.pop()()

    @abstractmethod
    async def async_listen(self) -> None:
        """Begin to listen; what ends it goes to `until_stopped`."""

    @callback
    def until_stopped(self, stop: CALLBACK_TYPE) -> None:
        """Have something done when it is stopped."""
        self._stop.append(stop)

    @callback
    def async_report(self, fact: Fact) -> None:
        """Report a fact, unless it was stopped meanwhile."""
        if self._report is not None:
            self._report(fact)

    @callback
    def async_complain(self, what: str) -> None:
        """Say once what cannot be taken."""
        if what not in self._said:
            self._said.add(what)
            _LOGGER.warning("The coach cannot use what %s tells: %s", self.name, what)

    @callback
    def async_recovered(self) -> None:
        """Let what cannot be taken be said again."""
        self._said.clear()
