"""Each source of the coach: what it tells, and what it says of that which it cannot take."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from coached import EVENING, PLAN, Coached
from custom_components.ql_release.coach import (
    Away,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Fact,
    GymPresence,
    Hours,
    Sitting,
    State,
    TrainingReported,
)
from custom_components.ql_release.coaching.settings import (
    SourceSettings,
    WatchedEntity,
    WatchedEvent,
    settings_in_force,
    stored,
)
from custom_components.ql_release.coaching.sources import make_reporters, no_longer_told
from custom_components.ql_release.coaching.sources.calendars import calendar_name
from custom_components.ql_release.coaching.sources.listening import Listening
from custom_components.ql_release.coaching.ways import make_ways
from custom_components.ql_release.const import CONF_COACH, CONF_SOURCES
from freezegun.api import FrozenDateTimeFactory
from home import subentry
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

HEVY = {
    "id": "b459cba5",
    "title": "Lower A",
    "start_time": "2026-11-20T16:30:00+00:00",
    "end_time": "2026-11-20T17:40:00+00:00",
    "exercises": [{"title": "Deadlift (Barbell)"}, {"title": "Leg Press"}],
}
NO_EVENTS: dict[str, Any] = {"events": ()}


class Heard:
    """A coach who notes what it is told."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        self.facts: list[Fact] = []
        self.reporters: tuple[Listening, ...] = ()

    async def listen(self, zone: str = "Europe/Berlin", **sources: Any) -> None:
        """Listen to sources, and to no others."""
        settings = SourceSettings(**(NO_EVENTS | sources))
        self.reporters = make_reporters(self.hass, self.entry, settings, zone)
        for reporter in self.reporters:
            await reporter.async_start(self.facts.append)
        await self.settle()

    async def settle(self) -> None:
        """Let everything that follows happen."""
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def shows(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Let an entity show something."""
        self.hass.states.async_set(entity_id, state, attributes)
        await self.settle()

    async def happens(self, event_type: str, /, **data: Any) -> None:
        """Fire an event."""
        self.hass.bus.async_fire(event_type, data)
        await self.settle()

    def stop(self) -> None:
        """Listen no more."""
        for reporter in self.reporters:
            reporter.async_stop()

    @property
    def trainings(self) -> list[Any]:
        """The reports of trainings."""
        return [fact.report for fact in self.facts if isinstance(fact, TrainingReported)]


@pytest.fixture
def heard(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Return a coach who hears nothing yet."""
    entry.add_to_hass(hass)
    found = Heard(hass, entry)
    yield found
    found.stop()


async def test_hevy(heard: Heard) -> None:
    """Its event has all that is to be known."""
    await heard.listen(events=SourceSettings().events)
    await heard.happens("hevy_workout_completed", **HEVY)
    (report,) = heard.trainings
    assert (report.title, report.id) == ("Lower A", "b459cba5")
    assert report.exercises == ("Deadlift (Barbell)", "Leg Press")
    assert report.end == datetime(2026, 11, 20, 17, 40, tzinfo=UTC)


async def test_an_event_without_a_time_is_said_once(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """The next one that has a time is taken."""
    await heard.listen(events=(WatchedEvent("gym"),))
    await heard.happens("gym", title="x")
    await heard.happens("gym", title="x")
    await heard.happens("gym", end_time="2026-11-20T18:40:00")
    (report,) = heard.trainings
    assert report.end == datetime(2026, 11, 20, 17, 40, tzinfo=UTC)
    assert caplog.text.count("This training has no time") == 1


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{{ event.data.kind == 'lift' }}", ""),
        ("{{ 'Squats' if event.data.kind == 'lift' else '' }}", "Squats"),
        ("{{ {'title': 'Own', 'end_time': '2026-11-20T10:00:00Z'} }}", "Own"),
    ],
)
async def test_a_template_says_whether_an_event_is_a_training(
    heard: Heard, template: str, title: str
) -> None:
    """Where it names no time, it ended when the event came."""
    await heard.listen(events=(WatchedEvent("sport", template),))
    await heard.happens("sport", kind="lift")
    (report,) = heard.trainings
    assert report.title == title
    await heard.happens("sport", kind="swim")
    assert len(heard.trainings) == (2 if title == "Own" else 1)


async def test_a_template_that_fails_is_said_and_others_go_on(
    heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    """One line."""
    broken = WatchedEvent("sport", "{{ 1 / 0 }}")
    await heard.listen(events=(broken, WatchedEvent("hevy_workout_completed")))
    await heard.happens("sport")
    await heard.happens("sport")
    await heard.happens("hevy_workout_completed", **HEVY)
    assert len(heard.trainings) == 1
    assert caplog.text.count("its template fails") == 1
    assert "Traceback" not in caplog.text


async def test_an_entity_whose_state_changes_tells_of_a_training(heard: Heard) -> None:
    """Not at the start, nor when it was only away; a time alone is an end."""
    entity = "sensor.last_activity"
    await heard.listen(entities=(WatchedEntity(entity),))
    await heard.shows(entity, "Morning run", start_date="2026-11-19T06:00:00Z", elapsed_time=1800)
    assert heard.facts == []
    await heard.shows(entity, "unavailable")
    await heard.shows(entity, "2026-11-20T17:40:00+00:00")
    await heard.shows(
        entity,
        "Legs",
        start_date="2026-11-21T06:00:00Z",
        elapsed_time=3600,
        name="Legs",
        sport_type="WeightTraining",
    )
    hass = heard.hass
    hass.states.async_remove(entity)
    await heard.settle()
    first, second = heard.trainings
    assert first.end == datetime(2026, 11, 20, 17, 40, tzinfo=UTC)
    assert (second.title, second.end.hour, second.lifting) == ("Legs", 7, True)


async def test_an_entity_that_is_only_written_again_tells_nothing(heard: Heard) -> None:
    """Forced updates are no trainings; a template decides on the state."""
    entity = "input_boolean.trained"
    await heard.listen(entities=(WatchedEntity(entity, "{{ state.state == 'on' }}"),))
    await heard.shows(entity, "off")
    await heard.shows(entity, "on")
    heard.hass.states.async_set(entity, "on", {}, force_update=True)
    await heard.settle()
    await heard.shows(entity, "off")
    assert len(heard.trainings) == 1


async def test_gym_and_home(heard: Heard) -> None:
    """Coming, leaving, being away; what is not known says nothing."""
    person, gym = "person.anna", "zone.iron_temple"
    heard.hass.states.async_set(gym, "0", {"friendly_name": "Iron Temple"})
    heard.hass.states.async_set(person, "Iron Temple")
    await heard.listen(person=person, gyms=(gym, "zone.gone"))
    await heard.shows(person, "not_home")
    await heard.shows(person, "unavailable")
    await heard.shows(person, "home")
    gyms = [fact.inside for fact in heard.facts if isinstance(fact, GymPresence)]
    away = [fact.value for fact in heard.facts if isinstance(fact, Away)]
    assert (gyms, away) == ([True, False, False], [True, True, False])


async def test_seats(heard: Heard) -> None:
    """One that tells of sitting is enough; nobody knows: that is told, too."""
    desk, seat = "sensor.desk_height", "binary_sensor.chair"
    await heard.listen(seats=(desk, seat))
    await heard.shows(desk, "72.5")
    await heard.shows(desk, "110")
    await heard.shows(seat, "on")
    await heard.shows(desk, "105")
    await heard.shows(seat, "off")
    await heard.shows(seat, "unavailable")
    await heard.shows(desk, "soon")
    said = [fact.value for fact in heard.facts if isinstance(fact, Sitting)]
    assert said == [None, True, False, True, False, None]


@pytest.mark.parametrize(
    ("height", "unit", "sits"),
    [
        ("72", "cm", True),
        ("720", "mm", True),
        ("1100", "mm", False),
        ("0.72", "m", True),
        ("1.1", "m", False),
        ("28", "in", True),
        ("44", "in", False),
        ("72", "%", True),
        ("nan", "cm", None),
    ],
)
async def test_a_desk_has_its_own_unit(
    heard: Heard, height: str, unit: str, sits: bool | None
) -> None:
    """Desks tell their height in metres, millimetres and inches, too."""
    heard.hass.states.async_set("sensor.desk", height, {"unit_of_measurement": unit})
    await heard.listen(seats=("sensor.desk",))
    assert [fact.value for fact in heard.facts if isinstance(fact, Sitting)] == [sits]


async def test_who_left_the_gym_meanwhile_has_trained(heard: Heard) -> None:
    """Home Assistant was down when they left; that they are not there is told at the start."""
    heard.hass.states.async_set("zone.gym", "0", {"friendly_name": "Gym"})
    heard.hass.states.async_set("person.anna", "home")
    await heard.listen(person="person.anna", gyms=("zone.gym",))
    assert [fact.inside for fact in heard.facts if isinstance(fact, GymPresence)] == [False]


async def test_sources_no_longer_chosen_have_no_say(
    coached: Coached, freezer: FrozenDateTimeFactory
) -> None:
    """Neither a calendar, nor that somebody was away or in a gym."""
    await coached.set_up()
    event = CalendarEvent("Deadlift", EVENING, EVENING + timedelta(hours=1), all_day=False)
    now = datetime.now(UTC)
    told = (
        CalendarRead("lifting calendar.gym", CalendarKind.LIFTING, (event,)),
        Away(value=True, at=now),
        GymPresence(inside=True, at=now, place="zone.gym"),
    )
    coached.runner.async_report(*told)
    freezer.tick(3600)
    await coached.choose(replace(PLAN, quiet=Hours(time(23), time(6))))
    state = coached.runner.coach.state
    assert [read.events for read in state.calendars.values()] == [()]
    assert not state.away
    assert (state.gyms, state.reports) == ({}, {})


async def test_sources_still_chosen_keep_their_say() -> None:
    """Nothing is taken back of them."""
    event = CalendarEvent("Deadlift", EVENING, EVENING + timedelta(hours=1), all_day=False)
    name = calendar_name(CalendarKind.LIFTING, "calendar.gym")
    state = State(away=True, gyms={"zone.gym": EVENING})
    state.calendars[name] = CalendarRead(name, CalendarKind.LIFTING, (event,))
    chosen = SourceSettings(calendars=("calendar.gym",), person="person.anna", gyms=("zone.gym",))
    assert list(no_longer_told(state, chosen, EVENING)) == []


def calendar(hass: HomeAssistant, answer: Any) -> list[ServiceCall]:
    """Let calendars answer; return what they are asked."""
    asked: list[ServiceCall] = []

    async def get_events(call: ServiceCall) -> ServiceResponse:
        asked.append(call)
        if isinstance(answer, Exception):
            raise answer
        return {call.data["entity_id"]: {"events": answer}}

    hass.services.async_register(
        "calendar", "get_events", get_events, supports_response=SupportsResponse.ONLY
    )
    return asked


def planned(summary: str, start: datetime, hours: float = 1) -> dict[str, str]:
    """Return an event as calendars give it."""
    end = start + timedelta(hours=hours)
    return {"summary": summary, "start": start.isoformat(), "end": end.isoformat()}


async def test_calendars_are_read_again_when_something_changes(
    heard: Heard, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    """At the start, on a change, and once a day; what has no time is left out."""
    freezer.move_to(EVENING)
    items: list[Any] = [planned("Deadlift", EVENING), {"summary": "odd", "start": None}]
    asked = calendar(heard.hass, items)
    await heard.listen(calendars=("calendar.gym",), meetings=("calendar.work",))
    assert len(asked) == 2
    read = [fact for fact in heard.facts if isinstance(fact, CalendarRead)]
    assert [(one.kind, len(one.events)) for one in read] == [
        (CalendarKind.LIFTING, 1),
        (CalendarKind.MEETINGS, 1),
    ]
    assert caplog.text.count("has no usable time") == 2
    items.pop()
    await heard.shows("calendar.gym", "on")
    assert len(asked) == 3
    tomorrow = EVENING + timedelta(days=1)
    freezer.move_to(tomorrow)
    async_fire_time_changed(heard.hass, tomorrow, fire_all=True)
    await heard.settle()
    assert len(asked) == 5


@pytest.mark.parametrize(
    "error", [HomeAssistantError("offline"), TimeoutError(), KeyError("x"), OSError("no route")]
)
async def test_a_calendar_that_fails_is_said_once(
    heard: Heard, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The other sources go on, and so does what was read before."""
    calendar(heard.hass, error)
    await heard.listen(calendars=("calendar.gym",), events=SourceSettings().events)
    await heard.shows("calendar.gym", "on")
    await heard.happens("hevy_workout_completed", **HEVY)
    assert len(heard.facts) == 1
    assert caplog.text.count("calendar.gym tells: it cannot be read") == 1


async def test_past_workouts_of_a_calendar_are_trainings(
    heard: Heard, freezer: FrozenDateTimeFactory
) -> None:
    """Those that are over; not whole days."""
    freezer.move_to(EVENING)
    day = {"summary": "Deload", "start": "2026-11-19", "end": "2026-11-20"}
    past = planned("Push", EVENING - timedelta(hours=3))
    calendar(heard.hass, [day, past, planned("Pull", EVENING)])
    await heard.listen(logs=("calendar.workouts",))
    assert [report.title for report in heard.trainings] == ["Push"]


async def test_what_is_stopped_tells_nothing(heard: Heard) -> None:
    """Also when it was about to."""
    await heard.listen(events=SourceSettings().events)
    heard.stop()
    await heard.happens("hevy_workout_completed", **HEVY)
    heard.reporters[0].async_report(Away(value=True, at=EVENING))
    assert heard.facts == []


async def test_a_person_has_the_sources_they_chose(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """Without a seat nudges go by the time."""
    entry.add_to_hass(hass)
    chosen = {CONF_COACH: stored(PLAN)}
    alone = subentry("p1", "Anna", **chosen)
    assert [one.name for one in make_ways(hass, entry, alone).reporters] == [  # type: ignore[attr-defined]
        "event hevy_workout_completed"
    ]
    assert not settings_in_force(hass, alone).posture.presence
    seats = stored(SourceSettings(seats=("binary_sensor.chair",)))
    sitting = subentry("p2", "Ben", **chosen, **{CONF_SOURCES: seats})
    assert settings_in_force(hass, sitting).posture.presence


async def test_from_hevy_to_the_reminder(coached: Coached) -> None:
    """The whole way, with the ways that the person has."""
    hass = coached.home.hass
    coached.reporters = make_reporters(hass, coached.home.entry, SourceSettings(), "UTC")
    await coached.set_up()
    hass.bus.async_fire("hevy_workout_completed", HEVY)
    await coached.home.settle()
    await coached.wait(minutes=40)
    assert coached.notes.shown == ["release"]
    notice = coached.notes.items[0].notice
    assert notice is not None
    assert notice.why.english == "because you logged Deadlift (Barbell) at 17:40"
