"""The coaches of an entry: one for each person with a plan, as people and plans come and go."""

from collections.abc import Callable
from functools import partial

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..coach import Fact, Happening, SessionOpened, SessionRemoved, SessionReported
from ..coach.training import KEPT
from ..const import CONF_COACH, CONF_DELIVERY, CONF_NOTIFY, CONF_SOURCES
from ..contract.events import Event, SessionStarted
from ..history.book import SessionBook, SessionChange
from ..history.record import SessionRecord
from ..people import People, Person
from .runner import Runner
from .sessions import session_of
from .settings import has_plan, settings_in_force, source_settings
from .sources import no_longer_told
from .store import CoachStore
from .ways import make_ways

CHOSEN = (CONF_COACH, CONF_SOURCES, CONF_DELIVERY, CONF_NOTIFY)
"""What of a person's settings the coach is made of; when it changes, it is made anew."""

type HappeningCallback = Callable[[Runner, Happening], None]


class CoachManager:
    """Makes coaches, and tells them of sessions."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        people: People,
        book: SessionBook,
        tell: Callable[[str], None],
    ) -> None:
        """Begin with nobody; `async_load` makes the coaches, `async_start` sets them to work.

        What a coach decides is told to `tell`, by the key of its person's device.
        """
        self._tell = tell
        self._hass = hass
        self._entry = entry
        self._people = people
        self._book = book
        self._store = CoachStore(hass, entry.entry_id)
        self._runners: dict[str, Runner] = {}
        self._made_of: dict[str, object] = {}
        self._on_happening: list[HappeningCallback] = []
        self._started = False
        self._to_report: dict[str, list[Fact]] = {}

    async def async_load(self) -> None:
        """Read what is remembered, and make the coaches of everyone who has a plan."""
        await self._store.async_load()
        self._review()
        self._entry.async_on_unload(self._book.async_listen(self._on_session))

    @callback
    def async_start(self) -> None:
        """Set the coaches to work once everything is there that they may need."""

        async def async_started(_hass: HomeAssistant) -> None:
            """Set those to work that there are by then."""
            self._started = True
            for runner in list(self._runners.values()):
                await runner.async_start()

        self._entry.async_on_unload(async_at_started(self._hass, async_started))

    async def async_stop(self) -> None:
        """Stop all, and keep what must outlive it."""
        self._started = False
        self._to_report.clear()
        for runner in self._runners.values():
            runner.async_stop()
        for runner in self._runners.values():
            await runner.async_delivered()
        await self._store.async_close()

    def of(self, person: str) -> Runner | None:
        """Return the coach of a person; None: they have no plan."""
        return self._runners.get(person)

    @callback
    def async_listen_happenings(self, on_happening: HappeningCallback) -> CALLBACK_TYPE:
        """Be told of what happens, whoever's it is."""
        self._on_happening.append(on_happening)
        return lambda: self._on_happening.remove(on_happening)

    @callback
    def async_people_changed(self) -> None:
        """Take up who has come, gone, or chosen otherwise."""
        self._review()
        for runner in self._runners.values():
            self._tell_sessions(runner)

    @callback
    def async_event(self, event: Event) -> None:
        """Let whoever lies down be left in peace."""
        person = self._people.by_id(event.person)
        runner = self._runners.get(person.id) if person else None
        if runner is not None and event.live and isinstance(event, SessionStarted):
            runner.async_report(SessionOpened(event.at))

    def _review(self) -> None:
        """Make, end and make anew."""
        everyone = {person.id: person for person in self._people.all()}
        self._store.async_keep_only(set(everyone))
        for known in list(self._runners):
            if known not in everyone or self._made_of[known] != self._material(everyone[known]):
                self._end(known)
        for person in everyone.values():
            if person.id not in self._runners and has_plan(self._subentry(person)):
                self._make(person)

    def _make(self, person: Person) -> None:
        subentry = self._subentry(person)
        runner = Runner(
            self._hass,
            self._entry,
            person,
            settings_in_force(self._hass, subentry),
            store=self._store,
            ways=make_ways(self._hass, self._entry, subentry),
        )
        self._runners[person.id] = runner
        self._made_of[person.id] = self._material(person)

        @callback
        def on_happening(happening: Happening) -> None:
            """Pass it on."""
            for listener in list(self._on_happening):
                listener(runner, happening)

        runner.async_listen_happenings(on_happening)
        runner.async_listen(partial(self._tell, person.key))
        self._tell_sessions(runner)
        sources = source_settings(subentry)
        runner.async_report(*no_longer_told(runner.coach.state, sources, dt_util.utcnow()))
        if self._started:
            self._entry.async_create_task(
                self._hass, runner.async_start(), f"start the coach of {person.id}"
            )

    def _end(self, person: str) -> None:
        self._runners.pop(person).async_stop()
        del self._made_of[person]

    def _subentry(self, person: Person) -> ConfigSubentry:
        return self._entry.subentries[person.subentry_id]

    def _material(self, person: Person) -> object:
        data = self._subentry(person).data
        return person.name, self._hass.config.time_zone, [data.get(key) for key in CHOSEN]

    # Sessions

    @callback
    def _on_session(self, change: SessionChange) -> None:
        """Tell whose it is, and whose it was; once for a whole page of history."""
        for person, runner in self._runners.items():
            fact = self._change_for(person, change)
            if fact is None or not _matters(fact, runner):
                continue
            if not self._to_report:
                self._hass.loop.call_soon(self._report)
            self._to_report.setdefault(person, []).append(fact)

    def _change_for(self, person: str, change: SessionChange) -> Fact | None:
        if change.after is not None and self._is_of(change.after, person):
            return _fact(change.after)
        if change.before is not None and self._is_of(change.before, person):
            return SessionRemoved(change.before.id)
        return None

    @callback
    def _report(self) -> None:
        to_report, self._to_report = self._to_report, {}
        for person, facts in to_report.items():
            if runner := self._runners.get(person):
                runner.async_report(*facts)

    def _tell_sessions(self, runner: Runner) -> None:
        """Tell of all that still counts; what was told before changes nothing."""
        since = dt_util.utcnow() - KEPT
        person = runner.person.id
        facts = {
            session.id: _fact(session)
            for session in self._book.all()
            if session.ended_at >= since and self._is_of(session, person)
        }
        gone = [SessionRemoved(one) for one in runner.coach.state.sessions if one not in facts]
        runner.async_report(*facts.values(), *gone)

    def _is_of(self, session: SessionRecord, person: str) -> bool:
        owner = self._book.owner(session)
        return owner is not None and owner.id == person


def _fact(record: SessionRecord) -> Fact:
    """Return what a session means to the coach; one that counts for no plan means none."""
    session = session_of(record)
    return SessionRemoved(record.id) if session is None else SessionReported(session)


def _matters(fact: Fact, runner: Runner) -> bool:
    """Return whether a session is recent enough to change anything, or is known already."""
    if isinstance(fact, SessionReported):
        session = fact.session
        return session.end >= dt_util.utcnow() - KEPT or session.id in runner.coach.state.sessions
    return True
