"""Training programmes: what is to be lifted on a day.

A programme is a rotation of workouts and rest. It turns once per day, or, with weekdays, once per
training day; weeks may repeat in a cycle in which some are for deload and some for rest.
"""

from dataclasses import dataclass
from datetime import date

from .exercises import Load, load_of

WEEK = 7


@dataclass(frozen=True, slots=True)
class Workout:
    """One entry of a rotation.

    Attributes:
        name: what the person calls it.
        exercises: in it, if they are known.
        rest: whether it is a day of rest.
    """

    name: str
    exercises: tuple[str, ...] = ()
    rest: bool = False


REST = Workout("Rest", rest=True)


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme.

    Attributes:
        anchor: a day on which the rotation and the cycle of weeks begin.
        rotation: workouts in their order.
        weekdays: days of training, Monday 0; empty: the rotation turns every day.
        weeks: length of the cycle of weeks.
        deload_weeks: numbers of its weeks, from 1, with lighter training.
        rest_weeks: numbers of its weeks, from 1, without any.
    """

    anchor: date
    rotation: tuple[Workout, ...]
    weekdays: frozenset[int] = frozenset()
    weeks: int = 1
    deload_weeks: frozenset[int] = frozenset()
    rest_weeks: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a programme that says nothing.

        Raises:
            ValueError: when rotation, weekdays or weeks make no sense.
        """
        if not self.rotation or self.weeks < 1:
            raise ValueError("a programme needs at least one workout and one week")
        if not self.weekdays <= set(range(WEEK)):
            raise ValueError("weekdays are numbers from 0, Monday, to 6, Sunday")

    def workout(self, day: date) -> Workout | None:
        """Return what is to be lifted on a day; None: rest."""
        if self._week(day) in self.rest_weeks:
            return None
        turn = self._turn(day)
        if turn is None:
            return None
        workout = self.rotation[turn % len(self.rotation)]
        return None if workout.rest else workout

    def deload(self, day: date) -> bool:
        """Return whether a day lies in a week of deload."""
        return self._week(day) in self.deload_weeks

    def _week(self, day: date) -> int:
        return (day - self.anchor).days // WEEK % self.weeks + 1

    def _turn(self, day: date) -> int | None:
        """Return how many training days lie between anchor and a day; None: it is none."""
        days = (day - self.anchor).days
        if not self.weekdays:
            return days
        if day.weekday() not in self.weekdays:
            return None
        weeks, rest = divmod(days, WEEK)
        first = self.anchor.weekday()
        before = sum((first + step) % WEEK in self.weekdays for step in range(rest))
        return weeks * len(self.weekdays) + before


def expected_load(programme: Programme, day: date) -> Load | None:
    """Return what a training of which nothing else is known loads by the programme; None: rest."""
    workout = programme.workout(day)
    return None if workout is None else load_of(workout.exercises or (workout.name,))


def strong_lifts(anchor: date, weekdays: frozenset[int] = frozenset({0, 2, 4})) -> Programme:
    """Return StrongLifts 5x5: A and B by turns, squats every time."""
    workouts = (
        Workout("workout A", ("Squat", "Bench press", "Barbell row")),
        Workout("workout B", ("Squat", "Overhead press", "Deadlift")),
    )
    return Programme(anchor, workouts, weekdays)


def five_three_one(anchor: date, weekdays: frozenset[int] = frozenset({0, 1, 3, 4})) -> Programme:
    """Return 5/3/1: one main lift a day, each fourth week a deload."""
    workouts = (
        Workout("press", ("Overhead press",)),
        Workout("deadlift", ("Deadlift",)),
        Workout("bench press", ("Bench press",)),
        Workout("squat", ("Squat",)),
    )
    return Programme(anchor, workouts, weekdays, weeks=4, deload_weeks=frozenset({4}))


def push_pull_legs(
    anchor: date, weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4, 5})
) -> Programme:
    """Return push, pull and legs in a row: pull has deadlifts and rows, legs squats."""
    workouts = (
        Workout("push", ("Bench press", "Triceps extension")),
        Workout("pull", ("Deadlift", "Bent-over row", "Pull-up")),
        Workout("legs", ("Squat", "Leg curl")),
    )
    return Programme(anchor, workouts, weekdays)


TEMPLATES = {
    "strong_lifts": strong_lifts,
    "five_three_one": five_three_one,
    "push_pull_legs": push_pull_legs,
}
"""Programmes to choose from, by key: each takes its anchor and, if they differ, its weekdays."""
