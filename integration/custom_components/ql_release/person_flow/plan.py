"""What is asked of a plan, and the settings that the answers make.

Few questions: what is not asked keeps what it was, or its default.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any, Final

import probatio
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)

from ..coach import Hours, Settings, spread
from ..coach.spots import plan_minutes
from ..coaching.settings import DeliverySettings

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_MIN: Final = 40
MOST_DELAY_MIN: Final = 360

CONF_DAYS: Final = "days"
CONF_MINUTES: Final = "minutes"
CONF_DELAY: Final = "delay_min"
CONF_PER_WEEK: Final = "per_week"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_TO: Final = "quiet_to"
CONF_NUDGES: Final = "nudges"
CONF_TARGETS: Final = "targets"
CONF_PERSISTENT: Final = "persistent"
CONF_SPEAK: Final = "speak"
CONF_TTS: Final = "tts"


def _number(low: int, high: int, unit: str | None = None) -> NumberSelector:
    config = NumberSelectorConfig(min=low, max=high, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


PLAN_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_DAYS): SelectSelector(
            SelectSelectorConfig(
                options=list(WEEKDAYS),
                multiple=True,
                translation_key="weekday",
                mode=SelectSelectorMode.LIST,
            )
        ),
        probatio.Required(CONF_MINUTES): _number(1, LONGEST_MIN, "min"),
        probatio.Required(CONF_DELAY): _number(0, MOST_DELAY_MIN, "min"),
        probatio.Required(CONF_PER_WEEK): _number(0, 7),
        probatio.Required(CONF_QUIET_FROM): TimeSelector(),
        probatio.Required(CONF_QUIET_TO): TimeSelector(),
        probatio.Required(CONF_NUDGES): BooleanSelector(),
    }
)


def told_schema(hass: HomeAssistant) -> probatio.Schema:
    """Return what is asked of how a person is told."""
    targets = sorted(hass.services.async_services_for_domain("notify"))
    speakers = EntitySelectorConfig(
        domain=[Platform.MEDIA_PLAYER, Platform.ASSIST_SATELLITE], multiple=True
    )
    return probatio.Schema(
        {
            probatio.Optional(CONF_TARGETS): SelectSelector(
                SelectSelectorConfig(
                    options=targets,
                    multiple=True,
                    custom_value=True,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            probatio.Required(CONF_PERSISTENT): BooleanSelector(),
            probatio.Optional(CONF_SPEAK): EntitySelector(speakers),
            probatio.Optional(CONF_TTS): EntitySelector(EntitySelectorConfig(domain=Platform.TTS)),
        }
    )


def plan_answers(settings: Settings) -> dict[str, Any]:
    """Return the answers that would make these settings."""
    return {
        CONF_DAYS: [WEEKDAYS[day] for day in sorted(settings.lifting.weekdays)],
        CONF_MINUTES: plan_minutes(settings.spots),
        CONF_DELAY: settings.release.delay_min,
        CONF_PER_WEEK: settings.release.per_week,
        CONF_QUIET_FROM: settings.quiet.start.isoformat(),
        CONF_QUIET_TO: settings.quiet.end.isoformat(),
        CONF_NUDGES: settings.posture.enabled,
    }


def with_answers(settings: Settings, answers: Mapping[str, Any]) -> Settings:
    """Return the settings with what was answered."""
    minutes = int(answers[CONF_MINUTES])
    same = minutes == plan_minutes(settings.spots)
    days = frozenset(WEEKDAYS.index(day) for day in answers.get(CONF_DAYS, ()))
    return replace(
        settings,
        # Spots that were chosen otherwise stay as long as their time does.
        spots=settings.spots if same else spread(minutes),
        release=replace(
            settings.release,
            enabled=True,
            delay_min=int(answers[CONF_DELAY]),
            per_week=int(answers[CONF_PER_WEEK]),
        ),
        lifting=replace(settings.lifting, weekdays=days),
        posture=replace(settings.posture, enabled=answers[CONF_NUDGES]),
        quiet=Hours(
            time.fromisoformat(answers[CONF_QUIET_FROM]), time.fromisoformat(answers[CONF_QUIET_TO])
        ),
    )


def told_answers(settings: DeliverySettings) -> dict[str, Any]:
    """Return the answers that would make these settings."""
    answers: dict[str, Any] = {
        CONF_TARGETS: list(settings.targets),
        CONF_PERSISTENT: settings.persistent,
        CONF_SPEAK: list(settings.speak),
    }
    return answers if settings.tts is None else answers | {CONF_TTS: settings.tts}


def told_as(answers: Mapping[str, Any]) -> DeliverySettings:
    """Return how a person is told, as they answered."""
    return DeliverySettings(
        targets=tuple(answers.get(CONF_TARGETS, ())),
        persistent=answers[CONF_PERSISTENT],
        speak=tuple(answers.get(CONF_SPEAK, ())),
        tts=answers.get(CONF_TTS),
    )
