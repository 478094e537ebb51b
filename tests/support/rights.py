"""Who may write and read what, as docs/mqtt.md has it, on topics as a broker sees them."""

import re

from ql_release.payloads.topics_table import TOPICS

ROLES = ("bridge", "home", "viewer")
DEVICE = "homeassistant/device/ql_release_1/config"
BIRTH = "homeassistant/status"
FOREIGN = ("elsewhere/light", "homeassistant/sensor/lamp/config", "ql_release/tool/t/secret")
"""Topics that are none of the contract's."""


def _concrete(path: str) -> str:
    return "ql_release/" + re.sub(r"<\w+>", "x", path)


CONTRACT = [_concrete(topic.path) for topic in TOPICS]
ALL = [*CONTRACT, DEVICE, BIRTH, *FOREIGN]

SEEN_BY_ALL = {
    "ql_release/bridge/x/status",
    "ql_release/bridge/x/health",
    "ql_release/tool/x/hello",
    "ql_release/tool/x/availability",
    "ql_release/tool/x/state",
}
FOR_HOME_ALONE = {
    "ql_release/bridge/x/reply",
    "ql_release/tool/x/event/session",
    "ql_release/tool/x/event/pressure",
    "ql_release/tool/x/event/release",
    "ql_release/tool/x/session/last",
    "ql_release/tool/x/reply",
}
COMMANDS = {"ql_release/bridge/x/cmd", "ql_release/tool/x/cmd"}
INTEGRATION = "ql_release/integration/x/status"
OWN_OF_HOME = {INTEGRATION, DEVICE, BIRTH, "homeassistant/sensor/lamp/config"}

WRITES: dict[str, set[str]] = {
    "bridge": SEEN_BY_ALL | FOR_HOME_ALONE | {DEVICE},
    "home": COMMANDS | OWN_OF_HOME,
    "viewer": set(),
}
READS: dict[str, set[str]] = {
    "bridge": COMMANDS
    | {"ql_release/bridge/x/status", "ql_release/bridge/x/health", "ql_release/tool/x/hello"}
    | {INTEGRATION, BIRTH},
    "home": SEEN_BY_ALL | FOR_HOME_ALONE | OWN_OF_HOME,
    "viewer": SEEN_BY_ALL,
}
