"""Plays time for a coach: tells it facts, follows its wake-ups, delivers what it decides."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from coach import (
    Coach,
    Fact,
    Kind,
    Notice,
    Outcome,
    Report,
    Session,
    SessionReported,
    Settings,
    Spot,
    State,
    TrainingReported,
    Work,
)

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return the moment of a local time, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def report(end: datetime, *exercises: str, source: str = "hevy", id: str = "1") -> Report:  # noqa: A002
    """Return the report of a training that lasted an hour."""
    return Report(source, id, end - HOUR, end, exercises)


def trained(end: datetime, *exercises: str, source: str = "hevy", id: str = "1") -> Fact:  # noqa: A002
    """Return the fact of such a training."""
    return TrainingReported(report(end, *exercises, source=source, id=id))


def session(end: datetime, *spots: Spot, id: str = "s1", by_hand: bool = False) -> Fact:  # noqa: A002
    """Return the fact of a session that did some spots of a plan, all of it without any named."""
    work = tuple(
        Work(spot.muscle, spot.side, spot.zone, spot.holds, spot.total_s, spot.hold_s)
        for spot in spots
    )
    made = Session(id, end - 10 * MINUTE, end, work, by_hand=by_hand, whole=not spots)
    return SessionReported(made)


@dataclass(frozen=True)
class Delivered:
    """A notice that reached the person."""

    at: datetime
    notice: Notice
    kind: Kind | None
    """Of its reminder; None: a nudge."""


class Player:
    """One person's coach in a time of its own.

    Args:
        settings: of the person.
        now: where time begins.
        restart: asked at each point at which a power cut could come; true: it comes.
    """

    def __init__(
        self, settings: Settings, now: datetime, restart: Callable[[], bool] | None = None
    ) -> None:
        self.coach = Coach(settings)
        self.now = now
        self.delivered: list[Delivered] = []
        self.happened: list[tuple[datetime, str]] = []
        self.standing: dict[str, Notice] = {}
        self.on_delivery: Callable[[Delivered], None] = lambda _delivered: None
        self._restart = restart
        self._stored = ""
        self._store()
        self.outcome = self._decide()

    @property
    def state(self) -> State:
        """What the coach remembers."""
        return self.coach.state

    def tell(self, *facts: Fact) -> Outcome:
        """Tell facts now, and have what follows from them done."""
        for fact in facts:
            self.coach.take(fact, self.now)
        return self._decide()

    def go(self, until: datetime) -> Outcome:
        """Let time pass, waking the coach when it asks to be, and at the end."""
        self.run(until)
        return self._decide()

    def run(self, until: datetime) -> None:
        """Let time pass, waking the coach only when it asks to be."""
        for _ in count():
            wake_at = self.outcome.wake_at
            assert wake_at > self.now
            if wake_at > until:
                break
            self.now = wake_at
            self._decide()
        self.now = until

    def sleep(self, until: datetime) -> Outcome:
        """Let time pass while the house is without power."""
        self._stored = json.dumps(self.state.to_data())
        self.now = until
        self._load()
        return self._decide()

    def times(self, zone: ZoneInfo = BERLIN) -> list[str]:
        """Return when notices came, as local days and times."""
        return [entry.at.astimezone(zone).strftime("%d %H:%M") for entry in self.delivered]

    def types(self) -> list[str]:
        """Return what happened, in order."""
        return [kind for _, kind in self.happened]

    def _decide(self) -> Outcome:
        self.outcome = self.coach.decide(self.now)
        self._store()
        self._maybe_restart()
        for item in self.outcome.outbox:
            self._do(item.id)
            self._maybe_restart()
        return self.outcome

    def _do(self, number: int) -> None:
        """Do one thing in the outbox and store that it was done."""
        item = next(item for item in self.state.outbox if item.id == number)
        if item.notice is not None:
            self._deliver(item.notice)
        if item.clear is not None:
            self.standing.pop(item.clear, None)
        if item.happened is not None:
            self.happened.append((self.now, item.happened.type))
        self.coach.confirm(number)
        self._store()

    def _deliver(self, notice: Notice) -> None:
        kinds = {entry.id: entry.kind for entry in self.state.reminders}
        found = Delivered(self.now, notice, kinds.get(notice.reminder))
        self.standing[notice.tag] = notice
        self.delivered.append(found)
        self.on_delivery(found)

    def _maybe_restart(self) -> None:
        if self._restart is not None and self._restart():
            self._load()

    def _store(self) -> None:
        """Store as a home does; where no power cut comes nobody reads it."""
        if self._restart is not None:
            self._stored = json.dumps(self.state.to_data())

    def _load(self) -> None:
        settings = Settings.from_data(json.loads(json.dumps(self.coach.settings.to_data())))
        self.coach = Coach(settings, State.from_data(json.loads(self._stored)))
