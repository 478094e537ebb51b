"""Repairs of thresholds: one that was never measured, or long ago."""

from datetime import timedelta
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..history.book import SessionBook
from ..people import People, Person
from .board import IssueBoard

MISSING: Final = "threshold_missing"
OLD: Final = "threshold_old"

KEEPS: Final = timedelta(days=180)
"""What a body calls 7 of 10 changes with training; half a year is a season of it."""


class ThresholdCare:
    """The repairs of one entry's people; each goes by itself when its cause has gone."""

    def __init__(self, board: IssueBoard, people: People, book: SessionBook) -> None:
        """Begin without any; whoever has not used a tool yet is asked nothing."""
        self._board = board
        self._people = people
        self._book = book

    @callback
    def async_review(self) -> None:
        """Look at everyone."""
        everyone = self._people.all()
        for key in (MISSING, OLD):
            self._board.async_keep_only(key, [person.id for person in everyone])
        for person in everyone:
            self._look(person)

    def _look(self, person: Person) -> None:
        measures = any(session.peak_force_n is not None for session in self._book.of(person.id))
        self._tell(MISSING, person, so=measures and person.profile.threshold_n is None)
        at = person.threshold_at
        old = at is not None and dt_util.utcnow() - at > KEEPS
        self._tell(OLD, person, so=measures and old)

    def _tell(self, key: str, person: Person, *, so: bool) -> None:
        if so:
            words = {"person": person.name}
            fix = {"id": person.id}
            self._board.async_put(key, person.id, words, fix=fix, guide="calibration.md")
        else:
            self._board.async_take_back(key, person.id)
