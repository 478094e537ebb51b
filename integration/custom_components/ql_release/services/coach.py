"""Actions for the coach: tell it of a training, and answer it."""

from collections.abc import Callable, Coroutine
from datetime import timedelta, tzinfo
from typing import Any, Final
from uuid import uuid4

import probatio
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..coach import (
    Action as Choice,
)
from ..coach import (
    Answer,
    Fact,
    Pause,
    RefusedError,
    Report,
    Resume,
    TrainingReported,
)
from ..coaching.words import async_say
from .action import FOR_ONE, Action, moment_of, person_of, refusal

ENDED_AT: Final = "ended_at"
MINUTES: Final = "minutes"
EXERCISES: Final = "exercises"
TITLE: Final = "title"
FIRST_DAY: Final = "first_day"
LAST_DAY: Final = "last_day"

BY_HAND: Final = "by_hand"
"""The source of trainings that a person or an automation tells of."""
USUAL_MIN: Final = 60
DAY_MIN: Final = 24 * 60
WHOLE = probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=DAY_MIN))


type Make = Callable[[ServiceCall, tzinfo], Fact]
type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]


def _training(call: ServiceCall, _zone: tzinfo) -> Fact:
    end = moment_of(call, ENDED_AT) or dt_util.utcnow()
    report = Report(
        source=BY_HAND,
        id=str(uuid4()),
        start=end - timedelta(minutes=call.data[MINUTES]),
        end=end,
        exercises=tuple(call.data[EXERCISES]),
        title=call.data[TITLE],
        by_person=True,
    )
    return TrainingReported(report)


def _pause(call: ServiceCall, zone: tzinfo) -> Fact:
    today = dt_util.now(zone).date()
    first = call.data.get(FIRST_DAY, today)
    return Pause(first, call.data.get(LAST_DAY, max(first, today)))


def _resume(_call: ServiceCall, _zone: tzinfo) -> Fact:
    return Resume()


def _answer(choice: Choice) -> Make:
    """Return what makes an answer of a call."""
    return lambda call, _zone: Answer(choice, dt_util.utcnow(), call.data.get(MINUTES))


def _telling(make: Make) -> Handler:
    """Return what tells the coach a fact that a call is about; days are those of its plan."""

    async def _async_tell(call: ServiceCall) -> ServiceResponse:
        """Tell the coach of whom the call is for."""
        coordinator, person = person_of(call)
        runner = coordinator.coaches.of(person.id)
        if runner is None:
            raise refusal("no_plan", name=person.name)
        try:
            runner.async_tell(make(call, runner.coach.settings.tz))
        except RefusedError as error:
            # It is in the language of the home already.
            raise ServiceValidationError(async_say(call.hass, error.text)) from error
        return None

    return _async_tell


def _schema(**fields: object) -> probatio.Schema:
    """Return the schema of an action for a person whose other fields may be left out."""
    optional = {probatio.Optional(name): what for name, what in fields.items()}
    return probatio.Schema({**FOR_ONE, **optional})


ACTIONS = (
    Action(
        "log_training",
        _telling(_training),
        probatio.Schema(
            {
                **FOR_ONE,
                probatio.Optional(ENDED_AT): cv.datetime,
                probatio.Optional(MINUTES, default=USUAL_MIN): WHOLE,
                probatio.Optional(EXERCISES, default=list): probatio.All(
                    cv.ensure_list, [cv.string]
                ),
                probatio.Optional(TITLE, default=""): cv.string,
            }
        ),
    ),
    Action("snooze", _telling(_answer(Choice.SNOOZE)), _schema(**{MINUTES: WHOLE})),
    Action("skip", _telling(_answer(Choice.SKIP)), _schema()),
    Action("pause", _telling(_pause), _schema(**{FIRST_DAY: cv.date, LAST_DAY: cv.date})),
    Action("resume", _telling(_resume), _schema()),
    Action("enough", _telling(_answer(Choice.ENOUGH)), _schema()),
)
