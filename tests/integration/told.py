"""One person with a coach and a courier, and nothing between them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.ql_release.coach import (
    Answer,
    Coach,
    Item,
    LiftingRules,
    PostureRules,
    Report,
    Session,
    SessionReported,
    Settings,
    Sitting,
    TrainingReported,
    Work,
)
from custom_components.ql_release.coaching.delivery import Courier
from custom_components.ql_release.coaching.settings import DeliverySettings, stored
from custom_components.ql_release.const import CONF_COACH, CONF_DELIVERY
from freezegun.api import FrozenDateTimeFactory
from home import subentry
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""A Friday, on which Anna lifts."""
PLAN = Settings(lifting=LiftingRules(weekdays=frozenset({4})), posture=PostureRules(presence=True))
ANNA = "anna"
BEN = "ben"
ACTION = "mobile_app_notification_action"


def phone(hass: HomeAssistant, name: str, user: str) -> MockConfigEntry:
    """Register a phone, as the companion app does, without setting it up."""
    entry = MockConfigEntry(
        domain="mobile_app", title=name, data={"device_name": name, "user_id": user}
    )
    entry.add_to_hass(hass)
    return entry


class Told:
    """Anna, who lifts and is told.

    Attributes:
        answers: what the courier passed on.
        delivered: items, and what became of each.
    """

    def __init__(
        self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, name: str = "p1", **data: Any
    ) -> None:
        """Choose how she is told; what is left out is as by default."""
        self.hass = hass
        self.freezer = freezer
        self.coach = Coach(PLAN)
        self.entry = MockConfigEntry(domain="ql_release", title="QL Release")
        self.entry.add_to_hass(hass)
        self.settings = DeliverySettings(**data)
        self.answers: list[Answer] = []
        self.delivered: list[tuple[Item, bool]] = []
        hass.config_entries.async_add_subentry(
            self.entry,
            subentry(
                name,
                "Anna",
                **{CONF_COACH: stored(PLAN), CONF_DELIVERY: stored(self.settings)},
            ),
        )
        self.courier = Courier(hass, self.entry, self.subentry, self.settings)

    @property
    def subentry(self) -> ConfigSubentry:
        """Her subentry."""
        found: ConfigSubentry = next(iter(self.entry.subentries.values()))
        return found

    @property
    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)

    async def start(self) -> None:
        """Begin to listen."""
        await self.courier.async_start(self._on_answer)

    def _on_answer(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.coach.take(answer, self.now)

    async def decide(self, *, after: timedelta = timedelta(0)) -> None:
        """Let time pass, and have done what the coach decides."""
        self.freezer.tick(after)
        outcome = self.coach.decide(self.now)
        self.courier.async_review(outcome)
        for item in outcome.outbox:
            done = await self.courier.async_deliver(item)
            self.delivered.append((item, done))
            if done:
                self.coach.confirm(item.id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def train(self) -> None:
        """Train for an hour, and let the hour after it pass."""
        self.report()
        await self.decide(after=timedelta(minutes=60))

    def report(self) -> None:
        """Report an hour of training that ends now."""
        end = self.now
        report = Report("test", end.isoformat(), end - timedelta(hours=1), end, ("Deadlift",))
        self.coach.take(TrainingReported(report), end)

    async def sit(self) -> None:
        """Sit until a nudge comes."""
        self.coach.take(Sitting(True, self.now), self.now)
        await self.decide(after=timedelta(minutes=51))

    async def release(self, spots: int = len(PLAN.spots)) -> None:
        """Do so many spots of the plan on the tool; none: begin with the first one only."""
        work = [
            Work(
                spot.muscle,
                spot.side,
                spot.zone,
                spot.holds,
                spot.holds * spot.hold_s,
                spot.hold_s,
            )
            for spot in PLAN.spots[:spots]
        ]
        first = PLAN.spots[0]
        begun = Work(first.muscle, first.side, first.zone, 1, first.hold_s, first.hold_s)
        session = Session("s1", self.now - timedelta(minutes=10), self.now, tuple(work or [begun]))
        self.coach.take(SessionReported(session), self.now)
        await self.decide()

    async def press(self, action: str | None, *, user: str | None = ANNA) -> None:
        """Press a button on a phone."""
        self.hass.bus.async_fire(ACTION, {"action": action}, context=Context(user_id=user))
        await self.hass.async_block_till_done()

    def issues(self) -> dict[str, ir.IssueEntry]:
        """Return what is to be repaired, by translation key."""
        return {
            str(issue.translation_key): issue
            for issue in ir.async_get(self.hass).issues.values()
            if issue.active
        }
