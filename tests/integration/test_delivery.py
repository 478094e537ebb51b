"""How a person is told, and what becomes of their answers."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any

import probatio
import pytest
from custom_components.ql_release.coach import Action
from custom_components.ql_release.coach.outbox import tell
from custom_components.ql_release.coach.settings import LATER_MIN, SNOOZE_MIN
from custom_components.ql_release.coaching.delivery.answer_ids import AnswerId
from custom_components.ql_release.coaching.delivery.calls import Fault
from custom_components.ql_release.coaching.delivery.composer import WORDS
from custom_components.ql_release.coaching.delivery.issues import UNANSWERED
from freezegun.api import FrozenDateTimeFactory
from hassfest.integration import FOLDER
from homeassistant.components import persistent_notification
from homeassistant.const import STATE_IDLE, STATE_UNAVAILABLE
from homeassistant.core import CoreState, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import async_mock_service
from told import ANNA, BEN, EVENING, Told, phone

PHONE = "mobile_app_annas_phone"
TABLET = "mobile_app_annas_tablet"


@pytest.fixture(autouse=True)
def _evening(freezer: FrozenDateTimeFactory) -> None:
    """Begin when she has trained."""
    freezer.move_to(EVENING)


@pytest.fixture
def devices(hass: HomeAssistant) -> dict[str, list[ServiceCall]]:
    """Register her phone and her tablet; return what they are told."""
    for name in ("Annas phone", "Annas tablet"):
        phone(hass, name, ANNA)
    return {name: async_mock_service(hass, "notify", name) for name in (PHONE, TABLET)}


@pytest.fixture
async def anna(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, devices: dict[str, list[ServiceCall]]
) -> Told:
    """Return Anna, told on her phone and her tablet."""
    told = Told(hass, freezer, targets=(PHONE, f"notify.{TABLET}"))
    await told.start()
    return told


def buttons(call: ServiceCall) -> dict[str, str]:
    """Return the buttons of a notification: id by title."""
    return {one["title"]: one["action"] for one in call.data["data"]["actions"]}


async def test_reminder_on_phones(anna: Told, devices: dict[str, list[ServiceCall]]) -> None:
    """It says what and why, has its buttons, and stands under one tag on all devices."""
    await anna.train()
    (call,), (same,) = devices[PHONE], devices[TABLET]
    assert dict(call.data) == dict(same.data)
    assert call.data["title"] == "Time to release"
    assert call.data["message"].endswith("\nBecause you logged Deadlift at 18:00.")
    data = call.data["data"]
    assert list(buttons(call)) == ["Start", "In 30 minutes", "Skip"]
    assert data["tag"] == f"ql_release_{anna.subentry.subentry_id}_release"
    assert (data["group"], data["channel"], data["importance"]) == (
        "ql_release",
        "Release reminders",
        "high",
    )
    assert data["push"] == {"interruption-level": "active"}
    assert "timeout" not in data
    assert all(done for _, done in anna.delivered)
    assert not anna.issues()


async def test_nudge_on_phones(anna: Told, devices: dict[str, list[ServiceCall]]) -> None:
    """It has its own buttons, tag and channel, and goes when it is stale."""
    await anna.sit()
    (call,) = devices[PHONE]
    data = call.data["data"]
    assert list(buttons(call)) == ["Done", "In 15 minutes", "Enough for today"]
    assert data["tag"] == f"ql_release_{anna.subentry.subentry_id}_nudge"
    assert (data["channel"], data["importance"]) == ("Changes of position", "default")
    assert data["timeout"] == 3600


async def test_cleared_by_a_session(anna: Told, devices: dict[str, list[ServiceCall]]) -> None:
    """The tool is the proof: it goes from every device."""
    await anna.train()
    await anna.release()
    for told in devices.values():
        assert told[-1].data == {
            "message": "clear_notification",
            "data": {"tag": told[0].data["data"]["tag"]},
        }


@pytest.mark.parametrize(
    ("spots", "still"),
    [
        (2, "right upper and right lower"),
        (3, "right lower"),
        (0, "left upper, left lower, right upper and right lower"),
    ],
)
async def test_half_of_it_done(
    anna: Told, devices: dict[str, list[ServiceCall]], spots: int, still: str
) -> None:
    """Only what is missing is asked for."""
    await anna.train()
    await anna.release(spots)
    await anna.decide(after=timedelta(hours=2, minutes=1))
    message = devices[PHONE][-1].data["message"]
    assert message.startswith(f"Nearly there. Still open: {still}.\n")


@pytest.mark.parametrize(
    ("title", "action", "again_after", "shown"),
    [
        ("Start", Action.START, 119, 1),
        ("Start", Action.START, 121, 2),
        ("In 30 minutes", Action.SNOOZE, 29, 1),
        ("In 30 minutes", Action.SNOOZE, 31, 2),
        ("Skip", Action.SKIP, 600, 1),
    ],
)
async def test_answer_to_a_reminder(
    anna: Told,
    devices: dict[str, list[ServiceCall]],
    *,
    title: str,
    action: Action,
    again_after: int,
    shown: int,
) -> None:
    """Each is taken, clears every device, and puts off what comes next as it says."""
    await anna.train()
    await anna.press(buttons(devices[PHONE][0])[title])
    assert [answer.action for answer in anna.answers] == [action]
    await anna.decide()
    for told in devices.values():
        assert [call.data["message"] for call in told[1:]] == ["clear_notification"]
    await anna.decide(after=timedelta(minutes=again_after))
    again = [call for call in devices[PHONE] if call.data["message"] != "clear_notification"]
    assert len(again) == shown


@pytest.mark.parametrize(
    ("title", "action", "again_after", "shown"),
    [
        ("Done", Action.DONE, 49, 1),
        ("Done", Action.DONE, 51, 2),
        ("In 15 minutes", Action.LATER, 14, 1),
        ("In 15 minutes", Action.LATER, 16, 2),
        ("Enough for today", Action.ENOUGH, 59, 1),
    ],
)
async def test_answer_to_a_nudge(
    anna: Told,
    freezer: FrozenDateTimeFactory,
    devices: dict[str, list[ServiceCall]],
    *,
    title: str,
    action: Action,
    again_after: int,
    shown: int,
) -> None:
    """Each is taken, clears every device, and puts off what comes next as it says."""
    freezer.move_to(EVENING.replace(hour=12))
    await anna.sit()
    await anna.press(buttons(devices[PHONE][0])[title])
    assert [answer.action for answer in anna.answers] == [action]
    await anna.decide()
    for told in devices.values():
        assert [call.data["message"] for call in told[1:]] == ["clear_notification"]
    await anna.decide(after=timedelta(minutes=again_after))
    again = [call for call in devices[PHONE] if call.data["message"] != "clear_notification"]
    assert len(again) == shown


@pytest.mark.parametrize("user", [BEN, None])
async def test_answer_of_a_stranger(
    anna: Told, devices: dict[str, list[ServiceCall]], user: str | None
) -> None:
    """An id that was seen elsewhere is not enough."""
    await anna.train()
    await anna.press(buttons(devices[PHONE][0])["Skip"], user=user)
    assert not anna.answers


async def test_answers_of_two_people(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, anna: Told
) -> None:
    """Who shares a phone answers what is theirs."""
    ben = Told(hass, freezer, "p2", targets=(PHONE,))
    await ben.start()
    await anna.train()
    freezer.move_to(EVENING)
    await ben.train()
    item = next(item for item, _ in ben.delivered if item.notice)
    assert item.notice
    skip = AnswerId.of(ben.subentry.subentry_id, item, item.notice, "skip")
    await ben.press(str(skip))
    assert (len(anna.answers), len(ben.answers)) == (0, 1)


async def test_answer_to_a_reminder_that_is_over(
    anna: Told, devices: dict[str, list[ServiceCall]]
) -> None:
    """A phone that was off shows it still; the reminder of today is none of its business."""
    await anna.train()
    stale = buttons(devices[PHONE][0])["Skip"]
    await anna.release()
    anna.freezer.tick(timedelta(days=3))
    await anna.train()
    await anna.press(stale)
    assert not anna.answers
    await anna.press(buttons(devices[PHONE][-1])["Skip"])
    assert len(anna.answers) == 1


async def test_answer_to_a_nudge_of_yesterday(
    anna: Told, freezer: FrozenDateTimeFactory, devices: dict[str, list[ServiceCall]]
) -> None:
    """Enough for yesterday is not enough for today."""
    freezer.move_to(EVENING.replace(hour=12))
    await anna.sit()
    enough = buttons(devices[PHONE][0])["Enough for today"]
    freezer.tick(timedelta(days=1))
    await anna.press(enough)
    assert not anna.answers


async def test_answer_after_a_restart(
    hass: HomeAssistant, anna: Told, devices: dict[str, list[ServiceCall]]
) -> None:
    """What stood on the phone before is answered as ever."""
    await anna.train()
    anna.courier.async_stop()
    skip = buttons(devices[PHONE][0])["Skip"]
    await anna.press(skip)
    assert not anna.answers
    anna.courier = type(anna.courier)(hass, anna.entry, anna.subentry, anna.settings)
    await anna.start()
    await anna.decide()
    await anna.press(skip)
    assert len(anna.answers) == 1


@pytest.mark.parametrize(
    "action",
    [
        None,
        7,
        "URI",
        "ql_release.x.release.1.skip",
        "ql_release.{}.release.1.dance",
        "ql_release.{}.nudge.never.done",
        "ql_release.{}.nudge.99999999999.done",
        "ql_release.{}.release.x.skip.skip",
        "other.{}.release.1.skip",
    ],
)
async def test_ids_of_others(anna: Told, action: Any) -> None:
    """Anybody may send anything."""
    await anna.train()
    if isinstance(action, str):
        action = action.format(anna.subentry.subentry_id)
    await anna.press(action)
    assert not anna.answers


async def test_swiped_away(
    hass: HomeAssistant, anna: Told, devices: dict[str, list[ServiceCall]]
) -> None:
    """It is no answer."""
    await anna.train()
    data = {"action": buttons(devices[PHONE][0])["Skip"]}
    hass.bus.async_fire("mobile_app_notification_cleared", data)
    await hass.async_block_till_done()
    assert not anna.answers


async def test_targets_without_buttons(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """They say how to answer; what cannot be taken back is left."""
    mail = async_mock_service(hass, "notify", "mail")
    entity = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set("notify.speaker", STATE_IDLE)
    anna = Told(
        hass,
        freezer,
        targets=("mail", "notify.mail", "notify.speaker", "persistent_notification"),
        persistent=True,
    )
    await anna.start()
    await anna.train()
    text = mail[0].data["message"]
    assert mail[0].data["title"] == "Time to release"
    assert "\n\nBecause you logged Deadlift at 18:00.\n\nTo put it off or to skip it" in text
    assert (
        entity[0].data
        == {
            "entity_id": ["notify.speaker"],
            "title": "Time to release",
            "message": text,
        }
        or entity[0].data["message"] == text
    )
    wall = persistent_notification._async_get_or_create_notifications(hass)
    assert [one["message"] for one in wall.values()] == [text]
    await anna.release()
    assert not wall
    assert (len(mail), len(entity)) == (2, 1)


async def test_nobody_is_to_be_told(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Entities and automations do it then."""
    anna = Told(hass, freezer)
    await anna.start()
    await anna.train()
    assert all(done for _, done in anna.delivered)
    assert not anna.issues()


async def test_while_home_assistant_starts(
    hass: HomeAssistant, anna: Told, devices: dict[str, list[ServiceCall]]
) -> None:
    """What is not there yet is not gone: it is delivered later."""
    hass.set_state(CoreState.starting)
    await anna.train()
    assert not any(devices.values())
    assert not any(done for _, done in anna.delivered)
    assert not anna.issues()
    hass.set_state(CoreState.running)
    await anna.decide()
    assert len(devices[PHONE]) == 1


async def test_happenings_are_not_told(anna: Told, devices: dict[str, list[ServiceCall]]) -> None:
    """They are for automations."""
    tell(anna.coach.state, anna.now, "training_ended")
    await anna.decide()
    assert [done for _, done in anna.delivered] == [True]
    assert not any(devices.values())


@pytest.mark.parametrize(
    ("error", "key", "reason"),
    [
        (HomeAssistantError("no paper"), "delivery_failed", "no paper"),
        (ValueError(), "delivery_failed", "ValueError"),
        (probatio.Invalid("no such field"), "delivery_failed", "no such field"),
        (TimeoutError(), "delivery_silent", None),
    ],
)
async def test_target_that_fails(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    devices: dict[str, list[ServiceCall]],
    *,
    error: Exception,
    key: str,
    reason: str | None,
) -> None:
    """The others are told; a repair says so, and goes when it works."""
    async_mock_service(hass, "notify", "mail", raise_exception=error)
    anna = Told(hass, freezer, targets=("mail", PHONE))
    await anna.start()
    await anna.train()
    assert len(devices[PHONE]) == 1
    assert all(done for _, done in anna.delivered)
    issue = anna.issues()[key]
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["target"] == "mail"
    assert issue.translation_placeholders.get("reason") == reason
    async_mock_service(hass, "notify", "mail")
    await anna.decide(after=timedelta(hours=2, minutes=1))
    assert not anna.issues()


async def test_target_that_never_answers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    devices: dict[str, list[ServiceCall]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is waited for, but not for ever."""

    async def never(_call: ServiceCall) -> None:
        await asyncio.Event().wait()

    hass.services.async_register("notify", "mail", never)
    targets = "custom_components.ql_release.coaching.delivery.targets"
    monkeypatch.setattr(f"{targets}.WITHIN_S", 0.0)
    anna = Told(hass, freezer, targets=("mail", PHONE))
    await anna.start()
    await anna.train()
    assert len(devices[PHONE]) == 1
    assert list(anna.issues()) == ["delivery_silent"]


async def test_targets_that_are_gone(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """One repair each; after a few tries it is let be, and no reminder comes every minute."""
    anna = Told(hass, freezer, targets=("mail", "notify.gone"))
    await anna.start()
    await anna.train()
    for _ in range(4):
        await anna.decide(after=timedelta(minutes=1))
    tries = [done for item, done in anna.delivered if item.notice]
    assert tries == [False, False, True]
    assert list(anna.issues()) == ["delivery_missing"]
    anna.courier.async_stop()
    assert not anna.issues()


async def test_target_that_comes_and_goes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It is told before a reminder is lost, and taken back without one."""
    hass.states.async_set("media_player.gym", STATE_IDLE)
    anna = Told(hass, freezer, targets=("mail", "notify.bell"), speak=("media_player.gym",))
    await anna.start()
    await anna.decide()
    assert len(ir.async_get(hass).issues) == 2
    async_mock_service(hass, "notify", "mail")
    hass.states.async_set("notify.bell", STATE_IDLE)
    await anna.decide()
    assert not anna.issues()
    hass.states.async_remove("media_player.gym")
    await anna.decide()
    assert list(anna.issues()) == ["delivery_missing"]
    assert not anna.delivered


async def test_entity_of_a_phone(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    devices: dict[str, list[ServiceCall]],
) -> None:
    """It has no buttons, but the phone's service has."""
    entry = next(one for one in hass.config_entries.async_entries("mobile_app"))
    entity = entity_registry.async_get_or_create("notify", "mobile_app", "x", config_entry=entry)
    anna = Told(hass, freezer, targets=(entity.entity_id,))
    await anna.start()
    await anna.train()
    await anna.press(buttons(devices[PHONE][0])["Skip"])
    assert len(anna.answers) == 1


async def test_entity_that_is_unavailable(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """A call would seem to have worked."""
    called = async_mock_service(hass, "notify", "send_message")
    hass.states.async_set("notify.speaker", STATE_UNAVAILABLE)
    anna = Told(hass, freezer, targets=("notify.speaker",), persistent=True)
    await anna.start()
    await anna.train()
    assert not called
    assert list(anna.issues()) == ["delivery_silent"]


async def test_unanswered(anna: Told) -> None:
    """Three in a row say that somebody should look; an answer or a session is enough."""
    await anna.train()
    for _ in range(30):
        await anna.decide(after=timedelta(hours=2))
    assert "delivery_unanswered" in anna.issues()
    await anna.release()
    assert not anna.issues()


@pytest.fixture
def voices(hass: HomeAssistant) -> dict[str, list[ServiceCall]]:
    """Have speakers, a satellite and an engine; return what is said."""
    for entity in ("media_player.gym", "media_player.bath", "assist_satellite.hall", "tts.voice"):
        hass.states.async_set(entity, STATE_IDLE)
    return {
        "tts": async_mock_service(hass, "tts", "speak"),
        "satellite": async_mock_service(hass, "assist_satellite", "announce"),
    }


SPEAKERS = ("media_player.gym", "media_player.bath", "assist_satellite.hall")


async def test_said_aloud(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, voices: dict[str, list[ServiceCall]]
) -> None:
    """By media players through the engine, and by satellites; never a title, never a button."""
    anna = Told(hass, freezer, speak=SPEAKERS, tts="tts.voice")
    await anna.start()
    await anna.train()
    spoken = voices["satellite"][0].data["message"]
    assert spoken.endswith(" Because you logged Deadlift at 18:00.")
    assert [call.data for call in voices["tts"]] == [
        {"entity_id": "tts.voice", "media_player_entity_id": one, "message": spoken}
        for one in SPEAKERS[:2]
    ]
    assert all(done for _, done in anna.delivered)
    await anna.release()
    assert len(voices["satellite"]) == 1


async def test_speech_keeps_nobody_waiting(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    devices: dict[str, list[ServiceCall]],
    voices: dict[str, list[ServiceCall]],
) -> None:
    """The phone has it while the speaker still speaks."""
    speaking = asyncio.Event()

    async def speak(_call: ServiceCall) -> None:
        await speaking.wait()

    hass.services.async_register("tts", "speak", speak)
    anna = Told(hass, freezer, targets=(PHONE,), speak=SPEAKERS[:1], tts="tts.voice")
    await anna.start()
    anna.report()
    freezer.tick(timedelta(hours=1))
    for item in anna.coach.decide(anna.now).outbox:
        assert await anna.courier.async_deliver(item)
    assert len(devices[PHONE]) == 1
    anna.courier.async_stop()
    speaking.set()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not anna.issues()


@pytest.mark.parametrize("gone", ["media_player.gym", "tts.voice", "assist_satellite.hall"])
async def test_voice_that_is_gone(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    voices: dict[str, list[ServiceCall]],
    gone: str,
) -> None:
    """Whoever is left speaks; the repair names what is missing, and goes when it is back."""
    hass.states.async_remove(gone)
    anna = Told(hass, freezer, speak=SPEAKERS, tts="tts.voice")
    await anna.start()
    await anna.train()
    issue = anna.issues()["delivery_missing"]
    assert issue.translation_placeholders == {"person": "Anna", "target": gone}
    assert sum(len(calls) for calls in voices.values()) >= 1
    hass.states.async_set(gone, STATE_IDLE)
    await anna.decide(after=timedelta(hours=2, minutes=1))
    assert not anna.issues()


async def test_no_engine(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, voices: dict[str, list[ServiceCall]]
) -> None:
    """A media player cannot speak by itself."""
    anna = Told(hass, freezer, speak=SPEAKERS[:1])
    await anna.start()
    await anna.train()
    assert list(anna.issues()) == ["delivery_mute"]


def test_each_fault_has_its_words() -> None:
    """A repair says what to do next."""
    texts = json.loads((FOLDER / "translations/en.json").read_text("utf-8"))["issues"]
    for key in (*Fault, UNANSWERED):
        told = texts[f"delivery_{key}"]
        assert "{person}" in told["title"]
        flow = told.get("fix_flow", {"step": {"instead": told}})
        assert "hoose" in flow["step"]["instead"]["description"]


async def test_phone_that_nobody_registered(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """It may be told, but nobody's answer is taken for its owner's."""
    called = async_mock_service(hass, "notify", PHONE)
    anna = Told(hass, freezer, targets=(PHONE,))
    anna.courier.async_stop()
    await anna.start()
    await anna.train()
    await anna.press(buttons(called[0])["Skip"])
    assert not anna.answers


def test_the_page_tells_of_each_repair() -> None:
    """In the words of its title, and of each button and channel in its own."""
    page = (FOLDER.parents[2] / "docs/home-assistant/coach.md").read_text("utf-8")
    texts = json.loads((FOLDER / "translations/en.json").read_text("utf-8"))
    for key in (*Fault, UNANSWERED):
        *_, told = re.split(r"\{\w+\}:? ", texts["issues"][f"delivery_{key}"]["title"])
        assert f"*{told}*" in page
    for key, english in WORDS.items():
        if key.startswith(("answer_", "channel_")):
            minutes = SNOOZE_MIN if key == "answer_snooze" else LATER_MIN
            said = re.sub(r"\s+", " ", page)
            assert f"*{english.format(minutes=minutes)}*" in said
