"""Home Assistant with this integration, and a broker whose messages a test makes."""

from collections.abc import Generator
from contextlib import contextmanager
from unittest.mock import Mock, PropertyMock, patch

import pytest
from coached import EVENING, Coached, ways_of
from contract_files import NOW
from custom_components.ql_release.const import (
    CONF_PREFIX,
    CONF_SAFETY_READ_ON,
    DOMAIN,
)
from freezegun.api import FrozenDateTimeFactory
from home import Home, subentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import MqttMockHAClient
from syrupy.assertion import SnapshotAssertion


@pytest.fixture(autouse=True)
def _integration(recorder_db_url: str, enable_custom_integrations: None) -> None:
    """Let Home Assistant find it; a recorder must know its place before there is a home."""


@pytest.fixture(autouse=True)
def _no_cooldown() -> Generator[None]:
    """Subscribe at once: tests wait for nothing that does not matter."""
    client = "homeassistant.components.mqtt.client"
    with (
        patch(f"{client}.INITIAL_SUBSCRIBE_COOLDOWN", 0.0),
        patch(f"{client}.SUBSCRIBE_COOLDOWN", 0.0),
        patch(f"{client}.UNSUBSCRIBE_COOLDOWN", 0.0),
        # Its timer outlives the test, and would hide one of ours.
        patch(f"{client}.MQTT._async_start_misc_periodic"),
    ):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write entities down as Home Assistant's own tests do."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def clock() -> Generator[Mock]:
    """Set the clock after the examples; `return_value` is the time, which stands still."""
    with patch("homeassistant.util.dt.utcnow", return_value=NOW) as utcnow:
        yield utcnow


@pytest.fixture
def entry() -> MockConfigEntry:
    """Return an entry as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="QL Release",
        unique_id="ql_release",
        entry_id="01KATEST0000000000000QLREL",
        data={CONF_PREFIX: "ql_release", CONF_SAFETY_READ_ON: "2026-11-20"},
    )


@pytest.fixture
async def home(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    clock: Mock,
) -> Home:
    """Return Home Assistant with MQTT, in which the entry is not set up yet."""
    entry.add_to_hass(hass)
    return Home(hass, entry, mqtt_mock)


@pytest.fixture
def coached(
    hass: HomeAssistant,
    mqtt_mock: MqttMockHAClient,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> Generator[Coached]:
    """Return a home on a Friday evening, in which nobody has a plan yet."""
    freezer.move_to(EVENING)
    entry.add_to_hass(hass)
    coached = Coached(Home(hass, entry, mqtt_mock), freezer)
    with ways_of(coached):
        yield coached


@pytest.fixture
def person(hass: HomeAssistant, home: Home, entry: MockConfigEntry) -> MockConfigEntry:
    """Add Anna, as the flow for people does."""
    hass.config_entries.async_add_subentry(entry, subentry("p1", "Anna", threshold_n=80.0))
    return entry


@pytest.fixture
def every_entity() -> Generator[None]:
    """Enable entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        PropertyMock(return_value=True),
    ):
        yield


@contextmanager
def only(platform: Platform) -> Generator[None]:
    """Set up one platform alone."""
    with patch(f"custom_components.{DOMAIN}.PLATFORMS", [platform]):
        yield
