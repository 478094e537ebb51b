"""The QL Release integration: a muscle release tool at home, by MQTT."""

import logging

from homeassistant.components import mqtt
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from .bus import async_fire_events
from .care.board import IssueBoard
from .coaching.store import CoachStore
from .const import CONF_PREFIX, DOMAIN
from .contract.topics import Topics
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator, instance
from .link import QOS
from .people import person_key
from .services import async_setup_services
from .store import QlReleaseStore

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TODO,
    Platform.UPDATE,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

_LOGGER = logging.getLogger(__name__)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what is there whether or not an entry is: the actions."""
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: QlReleaseConfigEntry) -> bool:
    """Set up a prefix; without MQTT it waits for it."""
    coordinator = QlReleaseCoordinator(hass, entry)
    await coordinator.async_load()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.async_on_unload(async_fire_events(hass, coordinator))
    await coordinator.async_start()

    settings = (entry.data, entry.options)

    async def async_updated(hass: HomeAssistant, entry: QlReleaseConfigEntry) -> None:
        """Begin anew under other settings; people come and go without that."""
        if (entry.data, entry.options) == settings:
            coordinator.async_people_changed()
            return
        if entry.data[CONF_PREFIX] != coordinator.topics.prefix:
            await coordinator.async_withdraw()
        hass.config_entries.async_schedule_reload(entry.entry_id)

    entry.async_on_unload(entry.add_update_listener(async_updated))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: QlReleaseConfigEntry) -> bool:
    """Stop listening; bridges still take it that this entry will be back."""
    unloaded = await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
    if unloaded:
        await entry.runtime_data.async_stop()
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: QlReleaseConfigEntry) -> None:
    """Take back what says that this entry is there, and forget what it kept."""
    IssueBoard(hass, entry).async_clear(ignored=True)
    await QlReleaseStore(hass, entry.entry_id).async_remove()
    await CoachStore(hass, entry.entry_id).async_remove()
    topic = Topics(entry.data[CONF_PREFIX]).presence(instance(entry))
    try:
        await mqtt.async_publish(hass, topic, "", QOS, retain=True)
    except HomeAssistantError, KeyError:
        _LOGGER.warning("MQTT is not there: empty the retained topic %s by hand", topic)


async def async_remove_config_entry_device(
    _hass: HomeAssistant, entry: QlReleaseConfigEntry, device: DeviceEntry
) -> bool:
    """Let a device be removed that is not there any more."""
    coordinator = entry.runtime_data
    present = {hello.serial for hello, _ in coordinator.data.devices()}
    present |= {one.key for one in coordinator.data.bridges.values() if one.online}
    present |= {person_key(person.id) for person in coordinator.people.all()}
    keys = {key for domain, key in device.identifiers if domain == DOMAIN}
    if keys & present:
        return False
    for bridge in [one.id for one in coordinator.data.bridges.values() if one.key in keys]:
        coordinator.async_forget_bridge(bridge)
    return True
