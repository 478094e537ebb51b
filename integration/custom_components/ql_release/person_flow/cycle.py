"""A programme of the person's own: a rotation of workouts, with weeks of deload and of rest."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

import probatio
from homeassistant.helpers.selector import (
    DateSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ..coach import REST, Programme, Workout
from .fields import days_answer, days_as, number, weekdays
from .programme import monday_of

MOST_WEEKS: Final = 16
REST_DAY: Final = "-"
"""How a day of rest is written: it needs no translation."""

CONF_WORKOUTS: Final = "workouts"
CONF_TRAINING_DAYS: Final = "training_days"
CONF_BEGINS: Final = "begins"
CONF_WEEKS: Final = "weeks"
CONF_DELOAD: Final = "deload_weeks"
CONF_REST: Final = "rest_weeks"


def _week_numbers() -> SelectSelector:
    options = [str(week) for week in range(1, MOST_WEEKS + 1)]
    return SelectSelector(
        SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.DROPDOWN)
    )


SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_WORKOUTS): TextSelector(TextSelectorConfig(multiple=True)),
        probatio.Optional(CONF_TRAINING_DAYS): weekdays(),
        probatio.Required(CONF_BEGINS): DateSelector(),
        probatio.Required(CONF_WEEKS): number(1, MOST_WEEKS),
        probatio.Optional(CONF_DELOAD): _week_numbers(),
        probatio.Optional(CONF_REST): _week_numbers(),
    }
)


def cycle_answers(programme: Programme | None, today: date) -> dict[str, Any]:
    """Return the answers that would make a programme; without one, an empty form."""
    if programme is None:
        return {CONF_BEGINS: monday_of(today).isoformat(), CONF_WEEKS: 1}
    return {
        CONF_WORKOUTS: [_written(workout) for workout in programme.rotation],
        CONF_TRAINING_DAYS: days_answer(programme.weekdays),
        CONF_BEGINS: programme.anchor.isoformat(),
        CONF_WEEKS: programme.weeks,
        CONF_DELOAD: [str(week) for week in sorted(programme.deload_weeks)],
        CONF_REST: [str(week) for week in sorted(programme.rest_weeks)],
    }


def cycle_fault(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong with the answers, by field."""
    rotation = _rotation(answers)
    if rotation and all(workout.rest for workout in rotation):
        return {CONF_WORKOUTS: "only_rest"}
    for field in (CONF_DELOAD, CONF_REST):
        if any(week > answers[CONF_WEEKS] for week in _weeks(answers.get(field, ()))):
            return {field: "no_such_week"}
    return {}


def cycle_as(answers: Mapping[str, Any]) -> Programme | None:
    """Return the programme that was answered; None: without any workout there is none."""
    rotation = _rotation(answers)
    if not rotation:
        return None
    return Programme(
        anchor=date.fromisoformat(answers[CONF_BEGINS]),
        rotation=rotation,
        weekdays=days_as(answers.get(CONF_TRAINING_DAYS, ())),
        weeks=int(answers[CONF_WEEKS]),
        deload_weeks=_weeks(answers.get(CONF_DELOAD, ())),
        rest_weeks=_weeks(answers.get(CONF_REST, ())),
    )


def _rotation(answers: Mapping[str, Any]) -> tuple[Workout, ...]:
    lines = (line.strip() for line in answers.get(CONF_WORKOUTS, ()))
    return tuple(_workout(line) for line in lines if line)


def _workout(line: str) -> Workout:
    """Return a workout as people write it: its name, and after a colon its exercises."""
    if line == REST_DAY:
        return REST
    name, _, exercises = line.partition(":")
    named = (exercise.strip() for exercise in exercises.split(","))
    return Workout(name.strip(), tuple(exercise for exercise in named if exercise))


def _written(workout: Workout) -> str:
    if workout.rest:
        return REST_DAY
    exercises = ", ".join(workout.exercises)
    return f"{workout.name}: {exercises}" if exercises else workout.name


def _weeks(answer: Iterable[str]) -> frozenset[int]:
    return frozenset(int(week) for week in answer)
