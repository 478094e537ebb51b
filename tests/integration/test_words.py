"""What the coach says, in other languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from custom_components.ql_release.coach import TEXTS, Spot
from custom_components.ql_release.coach.wording import say
from custom_components.ql_release.coaching.delivery.composer import WORDS
from custom_components.ql_release.coaching.words import LAST, PLACES, async_list, async_say
from custom_components.ql_release.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

FOLDER = Path(__file__).parent.parent.parent / "integration/custom_components/ql_release"
THREE = "left upper, left lower and right upper"
GERMAN = {
    "why_logged": "weil du um {time} {what} eingetragen hast",
    "spot_left_lower": "links unten",
    "list_last": "{others} und {last}",
}


def test_english_is_the_coachs_own() -> None:
    """What translators start from is what it says without them."""
    english: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text("utf-8"))
    assert english["selector"]["coach"]["options"] == {
        **TEXTS,
        **WORDS,
        **PLACES,
        "list_last": LAST,
    }


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have some of it in German."""
    start = f"component.{DOMAIN}"
    known = {f"{start}.selector.coach.options.{key}": GERMAN[key] for key in GERMAN}
    known[f"{start}.entity.select.placement.state.psoas_left_upper"] = "Psoas, links, oben"
    monkeypatch.setattr(
        "custom_components.ql_release.coaching.words.async_get_cached_translations",
        lambda _hass, language, *_: known if language == "de" else {},
    )


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "because you logged Deadlift at 18:10"),
        ("de", "weil du um 18:10 Deadlift eingetragen hast"),
    ],
)
@pytest.mark.usefixtures("german")
async def test_said_in_the_language_of_the_home(
    hass: HomeAssistant, language: str, sentence: str
) -> None:
    """As the home speaks; and in English what nobody has translated."""
    hass.config.language = language
    assert async_say(hass, say("why_logged", what="Deadlift", time="18:10")) == sentence
    assert async_say(hass, say("title_nudge")) == "A change of position?"


@pytest.mark.parametrize(
    ("language", "places", "listed"),
    [
        ("en", ["left lower"], "left lower"),
        (
            "en",
            ["left upper", "left lower", "right lower"],
            "left upper, left lower and right lower",
        ),
        ("de", ["left lower"], "links unten"),
        ("de", ["left lower", "right lower"], "links unten und right lower"),
    ],
)
@pytest.mark.usefixtures("german")
async def test_spots(hass: HomeAssistant, language: str, places: list[str], listed: str) -> None:
    """As people list them."""
    hass.config.language = language
    split = (place.split() for place in places)
    spots = [Spot("quadratus_lumborum", side, zone) for side, zone in split]
    assert async_list(hass, spots) == listed


@pytest.mark.parametrize(
    ("language", "said"), [("en", "psoas left upper"), ("de", "Psoas, links, oben")]
)
@pytest.mark.usefixtures("german")
async def test_spots_of_other_muscles(hass: HomeAssistant, language: str, said: str) -> None:
    """They are named."""
    hass.config.language = language
    assert async_list(hass, [Spot("psoas", "left", "upper")]) == said


async def test_known_from_the_file(hass: HomeAssistant) -> None:
    """Home Assistant loads the file with the integration."""
    await translation.async_load_integrations(hass, {DOMAIN})
    known = translation.async_get_cached_translations(hass, "en", "selector", DOMAIN)
    for key, english in TEXTS.items():
        assert known[f"component.{DOMAIN}.selector.coach.options.{key}"] == english
