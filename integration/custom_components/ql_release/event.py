"""Event platform for QL Release: what happens now, for automations and the logbook."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coaching.event import COACH, CoachEvent
from .contract.events import Event, types_of
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import QlReleaseEntity, ToolEntity, async_setup_devices, async_setup_people
from .people import Person

PARALLEL_UPDATES = 0

EVENTS: tuple[EventEntityDescription, ...] = tuple(
    EventEntityDescription(key=family, translation_key=family, event_types=types_of(family))
    for family in ("session", "pressure", "release")
)

BOOKKEEPING = frozenset(
    ("id", "bridge", "epoch", "seq", "tool", "family", "type", "decided_at", "live", "placement")
)
"""What an event has for programs; the placement is shown by its parts."""
TOO_LONG = frozenset(("coverage", "dose", "insights", "approach"))
"""Lists that would fill the database with each event; the last session has them."""


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up event entities."""
    async_setup_devices(entry, async_add_entities, _wanted)
    async_setup_people(entry, async_add_entities, _of_person)


def _wanted(coordinator: QlReleaseCoordinator) -> Iterator[QlReleaseEntity]:
    for hello, _ in coordinator.data.devices():
        for description in EVENTS:
            yield ToolEvent(coordinator, hello.serial, description)


def _of_person(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[CoachEvent]:
    if coordinator.coaches.of(person.id) is not None:
        yield CoachEvent(coordinator, person, COACH)


def attributes(event: Event, person: str | None) -> dict[str, Any]:
    """Return what people are shown of an event."""
    shown = {
        name: value
        for name, value in asdict(event).items()
        if name not in BOOKKEEPING | TOO_LONG and value is not None
    }
    place = event.placement
    spot = {} if place is None else {"muscle": place.muscle, "side": place.side, "zone": place.zone}
    return shown | spot | {"person": person}


class ToolEvent(ToolEntity, EventEntity):
    """What happens at a tool; never what happened while nobody listened."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for events."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_listen_events(self._async_on_event))

    @callback
    def _async_on_event(self, event: Event) -> None:
        """Show an event of this tool and family, if it is for people and of this moment."""
        tool = self.tool
        if (
            tool is None
            or not event.live
            or (event.tool, event.family) != (tool.id, self.entity_description.key)
            or event.type not in self.event_types
            or not self.coordinator.is_told(event)
        ):
            return
        person = self.coordinator.people.by_id(event.person)
        self._trigger_event(event.type, attributes(event, person.name if person else None))
        self.async_write_ha_state()
