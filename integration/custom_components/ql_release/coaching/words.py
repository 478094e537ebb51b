"""What the coach says, in the language of the home."""

from collections.abc import Sequence

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations, async_get_translations

from ..coach import Spot, Text
from ..coach.spots import MUSCLE
from ..const import DOMAIN, NOT_SET

SENTENCES = "selector"
"""Home Assistant keeps translations by category; none is made for sentences, and this one takes
any."""
PLACES = {
    f"spot_{side}_{zone}": f"{side} {zone}"
    for side in ("left", "right")
    for zone in ("upper", "middle", "lower")
}
"""English of the spots of the muscle that is meant when none is named."""
LAST = "{others} and {last}"
"""English of how a list ends."""


@callback
def async_say(hass: HomeAssistant, text: Text) -> str:
    """Return a sentence; what is not translated yet is said in English."""
    pattern = _known(hass, SENTENCES, f"coach.options.{text.key}")
    return text.english if pattern is None else pattern.format_map(text.placeholders)


@callback
def async_pattern(hass: HomeAssistant, group: str, key: str) -> str | None:
    """Return a word or sentence of another group; None: it is not translated yet."""
    return _known(hass, SENTENCES, f"{group}.options.{key}")


async def async_group(hass: HomeAssistant, language: str, group: str) -> dict[str, str]:
    """Return all sentences of a group by their key, in a language that may not be the home's."""
    found = await async_get_translations(hass, language, SENTENCES, {DOMAIN})
    start = f"component.{DOMAIN}.{SENTENCES}.{group}.options."
    return {key.removeprefix(start): value for key, value in found.items() if key.startswith(start)}


@callback
def async_list(hass: HomeAssistant, spots: Sequence[Spot]) -> str:
    """Return spots as people list them: left lower, right upper and right lower."""
    *others, last = (_place(hass, spot) for spot in spots)
    if not others:
        return last
    words = {"others": ", ".join(others), "last": last}
    return async_say(hass, Text("list_last", words, LAST.format_map(words)))


@callback
def async_spot_names(hass: HomeAssistant) -> dict[str, str]:
    """Return the name of each spot that can be chosen, by muscle_side_zone."""
    known = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    start = f"component.{DOMAIN}.entity.select.placement.state."
    return {
        key.removeprefix(start): name
        for key, name in known.items()
        if key.startswith(start) and not key.endswith(NOT_SET)
    }


def _place(hass: HomeAssistant, spot: Spot) -> str:
    if spot.muscle == MUSCLE:
        key = f"spot_{spot.side}_{spot.zone}"
        return async_say(hass, Text(key, english=PLACES[key]))
    key = f"select.placement.state.{spot.muscle}_{spot.side}_{spot.zone}"
    return _known(hass, "entity", key) or spot.english


def _known(hass: HomeAssistant, category: str, key: str) -> str | None:
    known = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
    return known.get(f"component.{DOMAIN}.{category}.{key}")
