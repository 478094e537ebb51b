"""Logbook lines of QL Release: who did what, in a sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.core import HomeAssistant, callback

from .bus import EVENT
from .coach import Spot
from .coaching.words import async_list, async_pattern
from .const import DOMAIN

SECONDS_A_MINUTE: Final = 60

WORDS: Final = "logbook"
"""What names the sentences among the translations."""
SENTENCES: Final = {
    "started": "began a session",
    "ended": "ended a session of {minutes} min (holds: {holds}, possible releases: {releases})",
    "released": "had a possible release",
    "released_at": "had a possible release: {place}",
    "slip": "may have slipped off",
    "bone_contact": "may be pressing on bone",
    "over_pressure": "pressed harder than the limit",
}
"""English of the lines; each goes on after a name."""
ICONS: Final = {
    "started": "mdi:play-circle-outline",
    "ended": "mdi:check-circle-outline",
    "released": "mdi:leaf",
    "slip": "mdi:swap-horizontal",
    "bone_contact": "mdi:bone",
    "over_pressure": "mdi:gauge-full",
}

type Describe = Callable[[LazyEventPartialState], dict[str, Any]]


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Describe], None]
) -> None:
    """Describe what is fired on the bus."""

    @callback
    def async_describe(event: LazyEventPartialState) -> dict[str, Any]:
        """Return the line of an event."""
        data = event.data
        return {
            LOGBOOK_ENTRY_NAME: data.get("person") or f"QL Release {data['tool']}",
            LOGBOOK_ENTRY_MESSAGE: _sentence(hass, data),
            LOGBOOK_ENTRY_ICON: ICONS[data["type"]],
        }

    async_describe_event(DOMAIN, EVENT, async_describe)


def _sentence(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    key, words = data["type"], {}
    if key == "ended":
        minutes = round(data["duration_s"] / SECONDS_A_MINUTE)
        words = {
            "minutes": str(minutes),
            "holds": str(data["holds"]),
            "releases": str(data["releases"]),
        }
    elif key == "released" and "muscle" in data:
        spot = Spot(data["muscle"], data["side"], data["zone"])
        key, words = "released_at", {"place": async_list(hass, [spot])}
    pattern = async_pattern(hass, WORDS, key) or SENTENCES[key]
    return pattern.format_map(words)
