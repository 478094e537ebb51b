"""Every string and icon that the code asks for is there, and no other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from custom_components.ql_release import binary_sensor, button, event, number, select, sensor
from custom_components.ql_release.contract.replies import ERRORS
from homeassistant.helpers.entity import EntityDescription

FOLDER = Path(__file__).parent.parent.parent / "integration/custom_components/ql_release"
ENGLISH: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text("utf-8"))
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text("utf-8"))

MEDICAL = re.compile(r"\b(treats?|cures?|diagnos|heals?|prevents?|corrects?)\b", re.IGNORECASE)

DESCRIPTIONS: dict[str, tuple[EntityDescription, ...]] = {
    "binary_sensor": (*binary_sensor.TOOL_BINARY_SENSORS, *binary_sensor.BRIDGE_BINARY_SENSORS),
    "button": button.BUTTONS,
    "event": event.EVENTS,
    "number": (number.THRESHOLD,),
    "select": (select.PLACEMENT, select.PERSON),
    "sensor": (*sensor.TOOL_SENSORS, *sensor.BRIDGE_SENSORS, sensor.LAST_RELEASE),
}


@pytest.mark.parametrize("platform", DESCRIPTIONS)
@pytest.mark.parametrize("where", [ENGLISH, ICONS], ids=["translations", "icons"])
def test_each_entity_has_name_and_icon(platform: str, where: dict[str, Any]) -> None:
    """By its key; those with a device class have both from there."""
    wanted = {
        described.translation_key
        for described in DESCRIPTIONS[platform]
        if described.translation_key is not None
    }
    assert set(where["entity"][platform]) == wanted
    assert all(
        described.translation_key or described.device_class for described in DESCRIPTIONS[platform]
    )


def test_each_error_has_its_sentence() -> None:
    """All codes of the contract, and our own."""
    wanted = {f"command_{code}" for code in ERRORS} | {"not_connected", "no_reply"}
    assert set(ENGLISH["exceptions"]) == wanted


def _texts(found: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, dict):
        for key, value in found.items():
            yield from _texts(value, f"{path}.{key}")
    else:
        yield path, str(found)


@pytest.mark.parametrize(("path", "text"), _texts(ENGLISH))
def test_texts_are_plain(path: str, text: str) -> None:
    """No HTML, no addresses, and no word that belongs to medicine."""
    assert text == text.strip()
    assert not re.search(r"<|http", text)
    assert not MEDICAL.search(text)
    assert re.fullmatch(r"[a-z0-9_.-]+", path)


def test_flows_describe_each_field() -> None:
    """A name and a hint for each."""
    steps = [
        *ENGLISH["config"]["step"].values(),
        *ENGLISH["config_subentries"]["person"]["step"].values(),
        *ENGLISH["options"]["step"].values(),
    ]
    for step in steps:
        assert set(step.get("data", ())) == set(step.get("data_description", ()))
