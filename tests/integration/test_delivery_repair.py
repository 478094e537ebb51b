"""A target that is gone is replaced by answering a question."""

from typing import Any

import pytest
from custom_components.ql_release.coaching.settings import DeliverySettings, delivery_settings
from custom_components.ql_release.const import DOMAIN
from custom_components.ql_release.repairs import async_create_fix_flow
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_mock_service, mock_component
from told import EVENING, Told

SETTINGS: dict[str, Any] = {
    "targets": ("gone", "mail"),
    "speak": ("media_player.gone", "assist_satellite.hall"),
    "tts": "tts.gone",
}


async def _repairs(hass: HomeAssistant) -> None:
    """Have repairs, and the integration's own among them."""
    mock_component(hass, DOMAIN)
    assert await async_setup_component(hass, REPAIRS, {})


@pytest.fixture
async def anna(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Told:
    """Return Anna, of whose targets only some are there."""
    freezer.move_to(EVENING)
    await _repairs(hass)
    for service in ("mail", "pager", "notify"):
        async_mock_service(hass, "notify", service)
    hass.states.async_set("notify.bell", "unknown")
    told = Told(hass, freezer, **SETTINGS)
    await told.start()
    await told.train()
    return told


def manager(hass: HomeAssistant) -> RepairsFlowManager:
    """Return what runs repairs."""
    found: RepairsFlowManager = hass.data[REPAIRS]["flow_manager"]
    return found


async def start(anna: Told, target: str) -> dict[str, Any]:
    """Begin the repair of a target."""
    which = f"{anna.subentry.subentry_id}_{target}"
    issue_id = f"delivery_missing_{which}_{anna.entry.entry_id}"
    return dict(await manager(anna.hass).async_init(DOMAIN, context={"issue_id": issue_id}))


@pytest.mark.parametrize(
    ("target", "instead", "changed"),
    [
        ("gone", "pager", {"targets": ("pager", "mail")}),
        ("gone", "mail", {"targets": ("mail",)}),
        ("gone", None, {"targets": ("mail",)}),
        (
            "media_player.gone",
            "media_player.gym",
            {"speak": ("media_player.gym", "assist_satellite.hall")},
        ),
        ("assist_satellite.hall", None, {"speak": ("media_player.gone",)}),
    ],
)
async def test_replaced(
    anna: Told, target: str, instead: str | None, changed: dict[str, Any]
) -> None:
    """By another, by one that is chosen already, or by none."""
    form = await start(anna, target)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "instead")
    assert form["description_placeholders"] == {"person": "Anna", "target": target}
    answer = {} if instead is None else {"instead": instead}
    done = await manager(anna.hass).async_configure(form["flow_id"], answer)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert delivery_settings(anna.subentry) == DeliverySettings(**(SETTINGS | changed))
    targets = [
        issue.translation_placeholders["target"]
        for issue in anna.issues().values()
        if issue.translation_placeholders
    ]
    assert target not in targets


async def test_engine_replaced(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """An engine by an engine."""
    freezer.move_to(EVENING)
    await _repairs(hass)
    hass.states.async_set("media_player.gym", "idle")
    anna = Told(hass, freezer, speak=("media_player.gym",), tts="tts.gone")
    await anna.start()
    await anna.train()
    form = await start(anna, "tts.gone")
    await manager(hass).async_configure(form["flow_id"], {"instead": "tts.voice"})
    assert delivery_settings(anna.subentry).tts == "tts.voice"


async def test_what_can_be_chosen(anna: Told) -> None:
    """Services of somebody, and entities."""
    form = await start(anna, "gone")
    (selector,) = form["data_schema"].schema.values()
    assert selector.config["options"] == ["mail", "pager", "notify.bell"]


async def test_person_that_has_gone(anna: Told) -> None:
    """There is nobody to tell any more."""
    form = await start(anna, "gone")
    anna.hass.config_entries.async_remove_subentry(anna.entry, anna.subentry.subentry_id)
    done = await manager(anna.hass).async_configure(form["flow_id"], {"instead": "pager"})
    assert done["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("issue_id", ["other_x", "delivery_x"])
async def test_without_a_question(hass: HomeAssistant, issue_id: str) -> None:
    """It is only confirmed."""
    assert isinstance(await async_create_fix_flow(hass, issue_id, None), ConfirmRepairFlow)
