"""What Home Assistant's own checker would say of the integration; see `hassfest/`."""

from collections.abc import Callable, Iterator

import pytest
from custom_components.ql_release.const import DOMAIN
from custom_components.ql_release.contract.replies import ERRORS
from hassfest import CHECKS
from hassfest.integration import Integration, load, texts
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration

INTEGRATION = load()
ENGLISH = INTEGRATION.english


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_to_be_changed(check: Callable[[Integration], Iterator[str]]) -> None:
    """Each sentence says what to change where."""
    complaints = list(check(INTEGRATION))
    assert not complaints, "\n".join(complaints)


def test_each_refusal_of_the_contract_has_its_sentence() -> None:
    """The code puts their keys together, so that no check above can know which there are."""
    found = {key for key in ENGLISH["exceptions"] if key.startswith("command_")}
    assert found == {f"command_{code}" for code in ERRORS}


@pytest.mark.parametrize("language", sorted(INTEGRATION.languages))
async def test_home_assistant_takes_each_language(
    hass: HomeAssistant, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With its own loader, which leaves out what does not fit the English."""
    found: dict[str, str] = {}
    for section in ENGLISH:
        found |= await async_get_translations(hass, language, section, {DOMAIN})
    written = INTEGRATION.languages[language]
    wanted = {f"component.{DOMAIN}.{'.'.join(path)}": text for path, text in texts(written).items()}
    assert {key: found.get(key) for key in wanted} == wanted
    assert "Validation of translation placeholders" not in caplog.text


async def test_home_assistant_shows_its_brand(hass: HomeAssistant) -> None:
    """From its own folder."""
    assert (await async_get_integration(hass, DOMAIN)).has_branding
