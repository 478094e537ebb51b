"""Conditions: how tools, sessions and coaches are now."""

from collections.abc import Callable
from typing import ClassVar, override

from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityConditionBase
from homeassistant.util import dt as dt_util

from .own_entities import async_ours

WHOLE_PCT = 100.0


class OwnCondition(EntityConditionBase):
    """Looks at our entities of one kind alone."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return our entities of the kind among those that are named."""
        return async_ours(self._hass, super().entity_filter(entities), self._key)


def _condition(platform: Platform, key: str, holds: Callable[[str], bool]) -> type[Condition]:
    """Return the condition that is true while an entity's state has something."""

    class StateCondition(OwnCondition):
        """True while one shows that."""

        _domain_specs = {platform: DomainSpec()}  # noqa: RUF012 - declared so by the base
        _key = key

        @override
        def is_valid_state(self, entity_state: State) -> bool:
            """Tell whether it shows that."""
            return holds(entity_state.state)

    return StateCondition


def _is_on(state: str) -> bool:
    return state == STATE_ON


def _is_whole(state: str) -> bool:
    return float(state) >= WHOLE_PCT


def _is_today(state: str) -> bool:
    moment = dt_util.parse_datetime(state)
    return moment is not None and dt_util.as_local(moment).date() == dt_util.now().date()


CONDITIONS: dict[str, type[Condition]] = {
    "coverage_complete": _condition(Platform.SENSOR, "coverage", _is_whole),
    "in_session": _condition(Platform.BINARY_SENSOR, "in_session", _is_on),
    "is_lifting_day": _condition(Platform.BINARY_SENSOR, "lifting_day", _is_on),
    "release_is_due": _condition(Platform.BINARY_SENSOR, "release_due", _is_on),
    "released_today": _condition(Platform.SENSOR, "last_release", _is_today),
}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
