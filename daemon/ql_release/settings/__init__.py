"""Settings: a TOML file over environment variables over defaults, as pydantic models.

docs/settings.md lists every key. Secrets are never settings: a setting names the file that
holds one, and the file is read where the secret is used.
"""

from ql_release.settings.addresses import BrokerAddress, broker_address, is_loopback
from ql_release.settings.errors import SettingsError
from ql_release.settings.loading import DEFAULT_PATH, Loaded, load, load_with_sources
from ql_release.settings.models import (
    BridgeSettings,
    JournalSettings,
    LogSettings,
    MetricsSettings,
    MqttSettings,
    PersonSettings,
    PlanSettings,
    SerialSettings,
    SessionSettings,
    Settings,
    TcpSettings,
    TimeSettings,
    ToolSettings,
)
from ql_release.settings.secrets import located

__all__ = [
    "DEFAULT_PATH",
    "BridgeSettings",
    "BrokerAddress",
    "JournalSettings",
    "Loaded",
    "LogSettings",
    "MetricsSettings",
    "MqttSettings",
    "PersonSettings",
    "PlanSettings",
    "SerialSettings",
    "SessionSettings",
    "Settings",
    "SettingsError",
    "TcpSettings",
    "TimeSettings",
    "ToolSettings",
    "broker_address",
    "is_loopback",
    "load",
    "load_with_sources",
    "located",
]
