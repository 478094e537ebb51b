"""What else can be chosen of a plan: its spots, how it reminds, and how it nudges."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TimeSelector,
)

from ..coach import Hours, Settings, Spot
from ..coach.settings import (
    LONGEST_INTERVAL_MIN,
    MOST_NUDGES,
    MOST_REMINDERS,
    SHORTEST_INTERVAL_MIN,
)
from ..coach.spots import LONGEST_HOLD_S, MOST_HOLDS, SHORTEST_HOLD_S
from ..coaching.settings import SourceSettings
from ..coaching.words import async_spot_names
from .fields import number, time_as

MOST_REPEAT_MIN: Final = 1440
LOWEST_CM: Final = 60
HIGHEST_CM: Final = 130

CONF_SPOTS: Final = "spots"
CONF_HOLDS: Final = "holds"
CONF_HOLD_S: Final = "hold_s"
CONF_AT: Final = "at"
CONF_REPEAT: Final = "repeat_min"
CONF_MOST: Final = "max_per_day"
CONF_MAYBE: Final = "maybe"
CONF_BY_HAND: Final = "by_hand"
CONF_INTERVAL: Final = "interval_min"
CONF_FROM: Final = "hours_from"
CONF_TO: Final = "hours_to"
CONF_OTHER_DAYS: Final = "other_days"
CONF_BELOW_CM: Final = "sitting_below_cm"

REMINDERS_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_AT): TimeSelector(),
        probatio.Required(CONF_REPEAT): number(1, MOST_REPEAT_MIN, "min"),
        probatio.Required(CONF_MOST): number(1, MOST_REMINDERS),
        probatio.Required(CONF_MAYBE): BooleanSelector(),
        probatio.Required(CONF_BY_HAND): BooleanSelector(),
    }
)
DESK_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_INTERVAL): number(
            SHORTEST_INTERVAL_MIN, LONGEST_INTERVAL_MIN, "min"
        ),
        probatio.Required(CONF_MOST): number(1, MOST_NUDGES),
        probatio.Required(CONF_FROM): TimeSelector(),
        probatio.Required(CONF_TO): TimeSelector(),
        probatio.Required(CONF_OTHER_DAYS): BooleanSelector(),
        probatio.Required(CONF_BELOW_CM): number(LOWEST_CM, HIGHEST_CM, "cm"),
    }
)


def spots_schema(hass: HomeAssistant) -> probatio.Schema:
    """Return what is asked of spots, which are named as a tool's placements are."""
    options = [
        SelectOptionDict(value=option, label=name)
        for option, name in async_spot_names(hass).items()
    ]
    return probatio.Schema(
        {
            probatio.Required(CONF_SPOTS): SelectSelector(
                SelectSelectorConfig(
                    options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN
                )
            ),
            probatio.Required(CONF_HOLDS): number(1, MOST_HOLDS),
            probatio.Required(CONF_HOLD_S): number(SHORTEST_HOLD_S, LONGEST_HOLD_S, "s"),
        }
    )


def spots_answers(settings: Settings) -> dict[str, Any]:
    """Return the answers that would make these spots; all have the same holds."""
    first = settings.spots[0]
    return {
        CONF_SPOTS: [f"{spot.muscle}_{spot.side}_{spot.zone}" for spot in settings.spots],
        CONF_HOLDS: first.holds,
        CONF_HOLD_S: first.hold_s,
    }


def with_spots(settings: Settings, answers: Mapping[str, Any]) -> Settings:
    """Return the settings with the spots that were answered, in their order."""
    holds, hold_s = int(answers[CONF_HOLDS]), float(answers[CONF_HOLD_S])
    chosen = (option.rsplit("_", 2) for option in answers[CONF_SPOTS])
    spots = (Spot(muscle, side, zone, holds, hold_s) for muscle, side, zone in chosen)
    return replace(settings, spots=tuple(spots))


def reminder_answers(settings: Settings) -> dict[str, Any]:
    """Return the answers that would make these reminders."""
    rules = settings.release
    return {
        CONF_AT: rules.at.isoformat(),
        CONF_REPEAT: rules.repeat_min,
        CONF_MOST: rules.max_per_day,
        CONF_MAYBE: rules.maybe,
        CONF_BY_HAND: rules.by_hand,
    }


def with_reminders(settings: Settings, answers: Mapping[str, Any]) -> Settings:
    """Return the settings with what was answered of reminders."""
    release = replace(
        settings.release,
        at=time_as(answers[CONF_AT]),
        repeat_min=int(answers[CONF_REPEAT]),
        max_per_day=int(answers[CONF_MOST]),
        maybe=answers[CONF_MAYBE],
        by_hand=answers[CONF_BY_HAND],
    )
    return replace(settings, release=release)


def desk_answers(settings: Settings, sources: SourceSettings) -> dict[str, Any]:
    """Return the answers that would make these nudges."""
    rules = settings.posture
    return {
        CONF_INTERVAL: rules.interval_min,
        CONF_MOST: rules.max_per_day,
        CONF_FROM: rules.hours.start.isoformat(),
        CONF_TO: rules.hours.end.isoformat(),
        CONF_OTHER_DAYS: rules.other_days,
        CONF_BELOW_CM: sources.sitting_below_cm,
    }


def with_desk(settings: Settings, answers: Mapping[str, Any]) -> Settings:
    """Return the settings with what was answered of nudges."""
    posture = replace(
        settings.posture,
        interval_min=int(answers[CONF_INTERVAL]),
        max_per_day=int(answers[CONF_MOST]),
        hours=Hours(time_as(answers[CONF_FROM]), time_as(answers[CONF_TO])),
        other_days=answers[CONF_OTHER_DAYS],
    )
    return replace(settings, posture=posture)
