"""Base entities: of a tool, of a bridge, of a person."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER
from .contract.commands import Command
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .household import Bridge, Tool
from .people import Person


class QlReleaseEntity(CoordinatorEntity[QlReleaseCoordinator]):
    """What shows one device; written only when it shows something else than before."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: QlReleaseCoordinator,
        key: str,
        description: EntityDescription,
    ) -> None:
        """Show the device that the key names."""
        super().__init__(coordinator, context=key)
        self.entity_description = description
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, key)})
        self._written: object = None

    def _shown(self) -> object:
        """Return what is shown, to be compared."""
        return None

    @override
    @callback
    def _handle_coordinator_update(self) -> None:
        """Write what is shown, if it is something else."""
        now = (self.available, self._shown())
        if now != self._written:
            self._written = now
            self.async_write_ha_state()


class ToolEntity(QlReleaseEntity):
    """What shows a tool, known by its serial number, whatever it is called."""

    def __init__(
        self,
        coordinator: QlReleaseCoordinator,
        serial: str,
        description: EntityDescription,
    ) -> None:
        """Show the tool of a serial number."""
        super().__init__(coordinator, serial, description)
        self._serial = serial

    @property
    def tool(self) -> Tool | None:
        """The tool, under the id that it has now."""
        return self.coordinator.data.by_serial(self._serial)

    @property
    @override
    def available(self) -> bool:
        """Whether the tool is heard, and its bridge is online."""
        tool = self.tool
        return tool is not None and self.coordinator.data.is_available(tool)

    async def async_ask(self, command: Command) -> None:
        """Ask the tool for something; who asks sees that it is available."""
        tool = self.tool
        if TYPE_CHECKING:
            assert tool is not None
        await self.coordinator.async_ask_tool(tool, command)


class BridgeEntity(QlReleaseEntity):
    """What shows a bridge."""

    def __init__(
        self,
        coordinator: QlReleaseCoordinator,
        bridge: Bridge,
        description: EntityDescription,
    ) -> None:
        """Show a bridge."""
        super().__init__(coordinator, bridge.key, description)
        self.bridge = bridge

    @property
    @override
    def available(self) -> bool:
        """Whether the bridge is online."""
        return self.bridge.online


class PersonEntity(QlReleaseEntity):
    """What shows a person; they are always there."""

    def __init__(
        self,
        coordinator: QlReleaseCoordinator,
        person: Person,
        description: EntityDescription,
    ) -> None:
        """Show a person."""
        super().__init__(coordinator, person.key, description)
        self._person = person.id
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, person.key)},
            entry_type=DeviceEntryType.SERVICE,
            manufacturer=MANUFACTURER,
            model="Person",
            name=person.name,
        )

    @property
    def person(self) -> Person | None:
        """The person, as they are now."""
        return self.coordinator.people.by_id(self._person)

    @property
    @override
    def available(self) -> bool:
        """Whether there is such a person."""
        return self.person is not None


@callback
def async_setup_devices(
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    wanted: Callable[[QlReleaseCoordinator], Iterable[QlReleaseEntity]],
) -> None:
    """Add entities now and whenever there are more to add, each as long as it is wanted."""
    coordinator = entry.runtime_data
    added: set[str | None] = set()

    @callback
    def async_add() -> None:
        """Add those that are wanted and not there."""
        found: dict[str | None, Entity] = {one.unique_id: one for one in wanted(coordinator)}
        added.intersection_update(found)
        if fresh := [one for unique_id, one in found.items() if unique_id not in added]:
            added.update(found)
            async_add_entities(fresh)

    entry.async_on_unload(coordinator.async_listen_devices(async_add))
    async_add()


@callback
def async_setup_people(
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    wanted: Callable[[QlReleaseCoordinator, Person], Iterable[PersonEntity]],
) -> None:
    """Add entities of people now and whenever there are more to add, each at its person.

    One that is not wanted any more stays, unavailable, until its person goes.
    """
    coordinator = entry.runtime_data
    added: dict[str | None, str] = {}

    @callback
    def async_add() -> None:
        """Add those that are wanted and not there."""
        people = coordinator.people.all()
        there = {person.subentry_id for person in people}
        for gone in [key for key, subentry_id in added.items() if subentry_id not in there]:
            del added[gone]
        for person in people:
            fresh = [one for one in wanted(coordinator, person) if one.unique_id not in added]
            if fresh:
                added.update({one.unique_id: person.subentry_id for one in fresh})
                async_add_entities(fresh, config_subentry_id=person.subentry_id)

    entry.async_on_unload(coordinator.async_listen_devices(async_add))
    async_add()
