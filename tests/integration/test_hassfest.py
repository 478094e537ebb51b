"""What Home Assistant's own checker would say of the integration; see `hassfest/`."""

from collections.abc import Callable, Iterator

import pytest
from custom_components.ql_release.contract.replies import ERRORS
from hassfest import CHECKS
from hassfest.integration import Integration, load

INTEGRATION = load()


@pytest.mark.parametrize("check", CHECKS)
def test_nothing_is_to_be_changed(check: Callable[[Integration], Iterator[str]]) -> None:
    """Each sentence says what to change where."""
    complaints = list(check(INTEGRATION))
    assert not complaints, "\n".join(complaints)


def test_each_refusal_of_the_contract_has_its_sentence() -> None:
    """The code puts their keys together, so that no check above can know which there are."""
    found = {key for key in INTEGRATION.english["exceptions"] if key.startswith("command_")}
    assert found == {f"command_{code}" for code in ERRORS}
