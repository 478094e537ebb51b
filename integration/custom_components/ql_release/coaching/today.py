"""The to-do list of a person's spots of today: the tool ticks them off, or the person."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, override
from uuid import uuid4

from homeassistant.components.todo import (
    TodoItem,
    TodoItemStatus,
    TodoListEntity,
    TodoListEntityFeature,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity import EntityDescription
from homeassistant.util import dt as dt_util

from ..coach import Progress
from ..const import DOMAIN
from ..contract.common import Side, Zone
from ..contract.session import CoverageEntry
from ..coordinator import QlReleaseCoordinator
from ..entity import PersonEntity
from ..history.record import MANUAL, SessionRecord, SessionSource
from ..people import Person
from .entities import CoachEntity
from .words import async_list

TODAY: Final = EntityDescription(key="today", translation_key="today")


class TodayList(CoachEntity, TodoListEntity):
    """The spots of today; ticking one by hand writes down a session on it."""

    @property
    @override
    def supported_features(self) -> TodoListEntityFeature:
        """Whether a spot can be ticked by hand: where the plan takes the person's word."""
        runner = self.coordinator.coaches.of(self._person)
        by_hand = runner is not None and runner.coach.settings.release.by_hand
        return TodoListEntityFeature.UPDATE_TODO_ITEM if by_hand else TodoListEntityFeature(0)

    @property
    @override
    def todo_items(self) -> list[TodoItem] | None:
        """Each spot, with the holds that it got."""
        if self.outcome is None:
            return None
        return [
            TodoItem(
                uid=_uid(one),
                summary=f"{async_list(self.hass, [one.spot])} ({one.holds}/{one.spot.holds})",
                status=TodoItemStatus.COMPLETED if one.done else TodoItemStatus.NEEDS_ACTION,
            )
            for one in self.outcome.today
        ]

    @override
    async def async_update_todo_item(self, item: TodoItem) -> None:
        """Write down that a spot was done; what was done stays done."""
        progress = next((one for one in self._today if _uid(one) == item.uid), None)
        if progress is None or progress.done == (item.status == TodoItemStatus.COMPLETED):
            return
        if progress.done:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="done_stays")
        self.coordinator.sessions.async_put(_by_hand(self._person, progress))

    @property
    def _today(self) -> tuple[Progress, ...]:
        return () if self.outcome is None else self.outcome.today

    @override
    def _shown(self) -> object:
        return self.todo_items, self.supported_features


def _uid(progress: Progress) -> str:
    spot = progress.spot
    return f"{spot.muscle}_{spot.side}_{spot.zone}"


def _by_hand(person: str, progress: Progress) -> SessionRecord:
    """Return a session in which a spot got what it lacked, ending now."""
    spot = progress.spot
    holds = spot.holds - progress.holds
    hold_s = holds * spot.hold_s
    end = dt_util.utcnow()
    return SessionRecord(
        id=f"{MANUAL}{uuid4()}",
        source=SessionSource.MANUAL,
        person=person,
        started_at=end - timedelta(seconds=hold_s),
        ended_at=end,
        duration_s=hold_s,
        hold_s=hold_s,
        holds=holds,
        coverage=(
            CoverageEntry(
                muscle=spot.muscle,
                side=Side(spot.side),
                zone=Zone(spot.zone),
                holds=holds,
                hold_s=hold_s,
            ),
        ),
    )


def today(coordinator: QlReleaseCoordinator, person: Person) -> Iterator[PersonEntity]:
    """Yield the list of a person with a plan."""
    if coordinator.coaches.of(person.id) is not None:
        yield TodayList(coordinator, person, TODAY)
