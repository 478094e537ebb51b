"""The book of sessions: what is known of each, by its id."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util

from ..contract.events import Event
from ..people import People, Person
from ..store import QlReleaseStore
from .facts import SessionFacts, concerns, removed, take, written
from .record import SessionRecord

type ChangeCallback = Callable[[SessionChange], None]


@dataclass(frozen=True, slots=True)
class SessionChange:
    """A session was added (there was none before), changed, or removed (there is none after)."""

    before: SessionRecord | None
    after: SessionRecord | None


class SessionBook:
    """All sessions that are over, and listeners who are told of changes.

    Args:
        store: Keeps them.
        people: Whose they are.
    """

    def __init__(self, store: QlReleaseStore, people: People) -> None:
        """Begin empty; `async_load` opens what the store has read."""
        self._store = store
        self._people = people
        self._records: dict[str, SessionRecord] = {}
        self._in_order: list[SessionRecord] | None = None
        self._on_change: list[ChangeCallback] = []
        self._alone: str | None = None

    @callback
    def async_load(self) -> None:
        """Take what the store has read."""
        for facts in self._store.sessions.values():
            if found := facts.record:
                self._records[facts.id] = found
        last = list(self._store.people)
        self._alone = last[0] if len(last) == 1 else self._only_person()
        self.async_people_changed()

    def all(self) -> list[SessionRecord]:
        """Return all sessions, the earliest first."""
        if self._in_order is None:
            self._in_order = sorted(
                self._records.values(), key=lambda session: (session.started_at, session.id)
            )
        return list(self._in_order)

    def get(self, session: str) -> SessionRecord | None:
        """Return a session."""
        return self._records.get(session)

    def owner(self, session: SessionRecord) -> Person | None:
        """Return whose a session is; None: nobody's who is known."""
        return self._people.by_id(session.person)

    def of(self, person: str | None) -> list[SessionRecord]:
        """Return a person's sessions, the earliest first; None: those that are nobody's."""
        return [session for session in self.all() if self._belongs(session, person)]

    @callback
    def async_apply(self, event: Event) -> None:
        """Take in what an event says of its session."""
        if event.session is None or not concerns(event):
            return
        known = self._store.sessions.get(event.session, SessionFacts(id=event.session))
        self._keep(take(known, event))

    @callback
    def async_put(self, session: SessionRecord) -> None:
        """Write a session down, in place of what was known of it."""
        self._keep(written(session, dt_util.utcnow()), at_once=True)

    @callback
    def async_remove(self, session: str) -> None:
        """Delete a session; it stays deleted if a bridge tells of it again."""
        if session in self._records:
            self._keep(removed(session), at_once=True)

    @callback
    def async_forget_person(self, person: str) -> None:
        """Delete all of a person, also of sessions that have not ended."""
        for facts in list(self._store.sessions.values()):
            if facts.whose is not None and facts.whose.person == person:
                self._keep(removed(facts.id), at_once=True)

    @callback
    def async_people_changed(self) -> None:
        """Let what was the only person's stay theirs when others come, or another does."""
        before, self._alone = self._alone, self._only_person()
        if before is None or before == self._alone:
            return
        for session in self.all():
            if session.person is None:
                self._give(session.id, before)

    @callback
    def async_listen(self, on_change: ChangeCallback) -> CALLBACK_TYPE:
        """Be told of every change."""
        self._on_change.append(on_change)
        return lambda: self._on_change.remove(on_change)

    def _only_person(self) -> str | None:
        found = self._people.by_id(None)
        return None if found is None else found.id

    def _belongs(self, session: SessionRecord, person: str | None) -> bool:
        found = self.owner(session)
        if found is not None:
            return found.id == person
        return person in (None, session.person)

    def _give(self, session: str, person: str) -> None:
        facts = self._store.sessions[session]
        if TYPE_CHECKING:
            assert facts.whose is not None
        self._keep(replace(facts, whose=replace(facts.whose, person=person)))

    def _keep(self, facts: SessionFacts, *, at_once: bool = False) -> None:
        """Keep facts, and tell of what they change."""
        before = self._records.pop(facts.id, None)
        after = facts.record
        if after is not None:
            self._records[facts.id] = after
        self._store.async_put_session(facts, at_once=at_once)
        if before == after:
            return
        self._in_order = None
        change = SessionChange(before, after)
        for on_change in list(self._on_change):
            on_change(change)
