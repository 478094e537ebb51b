"""Select platform for QL Release: who uses a tool, and what is being worked on."""

from collections.abc import Iterator
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import NOT_SET
from .contract import commands
from .contract.common import Placement, Side, Zone
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import QlReleaseEntity, ToolEntity, async_setup_devices

PARALLEL_UPDATES = 1

PLACEMENT = SelectEntityDescription(key="place", translation_key="placement")
PERSON = SelectEntityDescription(key="person", translation_key="person")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up selects."""
    async_setup_devices(entry, async_add_entities, _wanted)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for hello, _ in coordinator.data.devices():
        if PLACEMENT.key in hello.ops:
            yield PlacementSelect(coordinator, hello.serial, PLACEMENT)
        if PERSON.key in hello.ops:
            yield PersonSelect(coordinator, hello.serial, PERSON)


def option_of(placement: Placement | None) -> str:
    """Return the option that stands for a placement."""
    if placement is None:
        return NOT_SET
    return f"{placement.muscle}_{placement.side}_{placement.zone}"


def placement_of(option: str) -> Placement | None:
    """Return the placement that an option stands for."""
    if option == NOT_SET:
        return None
    muscle, side, zone = option.rsplit("_", 2)
    return Placement(muscle=muscle, side=Side(side), zone=Zone(zone))


class PlacementSelect(ToolEntity, SelectEntity):
    """What is being worked on."""

    @property
    @override
    def options(self) -> list[str]:
        """Every third of every muscle, on both sides."""
        muscles = self.tool.hello.muscles if self.tool and self.tool.hello else ()
        spots = (
            Placement(muscle=muscle, side=side, zone=zone)
            for muscle in muscles
            for side in Side
            for zone in Zone
        )
        return [NOT_SET, *(option_of(spot) for spot in spots)]

    @property
    @override
    def current_option(self) -> str | None:
        """The present one; unknown while the tool says nothing."""
        tool = self.tool
        return None if tool is None or tool.state is None else option_of(tool.state.placement)

    @override
    async def async_select_option(self, option: str) -> None:
        """Say what is being worked on."""
        await self.async_ask(commands.place(placement_of(option)))

    @override
    def _shown(self) -> object:
        return self.current_option


class PersonSelect(ToolEntity, SelectEntity):
    """Who uses the tool."""

    @property
    @override
    def options(self) -> list[str]:
        """Everyone."""
        return [NOT_SET, *(person.name for person in self.coordinator.people.all())]

    @property
    @override
    def current_option(self) -> str | None:
        """The present one; unknown while the tool says nothing, or names a stranger."""
        tool = self.tool
        if tool is None or tool.state is None:
            return None
        person = self.coordinator.people.by_id(tool.state.person)
        if person is not None:
            return person.name
        return NOT_SET if tool.state.person is None else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Say who uses the tool."""
        person = self.coordinator.people.by_name(option)
        if (tool := self.tool) is not None:
            await self.coordinator.async_ask_tool(
                tool, commands.use_by(person.id if person else None)
            )

    @override
    def _shown(self) -> object:
        return (self.current_option, self.options)
