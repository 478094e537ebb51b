"""What is asked of a plan, and the settings that the answers make.

Few questions: what is not asked keeps what it was, or its default.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

import probatio
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)

from ..coach import Hours, Settings, spread
from ..coach.spots import plan_minutes
from ..coaching.delivery.targets import async_reachable
from ..coaching.settings import DeliverySettings, SourceSettings, WatchedEntity
from .fields import days_answer, days_as, number, time_as, weekdays
from .programme import PROGRAMMES, programme_answer, programme_as
from .templates import events_as

SHORTEST_MIN: Final = plan_minutes(spread(1))
LONGEST_MIN: Final = plan_minutes(spread(60))
MOST_DELAY_MIN: Final = 360

CONF_DAYS: Final = "days"
CONF_PROGRAMME: Final = "programme"
CONF_STARTS: Final = "starts"
CONF_BEFORE_LIFT: Final = "before_lift"
CONF_MINUTES: Final = "minutes"
CONF_DELAY: Final = "delay_min"
CONF_PER_WEEK: Final = "per_week"
CONF_QUIET_FROM: Final = "quiet_from"
CONF_QUIET_TO: Final = "quiet_to"
CONF_NUDGES: Final = "nudges"
CONF_CALENDARS: Final = "calendars"
CONF_WORDS: Final = "words"
CONF_IGNORE: Final = "ignore"
CONF_LOGS: Final = "logs"
CONF_EVENTS: Final = "events"
CONF_ENTITIES: Final = "entities"
CONF_WHO: Final = "who"
CONF_GYMS: Final = "gyms"
CONF_SEATS: Final = "seats"
CONF_MEETINGS: Final = "meetings"
CONF_TARGETS: Final = "targets"
CONF_PERSISTENT: Final = "persistent"
CONF_SPEAK: Final = "speak"
CONF_TTS: Final = "tts"


def plan_schema(settings: Settings) -> probatio.Schema:
    """Return what is asked of a plan; spots that were chosen otherwise may last longer."""
    minutes = plan_minutes(settings.spots)
    return probatio.Schema(
        {
            probatio.Optional(CONF_DAYS): weekdays(),
            probatio.Optional(CONF_PROGRAMME): SelectSelector(
                SelectSelectorConfig(
                    options=list(PROGRAMMES),
                    translation_key="programme",
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            probatio.Optional(CONF_STARTS): TimeSelector(),
            probatio.Required(CONF_MINUTES): number(
                min(SHORTEST_MIN, minutes), max(LONGEST_MIN, minutes), "min"
            ),
            probatio.Required(CONF_DELAY): number(0, MOST_DELAY_MIN, "min"),
            probatio.Required(CONF_BEFORE_LIFT): BooleanSelector(),
            probatio.Required(CONF_PER_WEEK): number(0, 7),
            probatio.Required(CONF_QUIET_FROM): TimeSelector(),
            probatio.Required(CONF_QUIET_TO): TimeSelector(),
            probatio.Required(CONF_NUDGES): BooleanSelector(),
        }
    )


def _entities(*domains: str, multiple: bool = True) -> EntitySelector:
    return EntitySelector(EntitySelectorConfig(domain=list(domains), multiple=multiple))


def _texts() -> TextSelector:
    return TextSelector(TextSelectorConfig(multiple=True))


SOURCES_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_CALENDARS): _entities(Platform.CALENDAR),
        probatio.Optional(CONF_WORDS): _texts(),
        probatio.Optional(CONF_IGNORE): _texts(),
        probatio.Optional(CONF_LOGS): _entities(Platform.CALENDAR),
        probatio.Optional(CONF_EVENTS): _texts(),
        probatio.Optional(CONF_ENTITIES): EntitySelector(EntitySelectorConfig(multiple=True)),
        probatio.Optional(CONF_WHO): _entities("person", Platform.DEVICE_TRACKER, multiple=False),
        probatio.Optional(CONF_GYMS): _entities("zone"),
        probatio.Optional(CONF_SEATS): _entities(
            Platform.BINARY_SENSOR, Platform.SENSOR, Platform.DEVICE_TRACKER, Platform.NUMBER
        ),
        probatio.Optional(CONF_MEETINGS): _entities(Platform.CALENDAR),
    }
)


def told_schema(hass: HomeAssistant) -> probatio.Schema:
    """Return what is asked of how a person is told."""
    return probatio.Schema(
        {
            probatio.Optional(CONF_TARGETS): SelectSelector(
                SelectSelectorConfig(
                    options=async_reachable(hass),
                    multiple=True,
                    custom_value=True,
                    mode=SelectSelectorMode.DROPDOWN,
                )
            ),
            probatio.Required(CONF_PERSISTENT): BooleanSelector(),
            probatio.Optional(CONF_SPEAK): _entities(
                Platform.MEDIA_PLAYER, Platform.ASSIST_SATELLITE
            ),
            probatio.Optional(CONF_TTS): _entities(Platform.TTS, multiple=False),
        }
    )


def plan_answers(settings: Settings) -> dict[str, Any]:
    """Return the answers that would make these settings."""
    known = {
        CONF_PROGRAMME: programme_answer(settings.lifting.programme),
        CONF_STARTS: settings.lifting.starts and settings.lifting.starts.isoformat(),
    }
    return {key: value for key, value in known.items() if value is not None} | {
        CONF_BEFORE_LIFT: settings.release.before_lift,
        CONF_DAYS: days_answer(settings.lifting.weekdays),
        CONF_MINUTES: plan_minutes(settings.spots),
        CONF_DELAY: settings.release.delay_min,
        CONF_PER_WEEK: settings.release.per_week,
        CONF_QUIET_FROM: settings.quiet.start.isoformat(),
        CONF_QUIET_TO: settings.quiet.end.isoformat(),
        CONF_NUDGES: settings.posture.enabled,
    }


def with_answers(settings: Settings, answers: Mapping[str, Any], today: date) -> Settings:
    """Return the settings with what was answered; a new programme begins in this week."""
    minutes = int(answers[CONF_MINUTES])
    same = minutes == plan_minutes(settings.spots)
    days = days_as(answers.get(CONF_DAYS, ()))
    before, chosen = settings.lifting.programme, answers.get(CONF_PROGRAMME)
    starts = answers.get(CONF_STARTS)
    lifting = replace(
        settings.lifting,
        weekdays=days,
        programme=programme_as(before, chosen, days, today),
        starts=None if starts is None else time_as(starts),
    )
    return replace(
        settings,
        # Spots that were chosen otherwise stay as long as their time does.
        spots=settings.spots if same else spread(minutes),
        release=replace(
            settings.release,
            enabled=True,
            delay_min=int(answers[CONF_DELAY]),
            before_lift=answers[CONF_BEFORE_LIFT],
            per_week=int(answers[CONF_PER_WEEK]),
        ),
        lifting=lifting,
        posture=replace(settings.posture, enabled=answers[CONF_NUDGES]),
        quiet=Hours(time_as(answers[CONF_QUIET_FROM]), time_as(answers[CONF_QUIET_TO])),
    )


def source_answers(settings: Settings, sources: SourceSettings) -> dict[str, Any]:
    """Return the answers that would make these settings."""
    answers = {
        CONF_CALENDARS: sources.calendars,
        CONF_WORDS: settings.lifting.words,
        CONF_IGNORE: settings.lifting.ignore,
        CONF_LOGS: sources.logs,
        CONF_EVENTS: tuple(watched.event_type for watched in sources.events),
        CONF_ENTITIES: tuple(watched.entity_id for watched in sources.entities),
        CONF_GYMS: sources.gyms,
        CONF_SEATS: sources.seats,
        CONF_MEETINGS: sources.meetings,
    }
    found: dict[str, Any] = {key: list(value) for key, value in answers.items()}
    return found if sources.person is None else found | {CONF_WHO: sources.person}


def with_words(settings: Settings, answers: Mapping[str, Any]) -> Settings:
    """Return the settings with the words that calendars are searched for."""
    words = tuple(answers.get(CONF_WORDS, ())), tuple(answers.get(CONF_IGNORE, ()))
    return replace(settings, lifting=replace(settings.lifting, words=words[0], ignore=words[1]))


def with_sources(sources: SourceSettings, answers: Mapping[str, Any]) -> SourceSettings:
    """Return the sources that were answered; templates stay as they are."""
    known = {watched.entity_id: watched for watched in sources.entities}
    return replace(
        sources,
        calendars=tuple(answers.get(CONF_CALENDARS, ())),
        logs=tuple(answers.get(CONF_LOGS, ())),
        events=events_as(sources.events, answers.get(CONF_EVENTS, ())),
        entities=tuple(
            known.get(entity_id, WatchedEntity(entity_id))
            for entity_id in answers.get(CONF_ENTITIES, ())
        ),
        person=answers.get(CONF_WHO),
        gyms=tuple(answers.get(CONF_GYMS, ())),
        seats=tuple(answers.get(CONF_SEATS, ())),
        meetings=tuple(answers.get(CONF_MEETINGS, ())),
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
