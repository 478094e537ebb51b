"""What the coach says, in other languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from custom_components.ql_release.coach import TEXTS
from custom_components.ql_release.coach.wording import say
from custom_components.ql_release.coaching.delivery.composer import WORDS
from custom_components.ql_release.coaching.words import async_say
from custom_components.ql_release.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

FOLDER = Path(__file__).parent.parent.parent / "integration/custom_components/ql_release"
GERMAN = {"why_logged": "weil du um {time} {what} eingetragen hast"}


def test_english_is_the_coachs_own() -> None:
    """What translators start from is what it says without them."""
    english: dict[str, Any] = json.loads((FOLDER / "translations/en.json").read_text("utf-8"))
    assert english["selector"]["coach"]["options"] == {**TEXTS, **WORDS}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "because you logged Deadlift at 18:10"),
        ("de", "weil du um 18:10 Deadlift eingetragen hast"),
    ],
)
async def test_said_in_the_language_of_the_home(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    """As the home speaks; and in English what nobody has translated."""
    hass.config.language = language
    known = {f"component.{DOMAIN}.selector.coach.options.{key}": GERMAN[key] for key in GERMAN}
    monkeypatch.setattr(
        "custom_components.ql_release.coaching.words.async_get_cached_translations",
        lambda _hass, asked, *_: known if asked == "de" else {},
    )
    assert async_say(hass, say("why_logged", what="Deadlift", time="18:10")) == sentence
    assert async_say(hass, say("title_nudge")) == "A change of position?"


async def test_known_from_the_file(hass: HomeAssistant) -> None:
    """Home Assistant loads the file with the integration."""
    await translation.async_load_integrations(hass, {DOMAIN})
    known = translation.async_get_cached_translations(hass, "en", "selector", DOMAIN)
    for key, english in TEXTS.items():
        assert known[f"component.{DOMAIN}.selector.coach.options.{key}"] == english
