"""What the coach says, in the language of the home."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..coach import Text
from ..const import DOMAIN

CATEGORY = "selector"
"""Home Assistant keeps translations by category; none is made for sentences, and this one takes
any."""
PREFIX = f"component.{DOMAIN}.{CATEGORY}.coach.options."


@callback
def async_say(hass: HomeAssistant, text: Text) -> str:
    """Return a sentence; what is not translated yet is said in English."""
    known = async_get_cached_translations(hass, hass.config.language, CATEGORY, DOMAIN)
    pattern = known.get(f"{PREFIX}{text.key}")
    return text.english if pattern is None else pattern.format_map(text.placeholders)
