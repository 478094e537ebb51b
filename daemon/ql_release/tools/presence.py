"""Which tools this bridge speaks for, and what stands at the broker of each.

A tool may move to another bridge. Whoever the retained `hello` names speaks for it; a bridge
says `offline` only of a tool whose `hello` names it, so that one that has lost a tool cannot
contradict the one that has it (DESIGN §5).
"""

import json
from collections.abc import Mapping

from ql_release.clock import Clock
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics
from ql_release.payloads.base import Presence, rfc3339
from ql_release.payloads.tool import Availability

HELLO_WAIT_S = 3.0
"""A broker sends what it retains right after the subscription; then it has sent it all."""


class Presences:
    """Keeps hello, availability and last session of the bridge's tools at the broker.

    Args:
        publisher: the way there.
        topics: the topics of this bridge.
        clock: dates availability, and waits for the broker.
        known: the hello of each tool that was seen before, by id.
    """

    def __init__(
        self, publisher: Publisher, topics: Topics, clock: Clock, known: Mapping[str, bytes]
    ) -> None:
        self._publisher = publisher
        self._topics = topics
        self._clock = clock
        self._absent = dict(known)
        self._last: dict[str, bytes] = {}
        self._online: set[str] = set()
        self._elsewhere: set[str] = set()
        self._forgotten: set[str] = set()
        publisher.watch(topics.tool_hellos, self._on_hello)

    def is_elsewhere(self, tool: str) -> bool:
        """Return whether another bridge speaks for a tool."""
        return tool in self._elsewhere

    def arrived(self, tool: str, hello: bytes) -> None:
        """Say who a tool is, and that it is here."""
        self._absent.pop(tool, None)
        self._elsewhere.discard(tool)
        self._forgotten.discard(tool)
        self._online.add(tool)
        self._publisher.set_document(self._topics.hello(tool), hello)
        self._tell(tool, "online")
        self._tell_last(tool)

    def left(self, tool: str) -> None:
        """Say that a tool is not here any more, unless another bridge has it or it is forgotten."""
        if tool in self._online and tool not in self._elsewhere:
            self._tell(tool, "offline")
        self._online.discard(tool)

    def session_ended(self, tool: str, summary: bytes) -> None:
        """Keep the summary of a tool's last session standing, unless the tool is forgotten."""
        if tool in self._forgotten:
            return
        self._last[tool] = summary
        self._tell_last(tool)

    def remember_session(self, tool: str, summary: bytes) -> None:
        """Know a last session from before the start; it is told of when the tool is."""
        self._last[tool] = summary

    def correct_session(self, tool: str, summary: bytes | None) -> None:
        """Let another summary stand, or none: the last session was erased."""
        if self._last.get(tool) == summary:
            return
        if summary is not None:
            self.session_ended(tool, summary)
            return
        del self._last[tool]
        if tool not in self._elsewhere:
            self._publisher.set_document(self._topics.session_last(tool), None)

    def last_session(self, tool: str) -> str | None:
        """Return the id of a tool's last session that has ended; None: there is none."""
        summary = self._last.get(tool)
        return None if summary is None else str(json.loads(summary)["session"])

    def tell_again(self) -> None:
        """Say anew which tools are here: the time was not known when it was said."""
        for tool in self._online - self._elsewhere:
            self._tell(tool, "online")

    def forget(self, tool: str) -> None:
        """Empty everything that stands of a tool."""
        self._absent.pop(tool, None)
        self._last.pop(tool, None)
        self._online.discard(tool)
        self._forgotten.add(tool)
        for topic in self._of(tool):
            self._publisher.set_document(topic, None)

    async def settle(self) -> None:
        """After the first connection: tell of the tools that are known but not here.

        What the broker retained has come by then, so that a tool which moved to another bridge
        is left to that one.
        """
        while not self._publisher.connected:
            await self._clock.sleep(HELLO_WAIT_S)
        await self._clock.sleep(HELLO_WAIT_S)
        for tool, hello in self._absent.items():
            self._publisher.set_document(self._topics.hello(tool), hello)
            self._tell(tool, "offline")
            self._tell_last(tool)
        self._absent.clear()

    def _on_hello(self, message: Incoming) -> None:
        parts = self._topics.parse(message.topic)
        bridge = bridge_of(message.payload)
        if parts is None or bridge in (None, self._topics.bridge):
            return
        tool = parts.id
        if message.retained and tool in self._online:
            return  # it stood there before the tool came here; our own is on its way
        self._elsewhere.add(tool)
        self._absent.pop(tool, None)
        for topic in self._of(tool):
            self._publisher.drop_document(topic)

    def _tell(self, tool: str, state: Presence) -> None:
        at = rfc3339(self._clock.now_us())
        availability = Availability(state=state, bridge=self._topics.bridge, at=at)
        payload = availability.model_dump_json().encode()
        self._publisher.set_document(self._topics.availability(tool), payload)

    def _tell_last(self, tool: str) -> None:
        if tool in self._last:
            self._publisher.set_document(self._topics.session_last(tool), self._last[tool])

    def _of(self, tool: str) -> tuple[str, str, str]:
        topics = self._topics
        return topics.hello(tool), topics.availability(tool), topics.session_last(tool)


def bridge_of(hello: bytes) -> str | None:
    """Return the bridge that a hello names; None for an empty one, or none at all."""
    try:
        bridge = json.loads(hello)["bridge"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return bridge if isinstance(bridge, str) else None
