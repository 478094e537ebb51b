"""Noticing who was removed: whether what is kept of them goes, too, is asked and then done."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from homeassistant.core import callback

from ..care.board import IssueBoard
from ..history.book import SessionBook
from ..history.record import SessionSource
from ..history.statistics import SessionStatistics
from ..people import People
from ..store import QlReleaseStore
from .record import Departed

REMOVED: Final = "person_removed"


class Departures:
    """Those who were removed, until nothing is kept of them or it is meant to stay.

    Args:
        people: Who is there.
        store: Keeps who was there, and what is still to be done.
        board: Has the questions, until they are answered or the entry is unloaded.
        book: Has their sessions.
        statistics: Has their rows.
        to_erase: Is called whenever bridges have something to erase.

    """

    def __init__(
        self,
        people: People,
        store: QlReleaseStore,
        *,
        board: IssueBoard,
        book: SessionBook,
        statistics: SessionStatistics,
        to_erase: Callable[[], None],
    ) -> None:
        """Begin; `async_review` compares who is there with who was."""
        self._people = people
        self._store = store
        self._board = board
        self._book = book
        self._statistics = statistics
        self._to_erase = to_erase

    @callback
    def async_review(self) -> None:
        """Ask of everyone who was there and is not."""
        there = {person.id: person.name for person in self._people.all()}
        before = self._store.people
        for person in there.keys() & self._store.departed.keys():
            self._is_back(person)
        for person in before.keys() - there.keys():
            # Also of whom nothing is kept here: a bridge that is away may have what was measured.
            self._put(Departed(person=person, name=before[person], sessions={}))
        if before != there:
            self._store.people = there
            self._store.async_changed(at_once=True)
        for departed in self._store.departed.values():
            if not departed.erase:
                self._ask(departed)

    def is_erased(self, person: str | None) -> bool:
        """Tell whether nothing of a person is to be kept, whatever still comes of them."""
        departed = self._store.departed.get(person or "")
        return departed is not None and departed.erase

    @callback
    def async_keep(self, person: str) -> None:
        """Let everything stay."""
        if self._store.departed.pop(person, None):
            self._store.async_changed(at_once=True)

    @callback
    def async_erase(self, person: str) -> None:
        """Delete all of a person here, and have bridges do so."""
        departed = self._store.departed.get(person)
        if departed is None or departed.erase:
            return
        self._put(replace(departed, name="", erase=True, sessions=self._sessions(person)))
        self._book.async_forget_person(person)
        self._statistics.async_forget(person)
        self._to_erase()

    def _is_back(self, person: str) -> None:
        """Ask nothing more of somebody who was added again, and erase nothing of theirs."""
        del self._store.departed[person]
        self._board.async_take_back(REMOVED, person)
        self._store.async_changed(at_once=True)

    def _put(self, departed: Departed) -> None:
        self._store.departed[departed.person] = departed
        self._store.async_changed(at_once=True)

    def _sessions(self, person: str) -> dict[str, tuple[str, ...]]:
        """Return the sessions that bridges have of a person."""
        found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        for session in self._book.of(person):
            if session.source is not SessionSource.MANUAL and session.bridge is not None:
                found[session.bridge] += (session.id,)
        return dict(found)

    def _ask(self, departed: Departed) -> None:
        words = {"person": departed.name}
        self._board.async_put(REMOVED, departed.person, words, fix={"id": departed.person})
