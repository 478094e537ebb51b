"""The book of sessions: the same facts make the same session, in whatever order they come."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from contract_files import NOW, example
from custom_components.ql_release.const import DOMAIN
from custom_components.ql_release.contract.base import ContractError, read_record
from custom_components.ql_release.contract.common import Side
from custom_components.ql_release.contract.events import Event, event_from
from custom_components.ql_release.history.book import SessionBook, SessionChange
from custom_components.ql_release.history.record import (
    ReleaseRecord,
    SessionKind,
    SessionRecord,
    SessionSource,
    as_json,
)
from home import EPOCH, Home, subentry
from pytest_homeassistant_custom_component.common import MockConfigEntry

SESSION = "0bd1da612d5de8c0a89dc40571412ca1"
RELEASE = "ceba28808f8bcca310748a812261de67"
STORY = ("session-started", "release-released", "release-felt", "session-ended")


def _event(name: str, **changes: Any) -> Event:
    return event_from(example(f"event-{name}") | changes, NOW)


def _manual(**changes: Any) -> SessionRecord:
    at = datetime(2026, 11, 19, 18, 0, tzinfo=UTC)
    fields: dict[str, Any] = {
        "id": "manual-1",
        "source": SessionSource.MANUAL,
        "person": "p1",
        "started_at": at,
        "ended_at": at + timedelta(minutes=5),
        "duration_s": 300.0,
    }
    return SessionRecord(**fields | changes)


@pytest.fixture
async def book(home: Home, person: MockConfigEntry) -> SessionBook:
    """Return the book of Anna and Ben."""
    home.hass.config_entries.async_add_subentry(home.entry, subentry("p2", "Ben"))
    await home.set_up()
    return home.coordinator.sessions


async def test_a_session_is_written_down_when_it_has_ended(book: SessionBook) -> None:
    """With its releases and what the person answered."""
    changes: list[SessionChange] = []
    stop = book.async_listen(changes.append)
    for name in STORY[:3]:
        book.async_apply(_event(name))
    assert not book.all()
    assert not changes
    book.async_apply(_event(STORY[3]))
    (session,) = book.all()
    assert changes == [SessionChange(None, session)]
    assert session == book.get(SESSION)
    assert (session.source, session.kind) == (SessionSource.TOOL, SessionKind.RELEASE)
    assert (session.tool, session.bridge, session.person) == ("lounge", "home", "p1")
    assert (session.holds, session.hold_s, session.slips) == (1, 46.12, 1)
    assert session.ended_at - session.started_at == timedelta(seconds=46.12)
    (release,) = session.releases
    assert (release.id, release.confidence, release.felt) == (RELEASE, 0.86, True)
    assert session.worked(Side.LEFT)
    assert not session.worked(Side.RIGHT)
    stop()
    book.async_remove(SESSION)
    assert len(changes) == 1


@pytest.mark.parametrize("seed", range(30))
async def test_order_and_repeats_do_not_matter(book: SessionBook, seed: int) -> None:
    """Nor what is decided in the same moment."""
    ended = example("event-session-ended")
    events = [
        *(_event(name) for name in STORY),
        _event("session-reassigned"),
        _event("session-reassigned", id="b" * 32, person=None, decided_at=ended["decided_at"]),
        _event("session-ended", id="c" * 32, holds=2, decided_at="2026-11-20T17:05:47.000Z"),
        _event("release-felt", id="d" * 32, felt=False, decided_at="2026-11-20T18:00:00.000Z"),
        _event("release-released", id="a" * 32, at="2026-11-20T17:03:40.000Z"),
        _event("pressure-hold_ended"),
        _event("session-calibrated", session=SESSION),
    ]
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    shuffled = events + chance.choices(events, k=5)
    chance.shuffle(shuffled)
    for event in shuffled:
        book.async_apply(event)
    (session,) = book.all()
    assert session.person == "p2"
    assert session.holds == 2
    assert [(release.id, release.felt) for release in session.releases] == [
        (RELEASE, False),
        ("a" * 32, None),
    ]


def test_what_counts_as_a_release() -> None:
    """The person's own word before what was measured."""
    session = _manual(
        releases=tuple(
            ReleaseRecord(id=f"{number:032x}", at=NOW, confidence=confidence, felt=felt)
            for number, (confidence, felt) in enumerate(
                [(0.4, None), (0.6, None), (0.9, False), (0.3, True)]
            )
        )
    )
    assert [release.confidence for release in session.counted(0.5)] == [0.6, 0.3]
    assert [release.confidence for release in session.counted(0.7)] == [0.3]
    assert not session.counted(0.5, Side.LEFT)


async def test_what_was_deleted_stays_deleted(book: SessionBook) -> None:
    """Also if the bridge tells of it again; only writing it down brings it back."""
    for name in STORY:
        book.async_apply(_event(name))
    session = book.get(SESSION)
    assert session is not None
    changes: list[SessionChange] = []
    book.async_listen(changes.append)
    book.async_remove(SESSION)
    for name in STORY:
        book.async_apply(_event(name))
    book.async_remove(SESSION)
    book.async_remove("0" * 32)
    assert not book.all()
    assert changes == [SessionChange(session, None)]
    book.async_put(session)
    assert book.all() == [session]


async def test_whose_sessions(book: SessionBook, home: Home) -> None:
    """By id; nobody's are those of people who are not known."""
    mine = _manual()
    nobodys = _manual(id="manual-2", person=None)
    strangers = _manual(id="manual-3", person="p9")
    for session in (strangers, nobodys, mine):
        book.async_put(session)
    assert book.all() == [mine, nobodys, strangers]
    assert book.of("p1") == [mine]
    assert book.of("p2") == []
    assert book.of("p9") == [strangers]
    assert book.of(None) == [nobodys, strangers]
    book.async_apply(_event("release-released", session="e" * 32))
    book.async_apply(_event("session-started", session="f" * 32))
    book.async_forget_person("p1")
    assert book.all() == [nobodys, strangers]
    book.async_apply(_event("session-ended", session="f" * 32))
    assert book.all() == [nobodys, strangers]


async def test_what_was_the_only_persons_stays_theirs(home: Home, person: MockConfigEntry) -> None:
    """When others come; what is nobody's after that is nobody's."""
    await home.set_up()
    book = home.coordinator.sessions
    nobodys = _manual(person=None)
    strangers = _manual(id="manual-3", person="p9")
    for session in (nobodys, strangers):
        book.async_put(session)
    assert book.of("p1") == [nobodys]
    home.hass.config_entries.async_add_subentry(home.entry, subentry("p2", "Ben"))
    await home.settle()
    book.async_put(_manual(id="manual-2", person=None))
    assert [session.id for session in book.of("p1")] == ["manual-1"]
    assert [session.id for session in book.of(None)] == ["manual-2", "manual-3"]


async def test_what_was_the_only_persons_is_not_the_next_ones(
    home: Home, person: MockConfigEntry
) -> None:
    """Also if one went and the other came while the entry was not loaded."""
    await home.set_up()
    home.coordinator.sessions.async_put(_manual(person=None))
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    anna = home.entry.subentries[subentry("p1", "Anna").subentry_id]
    home.hass.config_entries.async_remove_subentry(home.entry, anna.subentry_id)
    home.hass.config_entries.async_add_subentry(home.entry, subentry("p2", "Ben"))
    await home.hass.config_entries.async_setup(home.entry.entry_id)
    await home.settle()
    book = home.coordinator.sessions
    assert book.of("p2") == []
    assert [session.id for session in book.of("p1")] == ["manual-1"]


async def test_sessions_outlive_a_restart(book: SessionBook, home: Home) -> None:
    """Those that are over, those that are not, and that some were deleted."""
    for name in STORY:
        book.async_apply(_event(name))
    book.async_apply(_event("release-released", id="a" * 32, session="f" * 32))
    book.async_put(_manual(note="after squats"))
    book.async_put(_manual(id="manual-2"))
    book.async_remove("manual-2")
    before = book.all()
    assert await home.hass.config_entries.async_reload(home.entry.entry_id)
    book = home.coordinator.sessions
    assert book.all() == before
    book.async_apply(_event("session-ended", session="f" * 32))
    found = book.get("f" * 32)
    assert found is not None
    assert len(found.releases) == 1
    assert home.coordinator.store.sessions["manual-2"].removed


async def test_history_is_told_anew_to_who_kept_no_sessions(
    home: Home, hass_storage: dict[str, Any]
) -> None:
    """A file of the first version has a cursor, and nothing of what is before it."""
    hass_storage[f"{DOMAIN}.{home.entry.entry_id}"] = {
        "version": 1,
        "data": {"cursors": {"home": {"epoch": EPOCH, "seq": 211}}},
    }
    home.journal = [example(f"event-{name}") for name in STORY]
    await home.set_up()
    await home.bridge_online()
    await home.until(lambda: home.coordinator.sessions.get(SESSION))
    assert home.asked("history")[0]["after"] is None


async def test_a_stored_session_that_is_none_is_left_out(
    home: Home, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """And told; the others are there, also with what is not known of."""
    good = as_json(_manual())
    ended = {"at": "2026-11-19T18:05:00.000Z", "by": "0", "record": good | {"mood": "fine"}}
    hass_storage[f"{DOMAIN}.{home.entry.entry_id}"] = {
        "version": 1,
        "minor_version": 2,
        "data": {
            "cursors": {},
            "sessions": [
                {"id": "manual-1", "ended": ended, "later": 1},
                {"id": "manual-2", "ended": ended | {"record": good | {"holds": -1}}},
                "nothing",
            ],
        },
    }
    await home.set_up()
    assert [session.id for session in home.coordinator.sessions.all()] == ["manual-1"]
    assert caplog.text.count("A stored session is left out") == 2
    assert "ended.record.holds is out of range" in caplog.text


def test_a_record_is_read_as_it_was_written() -> None:
    """All of it, and nothing that is as usual."""
    session = read_record(
        SessionRecord,
        example("event-session-ended")
        | {"id": SESSION, "ended_at": "2026-11-20T17:03:46.360Z"}
        | {"releases": [], "note": None},
    )
    assert read_record(SessionRecord, as_json(session)) == session
    assert "kind" not in as_json(session)
    with pytest.raises(ContractError, match="id must match"):
        read_record(SessionRecord, as_json(session) | {"id": "mine"})
