"""Switch platform for QL Release: reminders and nudges of people with a plan."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coach import Settings
from .coaching.entities import CoachEntity
from .coaching.settings import coach_settings, stored
from .const import CONF_COACH
from .coordinator import QlReleaseConfigEntry, QlReleaseCoordinator
from .entity import async_setup_people
from .people import Person

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class CoachSwitchDescription(SwitchEntityDescription):
    """A part of a plan that can be switched."""

    value_fn: Callable[[Settings], bool]
    set_fn: Callable[[Settings, bool], Settings]


SWITCHES = (
    CoachSwitchDescription(
        key="reminders",
        translation_key="reminders",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda settings: settings.release.enabled,
        set_fn=lambda settings, on: replace(
            settings, release=replace(settings.release, enabled=on)
        ),
    ),
    CoachSwitchDescription(
        key="nudges",
        translation_key="nudges",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda settings: settings.posture.enabled,
        set_fn=lambda settings, on: replace(
            settings, posture=replace(settings.posture, enabled=on)
        ),
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of each person with a plan."""
    async_setup_people(entry, async_add_entities, _wanted)


def _wanted(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[CoachSwitch]:
    if coordinator.coaches.of(person.id) is not None:
        for description in SWITCHES:
            yield CoachSwitch(coordinator, person, description)


class CoachSwitch(CoachEntity, SwitchEntity):
    """Switches a part of the plan, as the plan's own form does."""

    entity_description: CoachSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is switched on."""
        runner = self.coordinator.coaches.of(self._person)
        return None if runner is None else self.entity_description.value_fn(runner.coach.settings)

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        """Switch it on."""
        self._async_set(on=True)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        """Switch it off."""
        self._async_set(on=False)

    @callback
    def _async_set(self, *, on: bool) -> None:
        entry = self.coordinator.config_entry
        if TYPE_CHECKING:
            assert self.person is not None
        subentry = entry.subentries[self.person.subentry_id]
        chosen = coach_settings(self.hass, subentry)
        plan = stored(self.entity_description.set_fn(chosen, on))
        self.hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_COACH: plan}
        )

    @override
    def _shown(self) -> object:
        return self.is_on
