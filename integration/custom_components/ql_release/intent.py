"""Intents of QL Release: when a side was last released, asked by voice or by a language model."""

from datetime import datetime
from typing import Any, ClassVar, Final, override

import probatio
from homeassistant.components.person import DOMAIN as PERSON
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.util import dt as dt_util

from .coaching.words import async_group
from .contract.common import Side
from .coordinator import QlReleaseCoordinator, all_loaded
from .history.record import ReleaseRecord
from .people import Person

LAST_RELEASE: Final = "QlReleaseLastRelease"
SIDE: Final = "side"
NAME: Final = "person"
WORDS: Final = "assist"
"""What names the sentences among the translations."""

type Found = tuple[QlReleaseCoordinator, Person]


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents."""
    intent.async_register(hass, LastReleaseHandler())


class UnclearError(Exception):
    """Nobody can be meant; the key names what is said then."""

    def __init__(self, key: str, name: str = "") -> None:
        """Keep what to say."""
        super().__init__(key)
        self.key = key
        self.name = name


class LastReleaseHandler(intent.IntentHandler):
    """Answers when a possible release was last seen."""

    intent_type = LAST_RELEASE
    description = (
        "Tells when a person's lower back muscle last possibly let go on the release tool, "
        "on one side or on either."
    )
    slot_schema: ClassVar[dict[Any, Any]] = {
        probatio.Optional(SIDE): probatio.In([side.value for side in Side]),
        probatio.Optional(NAME): intent.non_empty_string,
    }

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Say when it was, or what keeps it from being said."""
        slots = self.async_validate_slots(intent_obj.slots)
        side = Side(slots[SIDE]["value"]) if SIDE in slots else None
        name = slots[NAME]["value"].strip() if NAME in slots else None
        words = await async_group(intent_obj.hass, intent_obj.language, WORDS)
        response = intent_obj.create_response()
        response.response_type = intent.IntentResponseType.QUERY_ANSWER
        try:
            coordinator, person = meant(intent_obj.hass, name, intent_obj.context)
        except UnclearError as unclear:
            message = words[unclear.key].format(name=unclear.name)
            response.async_set_error(intent.IntentResponseErrorCode.NO_VALID_TARGETS, message)
            return response
        release = last_release(coordinator, person, side)
        place = "" if side is None else f"_{side}"
        if release is None:
            said = words[f"no_release{place}"].format(name=person.name)
        else:
            when = _when(words, release.at)
            said = words[f"last_release{place}"].format(name=person.name, when=when)
        response.async_set_speech(said)
        at = None if release is None else release.at.isoformat()
        response.async_set_speech_slots({"person": person.name, "side": side, "at": at})
        return response


def meant(hass: HomeAssistant, name: str | None, context: Context | None) -> Found:
    """Return who is meant: by name, by who asks, or the only one.

    Raises:
        UnclearError: when nobody can be told by that.

    """
    everyone = [
        (coordinator, person)
        for coordinator in all_loaded(hass)
        for person in coordinator.people.all()
    ]
    wanted = name or _name_of_user(hass, context)
    if wanted is not None:
        called = wanted.casefold()
        found = [one for one in everyone if one[1].name.casefold() == called]
        if found:
            return found[0]
        if name is not None:
            raise UnclearError("unknown_person", name)
    if len(everyone) != 1:
        raise UnclearError("who" if everyone else "nobody")
    return everyone[0]


def last_release(
    coordinator: QlReleaseCoordinator, person: Person, side: Side | None
) -> ReleaseRecord | None:
    """Return the last release of a person that counts, on one side or on either."""
    confidence = coordinator.told_confidence
    counted = (
        release
        for session in coordinator.sessions.of(person.id)
        for release in session.counted(confidence, side)
    )
    return max(counted, key=lambda release: release.at, default=None)


def _name_of_user(hass: HomeAssistant, context: Context | None) -> str | None:
    """Return what the user is called among Home Assistant's persons."""
    if context is None or context.user_id is None:
        return None
    persons = hass.states.async_all(PERSON)
    return next(
        (one.name for one in persons if one.attributes.get("user_id") == context.user_id), None
    )


def _when(words: dict[str, str], moment: datetime) -> str:
    """Return a past moment as people say it."""
    local = dt_util.as_local(moment)
    days = (dt_util.now().date() - local.date()).days
    key = {0: "today", 1: "yesterday"}.get(days, "days_ago")
    return words[key].format(time=f"{local:%H:%M}", days=days)
