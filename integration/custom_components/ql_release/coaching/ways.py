"""Between a person's coach and the world: how it learns of things, and how it reaches them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from ..coach import Answer, Fact, Item, Outcome
from .delivery import Courier as Messenger
from .settings import coach_settings, delivery_settings, source_settings
from .sources import make_reporters


class Reporter(Protocol):
    """Tells the coach what happens."""

    async def async_start(self, report: Callable[[Fact], None]) -> None:
        """Begin to tell."""

    @callback
    def async_stop(self) -> None:
        """Tell nothing any more."""


class Courier(Protocol):
    """Takes to the person what the coach has decided, and brings their answers."""

    async def async_start(self, on_answer: Callable[[Answer], None]) -> None:
        """Begin to take answers."""

    @callback
    def async_stop(self) -> None:
        """Take no more answers."""

    async def async_deliver(self, item: Item) -> bool:
        """Deliver a notice, or clear one; return whether that is done with."""

    @callback
    def async_review(self, outcome: Outcome) -> None:
        """Take note of how things stand."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways of one person.

    Attributes:
        reporters: who tells; each may fail, and the others go on.
        courier: who delivers.
    """

    reporters: tuple[Reporter, ...]
    courier: Courier


def make_ways(hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry) -> Ways:
    """Return the ways that a person has chosen."""
    zone = coach_settings(hass, subentry).zone
    return Ways(
        make_reporters(hass, entry, source_settings(subentry), zone),
        Messenger(hass, entry, subentry, delivery_settings(subentry)),
    )
