"""Long-term statistics in a real recorder: whatever comes, in any order, the same rows."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from custom_components.ql_release.contract.common import Placement, Side, Zone
from custom_components.ql_release.contract.session import CoverageEntry
from custom_components.ql_release.history import statistics
from custom_components.ql_release.history.record import (
    ReleaseRecord,
    SessionKind,
    SessionRecord,
    SessionSource,
)
from custom_components.ql_release.history.rows import Measure, Series
from custom_components.ql_release.history.statistics import EARLIEST, statistic_id
from home import Home, subentry
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MqttMockHAClient

FIRST = datetime(2026, 10, 24, 17, 40, tzinfo=UTC)
"""The evening before clocks go back."""
ANNA, BEN = "p1", "p-2"


@pytest.fixture
def home(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
) -> Home:
    """Return a home of Anna and Ben that keeps statistics."""
    entry.add_to_hass(hass)
    for person, name in ((ANNA, "Anna"), (BEN, "Ben")):
        hass.config_entries.async_add_subentry(entry, subentry(person, name))
    return Home(hass, entry, mqtt_mock)


@pytest.fixture(autouse=True)
def _at_once() -> Any:
    """Write as soon as something changes."""
    with patch.object(statistics, "COOLDOWN_S", 0.0):
        yield


def session(number: int, *, hours: float, person: str = ANNA, **more: Any) -> SessionRecord:
    """Return a session: two minutes of holds on the left, one on the right, one release."""
    start = FIRST + timedelta(hours=hours)
    fields: dict[str, Any] = {
        "source": SessionSource.TOOL,
        "ended_at": start + timedelta(minutes=5),
        "duration_s": 300.0,
        "hold_s": 180.0,
        "holds": 3,
        "coverage": (_got(Side.LEFT, 2, 120.0), _got(Side.RIGHT, 1, 60.0)),
        "releases": (
            ReleaseRecord(
                id=f"{number:032x}",
                at=start + timedelta(minutes=1),
                placement=Placement(muscle="psoas", side=Side.LEFT, zone=Zone.UPPER),
                confidence=0.9,
            ),
        ),
    }
    return SessionRecord(id=f"{number:032x}", person=person, started_at=start, **(fields | more))


def _got(side: Side, holds: int, hold_s: float) -> CoverageEntry:
    return CoverageEntry(muscle="psoas", side=side, zone=Zone.UPPER, holds=holds, hold_s=hold_s)


async def recorded(home: Home) -> None:
    """Wait for the recorder; an empty queue is not enough, for its last task may still run."""
    await home.settle()
    done = home.hass.loop.create_future()
    get_instance(home.hass).queue_task(SynchronizeTask(done))
    await done


async def rows(home: Home, person: str = ANNA) -> dict[str, list[tuple[datetime, float, float]]]:
    """Return what stands in the recorder: hour, value and total by series."""
    await recorded(home)
    await recorded(home)
    ids = {statistic_id(person, series): series.key for series in Series.all()}
    found = await get_instance(home.hass).async_add_executor_job(
        statistics_during_period,
        home.hass,
        EARLIEST,
        None,
        set(ids),
        "hour",
        None,
        {"state", "sum"},
    )
    return {
        ids[name]: [
            (datetime.fromtimestamp(one["start"], UTC), one["state"] or 0.0, one["sum"] or 0.0)
            for one in some
        ]
        for name, some in found.items()
    }


async def put(home: Home, *sessions: SessionRecord) -> None:
    """Write sessions into the book."""
    for one in sessions:
        home.coordinator.sessions.async_put(one)
    await home.settle()


async def test_each_series_has_its_rows(home: Home) -> None:
    """By person and side, at the hour at which it was; names are for people."""
    await home.set_up()
    await put(home, session(1, hours=0), session(2, hours=2), session(3, hours=0.1, person=BEN))
    found = await rows(home)
    hour = FIRST.replace(minute=0)
    later = hour + timedelta(hours=2)
    assert found == {
        "minutes": [(hour, 3, 3), (later, 3, 6)],
        "left_minutes": [(hour, 2, 2), (later, 2, 4)],
        "right_minutes": [(hour, 1, 1), (later, 1, 2)],
        "holds": [(hour, 3, 3), (later, 3, 6)],
        "left_holds": [(hour, 2, 2), (later, 2, 4)],
        "right_holds": [(hour, 1, 1), (later, 1, 2)],
        "releases": [(hour, 1, 1), (later, 1, 2)],
        "left_releases": [(hour, 1, 1), (later, 1, 2)],
    }
    assert (await rows(home, BEN))["holds"] == [(hour, 3, 3)]
    listed = await get_instance(home.hass).async_add_executor_job(list_statistic_ids, home.hass)
    names = {one["statistic_id"]: one["name"] for one in listed}
    assert names["ql_release:p1_left_holds"] == "Anna: holds, left"
    assert statistic_id(BEN, Series(Measure.HOLDS, None)).startswith("ql_release:p_2_")


async def test_what_came_while_it_was_off_is_there_afterwards(home: Home) -> None:
    """Rows are compared at the start, and nothing is written that is right already."""
    await home.set_up()
    await put(home, session(1, hours=0))
    before = await rows(home)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    with patch.object(statistics, "async_add_external_statistics") as add:
        await home.hass.config_entries.async_setup(home.entry.entry_id)
        assert await rows(home) == before
    add.assert_not_called()


def _scramble(seed: int) -> list[Callable[[Home], None]]:
    """Return the same changes in an order of their own; each session's stay in theirs."""
    early = [session(number, hours=number * 7) for number in range(1, 7)]
    stories: list[list[Callable[[Home], None]]] = [
        [_put(early[0]), _put(session(1, hours=7, person=BEN))],
        [_put(early[1]), _remove(early[1])],
        [_put(early[2]), _put(session(3, hours=21, hold_s=60.0, holds=1))],
        [_put(early[3])],
        [_put(session(5, hours=28.2))],
        [_put(session(6, hours=42, kind=SessionKind.STRETCH)), _put(early[5])],
    ]
    mixed = []
    dice = random.Random(seed)  # noqa: S311 - an order, no secret
    while any(stories):
        story = dice.choice([one for one in stories if one])
        mixed.append(story.pop(0))
    return mixed


def _put(record: SessionRecord) -> Callable[[Home], None]:
    return lambda home: home.coordinator.sessions.async_put(record)


def _remove(record: SessionRecord) -> Callable[[Home], None]:
    return lambda home: home.coordinator.sessions.async_remove(record.id)


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_gives_the_same_rows(home: Home, seed: int) -> None:
    """Late, corrected, given to someone else, deleted; across the end of summer time."""
    await home.set_up()
    dice = random.Random(seed + 100)  # noqa: S311
    for change in _scramble(seed):
        change(home)
        if dice.random() < 0.5:
            await rows(home)
        if dice.random() < 0.2:
            await home.hass.config_entries.async_reload(home.entry.entry_id)
    found = {person: await rows(home, person) for person in (ANNA, BEN)}
    totals = {person: some["holds"][-1][2] for person, some in found.items()}
    assert totals == {ANNA: 10, BEN: 3}
    assert [row[:2] for row in found[ANNA]["holds"]] == [
        (datetime(2026, 10, 25, 14, tzinfo=UTC), 1),
        (datetime(2026, 10, 25, 21, tzinfo=UTC), 6),
        (datetime(2026, 10, 26, 11, tzinfo=UTC), 3),
    ]


async def test_long_histories_are_handed_over_in_slices(home: Home) -> None:
    """The loop turns between."""
    await home.set_up()
    with patch.object(statistics, "async_add_external_statistics") as add:
        await put(home, *(session(number, hours=number) for number in range(450)))
        await home.settle()
    sizes = [
        len(call.args[2])
        for call in add.call_args_list
        if call.args[1]["statistic_id"] == "ql_release:p1_holds"
    ]
    assert sizes == [200, 200, 50]


async def test_a_person_who_is_forgotten_leaves_no_rows(home: Home) -> None:
    """Others keep theirs."""
    await home.set_up()
    await put(home, session(1, hours=0), session(2, hours=0, person=BEN))
    await rows(home)
    home.coordinator._statistics.async_forget(ANNA)
    assert await rows(home) == {}
    assert (await rows(home, BEN))["holds"]


async def test_without_a_recorder_nothing_is_written(
    hass: HomeAssistant, mqtt_mock: MqttMockHAClient, entry: MockConfigEntry
) -> None:
    """It is no dependency."""
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, subentry(ANNA, "Anna"))
    home = Home(hass, entry, mqtt_mock)
    await home.set_up()
    await put(home, session(1, hours=0))
    home.coordinator._statistics.async_people_changed()
    home.coordinator._statistics.async_forget(ANNA)
