"""Every topic of the contract (docs/mqtt.md), made and read in one place."""

import re
from dataclasses import dataclass
from typing import Literal

ID = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
"""Ids of tools, bridges and integrations: one level of a topic."""

Owner = Literal["bridge", "tool", "integration"]


@dataclass(frozen=True, slots=True)
class TopicParts:
    """A topic of the contract, taken apart.

    Attributes:
        owner: what kind of thing it belongs to.
        id: that thing's id.
        leaf: the rest: `status`, `cmd`, `event/session`, …
    """

    owner: Owner
    id: str
    leaf: str


@dataclass(frozen=True, slots=True)
class CommandTopic:
    """Where a command arrived.

    Attributes:
        owner: whether it is for the bridge or for a tool.
        id: that bridge's or tool's id.
        reply: the topic for the reply, unless the command names another.
    """

    owner: Literal["bridge", "tool"]
    id: str
    reply: str


def tool_device(serial: str) -> str:
    """Return what names a tool to Home Assistant: it stays when the tool gets another id."""
    return f"ql_release_{serial}"


def bridge_device(bridge: str) -> str:
    """Return what names a bridge to Home Assistant."""
    return f"ql_release_bridge_{bridge}"


class Topics:
    """The topics under one prefix, seen from one bridge.

    Args:
        prefix: one to three levels, without a slash at either end.
        bridge: this bridge's id.
    """

    def __init__(self, prefix: str, bridge: str) -> None:
        self.prefix = prefix
        self.bridge = bridge
        own = f"{prefix}/bridge/{bridge}"
        self.bridge_status = f"{own}/status"
        self.bridge_health = f"{own}/health"
        self.bridge_command = f"{own}/cmd"
        self.bridge_reply = f"{own}/reply"
        self.tool_commands = f"{prefix}/tool/+/cmd"
        self.tool_hellos = f"{prefix}/tool/+/hello"
        self.integration_statuses = f"{prefix}/integration/+/status"

    def hello(self, tool: str) -> str:
        """Return where a tool's identity and capabilities stand."""
        return self._tool(tool, "hello")

    def availability(self, tool: str) -> str:
        """Return where it stands whether a tool is online."""
        return self._tool(tool, "availability")

    def state(self, tool: str) -> str:
        """Return where a tool's live values go."""
        return self._tool(tool, "state")

    def event(self, tool: str, family: str) -> str:
        """Return where a tool's events of a family go."""
        return self._tool(tool, f"event/{family}")

    def session_last(self, tool: str) -> str:
        """Return where the summary of a tool's last finished session stands."""
        return self._tool(tool, "session/last")

    def command(self, tool: str) -> str:
        """Return where a tool takes commands."""
        return self._tool(tool, "cmd")

    def reply(self, tool: str) -> str:
        """Return where a tool's replies go, unless the command names another topic."""
        return self._tool(tool, "reply")

    def parse(self, topic: str) -> TopicParts | None:
        """Return a topic taken apart; None when it is no topic of the contract."""
        if not topic.startswith(f"{self.prefix}/"):
            return None
        owner, _, rest = topic[len(self.prefix) + 1 :].partition("/")
        name, _, leaf = rest.partition("/")
        if not leaf or not ID.fullmatch(name):
            return None
        match owner:
            case "bridge" | "tool" | "integration":
                return TopicParts(owner, name, leaf)
            case _:
                return None

    def parse_command(self, topic: str) -> CommandTopic | None:
        """Return where a command arrived; None when the topic takes no commands of ours."""
        parts = self.parse(topic)
        match parts:
            case TopicParts("bridge", self.bridge, "cmd"):
                return CommandTopic("bridge", self.bridge, self.bridge_reply)
            case TopicParts("tool", tool, "cmd"):
                return CommandTopic("tool", tool, self.reply(tool))
            case _:
                return None

    def honours(self, response_topic: str | None) -> bool:
        """Return whether a reply may go where a command asks for it: only under the prefix."""
        if response_topic is None or not response_topic.startswith(f"{self.prefix}/"):
            return False
        return not any(character in response_topic for character in "+#\0")

    def _tool(self, tool: str, leaf: str) -> str:
        return f"{self.prefix}/tool/{tool}/{leaf}"


def matches(topic_filter: str, topic: str) -> bool:
    """Return whether a topic is one that a filter with `+` and `#` asks for."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(
        level in ("+", actual) for level, actual in zip(wanted, given, strict=True)
    )
