"""A phone with the companion app, through Home Assistant's own mobile_app integration."""

from collections.abc import AsyncGenerator, Generator
from datetime import timedelta

import pytest
from companion import Companion, app_integration, companion
from custom_components.ql_release.coach import Action
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from told import EVENING, Told


@pytest.fixture
def _app() -> Generator[None]:
    """Let the companion app's integration load."""
    with app_integration():
        yield


@pytest.fixture
async def phones(
    _app: None, hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> AsyncGenerator[tuple[Companion, Companion]]:
    """Return Anna's phone and her tablet."""
    assert await async_setup_component(hass, "mobile_app", {})
    await hass.async_block_till_done()
    client = await hass_client()
    async with (
        companion(hass, client, "Annas phone") as phone,
        companion(hass, client, "Annas tablet") as tablet,
    ):
        yield phone, tablet


@pytest.fixture
async def bens(
    hass: HomeAssistant,
    phones: tuple[Companion, Companion],
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> AsyncGenerator[Companion]:
    """Return the phone of another user."""
    client = await hass_client(hass_read_only_access_token)
    async with companion(hass, client, "Bens phone") as phone:
        yield phone


@pytest.fixture
async def anna(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, phones: tuple[Companion, Companion]
) -> Told:
    """Return Anna, who is told on both."""
    freezer.move_to(EVENING)
    told = Told(hass, freezer, targets=("mobile_app_annas_phone", "mobile_app_annas_tablet"))
    await told.start()
    return told


async def test_from_training_to_session(anna: Told, phones: tuple[Companion, Companion]) -> None:
    """Pushed with buttons, put off through the webhook, shown again, cleared by the session."""
    phone, tablet = phones
    await anna.train()
    assert len(phone.standing) == len(tablet.standing) == 1
    await phone.press("In 30 minutes")
    await anna.decide()
    assert [answer.action for answer in anna.answers] == [Action.SNOOZE]
    assert not tablet.standing
    await anna.decide(after=timedelta(minutes=31))
    assert len(phone.standing) == len(tablet.standing) == 1
    await anna.release()
    assert not phone.standing
    assert not tablet.standing
    assert not anna.issues()


async def test_begun_on_one_phone(anna: Told, phones: tuple[Companion, Companion]) -> None:
    """Whoever begins need not be asked on the other."""
    phone, tablet = phones
    await anna.train()
    await phone.press("Start")
    await anna.decide()
    assert not tablet.standing


async def test_phone_of_another_person(
    bens: Companion, anna: Told, phones: tuple[Companion, Companion]
) -> None:
    """Ben, who has seen her buttons, cannot answer for her."""
    phone, _ = phones
    await anna.train()
    bens.standing = dict(phone.standing)
    await bens.press("Skip")
    await anna.decide()
    assert not anna.answers
    await phone.press("Skip")
    assert [answer.action for answer in anna.answers] == [Action.SKIP]


async def test_phone_that_was_removed(
    hass: HomeAssistant, anna: Told, phones: tuple[Companion, Companion]
) -> None:
    """The other one is told, and a repair names the one that is gone."""
    _, tablet = phones
    entry = next(
        one for one in hass.config_entries.async_entries("mobile_app") if "phone" in one.title
    )
    await hass.config_entries.async_remove(entry.entry_id)
    await anna.train()
    assert len(tablet.standing) == 1
    issue = anna.issues()["delivery_missing"]
    assert issue.translation_placeholders == {
        "person": "Anna",
        "target": "mobile_app_annas_phone",
    }
