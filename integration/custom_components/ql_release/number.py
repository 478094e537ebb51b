"""Number platform for QL Release: the thresholds of people."""

from typing import TYPE_CHECKING, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .contract.commands import MAX_THRESHOLD_N
from .coordinator import QlReleaseConfigEntry
from .entity import PersonEntity, async_setup_people

PARALLEL_UPDATES = 1

THRESHOLD = NumberEntityDescription(
    key="threshold",
    translation_key="threshold",
    entity_category=EntityCategory.CONFIG,
    native_unit_of_measurement="N",
    native_min_value=1,
    native_max_value=MAX_THRESHOLD_N,
    native_step=0.5,
    mode=NumberMode.BOX,
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: QlReleaseConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the threshold of each person, also of those who come later."""
    async_setup_people(
        entry,
        async_add_entities,
        lambda coordinator, person: [ThresholdNumber(coordinator, person, THRESHOLD)],
    )


class ThresholdNumber(PersonEntity, NumberEntity):
    """The force that a person calls 7 of 10; measured, or set by hand."""

    @property
    @override
    def native_value(self) -> float | None:
        """The force, if it is known."""
        return self.person.profile.threshold_n if self.person else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it by hand."""
        if TYPE_CHECKING:
            assert self.person is not None
        self.coordinator.people.async_set_threshold(self.person, value)

    @override
    def _shown(self) -> object:
        return self.native_value
