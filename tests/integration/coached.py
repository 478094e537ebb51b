"""A home in which Anna has a plan, and a courier who notes what it is to take to her."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from custom_components.ql_release.coach import (
    Answer,
    Fact,
    Happening,
    Item,
    LiftingRules,
    Outcome,
    PostureRules,
    Report,
    Settings,
    TrainingReported,
)
from custom_components.ql_release.coaching.manager import CoachManager
from custom_components.ql_release.coaching.runner import Runner
from custom_components.ql_release.coaching.settings import stored
from custom_components.ql_release.coaching.ways import Reporter, Ways
from custom_components.ql_release.const import CONF_COACH
from freezegun.api import FrozenDateTimeFactory
from home import Home, subentry
from homeassistant.core import callback
from pytest_homeassistant_custom_component.common import async_fire_time_changed

ANNA = "p1"
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""A Friday, on which Anna lifts; a minute past six there is where she lives, too."""
PLAN = Settings(
    zone="UTC",
    lifting=LiftingRules(weekdays=frozenset({0, 2, 4})),
    posture=PostureRules(enabled=False),
)


@dataclass
class Notes:
    """A courier who notes what it is to deliver.

    Attributes:
        items: all it was given, in order.
        works: whether it can deliver.
        answer: gives an answer of the person.
        stopped: whether it was told to stop.

    """

    items: list[Item] = field(default_factory=list)
    works: bool = True
    answer: Callable[[Answer], None] | None = None
    reviewed: list[Outcome] = field(default_factory=list)
    stopped: bool = False

    async def async_start(self, on_answer: Callable[[Answer], None]) -> None:
        """Begin."""
        self.answer = on_answer

    @callback
    def async_stop(self) -> None:
        """End."""
        self.stopped = True

    async def async_deliver(self, item: Item) -> bool:
        """Note it."""
        if self.works:
            self.items.append(item)
        return self.works

    @callback
    def async_review(self, outcome: Outcome) -> None:
        """Note it."""
        self.reviewed.append(outcome)

    @property
    def shown(self) -> list[str]:
        """What was shown: the tags of notices, in order; with a minus, of what was cleared."""
        return [
            item.notice.tag if item.notice else f"-{item.clear}"
            for item in self.items
            if item.notice or item.clear
        ]


@dataclass
class Coached:
    """The home, its coach, and the time in it.

    Attributes:
        notes: the courier's.
        told: what happened, in order.
        reporters: who tells the coach of more.

    """

    home: Home
    freezer: FrozenDateTimeFactory
    notes: Notes = field(default_factory=Notes)
    told: list[str] = field(default_factory=list)
    reporters: tuple[Reporter, ...] = ()

    @property
    def manager(self) -> CoachManager:
        """All coaches of the entry."""
        return self.home.coordinator.coaches

    @property
    def runner(self) -> Runner:
        """Anna's coach."""
        found = self.manager.of(ANNA)
        assert found is not None
        return found

    async def set_up(self, settings: Settings = PLAN, **more: Any) -> None:
        """Let Anna choose a plan, and more if it is named, and set everything up."""
        anna = subentry(ANNA, "Anna", **{CONF_COACH: stored(settings)}, **more)
        self.home.hass.config_entries.async_add_subentry(self.home.entry, anna)
        # Subscriptions wait for a clock that a test holds: bridges are not heard here.
        assert await self.home.hass.config_entries.async_setup(self.home.entry.entry_id)
        await self.home.settle()
        self.manager.async_listen_happenings(self._happened)

    async def choose(self, settings: Settings) -> None:
        """Let her choose otherwise."""
        entry = self.home.entry
        found = next(one for one in entry.subentries.values() if one.title == "Anna")
        self.home.hass.config_entries.async_update_subentry(
            entry, found, data={**found.data, CONF_COACH: stored(settings)}
        )
        await self.home.settle()

    async def restart(self) -> None:
        """Restart Home Assistant, as far as the entry notices."""
        await self.home.hass.config_entries.async_reload(self.home.entry.entry_id)
        await self.home.settle()
        self.manager.async_listen_happenings(self._happened)

    async def wait(self, **span: float) -> None:
        """Let time pass, timers included."""
        await self.until(datetime.now(UTC) + timedelta(**span))

    async def until(self, moment: datetime) -> None:
        """Let time pass up to a moment, and stop at each one for which the coach has a timer."""
        while (wake := self.runner.outcome.wake_at) < moment:
            await self._at(wake)
        await self._at(moment)

    async def trained(self, name: str = "Deadlift", *, minutes_ago: float = 0.0) -> None:
        """Let a source tell of an hour of training."""
        end = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        report = Report("log", end.isoformat(), end - timedelta(hours=1), end, (name,))
        await self.tell(TrainingReported(report))

    async def tell(self, *facts: Fact) -> None:
        """Tell the coach."""
        self.runner.async_tell(*facts)
        await self.home.settle()

    async def _at(self, moment: datetime) -> None:
        self.freezer.move_to(moment)
        async_fire_time_changed(self.home.hass, moment)
        await self.home.settle()

    @callback
    def _happened(self, runner: Runner, happening: Happening) -> None:
        assert runner.person.id == ANNA
        self.told.append(happening.type)


@contextmanager
def ways_of(coached: Coached) -> Generator[None]:
    """Let coaches that are made have the ways of the test."""

    def make_ways(*_: object) -> Ways:
        return Ways(coached.reporters, coached.notes)

    with patch("custom_components.ql_release.coaching.manager.make_ways", make_ways):
        yield
