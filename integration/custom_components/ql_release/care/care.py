"""All that is watched of one entry."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..history.book import SessionBook
from ..household import Household
from ..people import People
from .board import IssueBoard
from .bridges import BridgeCare
from .thresholds import ThresholdCare
from .tools import ToolCare


class Care:
    """Bridges, tools and people, and the repairs that tell of them."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        household: Household,
        people: People,
        book: SessionBook,
        connected: Callable[[], bool],
    ) -> None:
        """Begin without any repair."""
        self.board = IssueBoard(hass, entry)
        self.bridges = BridgeCare(hass, self.board, connected)
        self.tools = ToolCare(hass, self.board, household)
        self.thresholds = ThresholdCare(self.board, people, book)

    @callback
    def async_stop(self) -> None:
        """Watch no more, and take back all repairs that people see."""
        self.bridges.async_stop()
        self.tools.async_stop()
        self.board.async_clear()
