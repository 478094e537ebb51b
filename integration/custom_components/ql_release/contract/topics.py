"""Topics: what is subscribed to, and what a message's topic says."""

import re
from dataclasses import dataclass
from typing import Final

from .base import ID

BRIDGE: Final = "bridge"
TOOL: Final = "tool"

DEFAULT_PREFIX: Final = "ql_release"

_PREFIX = re.compile(rf"{ID}(/{ID}){{0,2}}")
_ID = re.compile(ID)


def is_prefix(text: str) -> bool:
    """Tell whether topics can stand under it: one to three levels, without wildcards."""
    return _PREFIX.fullmatch(text) is not None


def prefix_of_hello(topic: str) -> str | None:
    """Return the prefix of a hello's topic; None if it is no such topic."""
    prefix, _, rest = topic.partition("/tool/")
    tool, _, leaf = rest.partition("/")
    fits = is_prefix(prefix) and _ID.fullmatch(tool) is not None and leaf == "hello"
    return prefix if fits else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: `bridge` or `tool`, which one, and what about it."""

    kind: str
    id: str
    leaf: str


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics under one prefix."""

    prefix: str

    @property
    def filters(self) -> tuple[str, ...]:
        """What to subscribe to, each by itself as some brokers' rights demand.

        In this order: events and replies before the status that makes one ask for history, so
        that nothing falls between.
        """
        leaves = (
            (TOOL, "event/+"),
            (TOOL, "reply"),
            (BRIDGE, "reply"),
            (TOOL, "session/last"),
            (TOOL, "state"),
            (TOOL, "availability"),
            (BRIDGE, "health"),
            (TOOL, "hello"),
            (BRIDGE, "status"),
        )
        return tuple(f"{self.prefix}/{kind}/+/{leaf}" for kind, leaf in leaves)

    @property
    def hellos(self) -> str:
        """The topics of all tools' hellos."""
        return f"{self.prefix}/{TOOL}/+/hello"

    def command(self, kind: str, which: str) -> str:
        """Return where a tool or bridge takes commands."""
        return f"{self.prefix}/{kind}/{which}/cmd"

    def presence(self, instance: str) -> str:
        """Return where an integration says that it is there."""
        return f"{self.prefix}/integration/{instance}/status"

    def parse(self, topic: str) -> Place | None:
        """Return where a message stands; None if the topic is none of ours."""
        kind, _, rest = topic.removeprefix(f"{self.prefix}/").partition("/")
        which, _, leaf = rest.partition("/")
        return Place(kind, which, leaf) if _ID.fullmatch(which) else None
