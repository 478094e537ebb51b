"""A plan in one sentence, in the language of the home."""

from homeassistant.core import HomeAssistant, callback

from ..coach import Settings, Text, preview
from ..coaching.words import async_pattern, async_say
from .fields import WEEKDAYS


@callback
def async_preview(hass: HomeAssistant, settings: Settings) -> str:
    """Return what a plan asks for, before it is kept."""
    said = preview(settings)
    sides = {spot.side for spot in settings.spots}
    words = {"sides": _word(hass, "sides", "both" if len(sides) > 1 else min(sides))}
    if settings.lifting.weekdays:
        words["days"] = ", ".join(
            _word(hass, "weekday", WEEKDAYS[day]) for day in sorted(settings.lifting.weekdays)
        )
    return async_say(hass, Text(said.key, said.placeholders | words, said.english))


def _word(hass: HomeAssistant, selector: str, option: str) -> str:
    return async_pattern(hass, selector, option) or option
