"""Fields that several forms have."""

from datetime import time
from typing import Any, Final

from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def number(low: float, high: float, unit: str | None = None, step: float = 1) -> NumberSelector:
    """Return a field for a number of a range."""
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def weekdays() -> SelectSelector:
    """Return a field for days of the week."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(WEEKDAYS),
            multiple=True,
            translation_key="weekday",
            mode=SelectSelectorMode.LIST,
        )
    )


def days_answer(days: frozenset[int]) -> list[str]:
    """Return days as they are chosen."""
    return [WEEKDAYS[day] for day in sorted(days)]


def days_as(answer: Any) -> frozenset[int]:
    """Return the days that were chosen, Monday 0."""
    return frozenset(WEEKDAYS.index(day) for day in answer)


def time_as(answer: str) -> time:
    """Return the time of day that was chosen."""
    return time.fromisoformat(answer)
