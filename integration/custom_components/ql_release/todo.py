"""To-do platform for QL Release: what is to be done today."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coaching.today import today
from .coordinator import QlReleaseConfigEntry
from .entity import async_setup_people

PARALLEL_UPDATES = 1


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the list of each person with a plan."""
    async_setup_people(entry, async_add_entities, today)
