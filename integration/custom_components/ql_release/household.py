"""What is known of bridges and tools at this moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from .contract.base import ContractError
from .contract.bridge import BridgeHealth
from .contract.events import Released
from .contract.session import LastSession
from .contract.tool import Hello, ToolState
from .contract.topics import DEFAULT_PREFIX

MOST_BRIDGES: Final = 20
MOST_TOOLS: Final = 100
"""More than any home has: a stranger can make up any number, and each would be a device."""


def bridge_key(prefix: str, bridge: str) -> str:
    """Return what names a bridge as a device: under another prefix it is another one."""
    return f"bridge_{bridge}" if prefix == DEFAULT_PREFIX else f"bridge_{prefix}/{bridge}"


def _refuse_more(known: dict[str, Any], one: str, most: int) -> None:
    if one not in known and len(known) >= most:
        raise ContractError(
            f"is of one more than {most}: let only your own bridges publish under this prefix"
        )


@dataclass(slots=True)
class Bridge:
    """One daemon; its key names it as a device."""

    id: str
    key: str
    online: bool = False
    health: BridgeHealth | None = None


@dataclass(slots=True)
class Tool:
    """One tool, under the id that its topics have."""

    id: str
    hello: Hello | None = None
    heard: bool = False
    state: ToolState | None = None
    last_session: LastSession | None = None
    last_release: Released | None = None
    on_bone: bool = False
    has_battery: bool = False
    has_radio: bool = False

    def take_state(self, state: ToolState) -> bool:
        """Take over live values; return whether they show something it has that was not known."""
        self.on_bone = state.in_contact and (self.on_bone or self._met_bone(state))
        self.state = state
        had = (self.has_battery, self.has_radio)
        self.has_battery |= state.battery_pct is not None
        self.has_radio |= state.rssi_dbm is not None
        return had != (self.has_battery, self.has_radio)

    def forget_state(self) -> None:
        """Forget live values: they would be shown as present when the tool is back."""
        self.state = None
        self.on_bone = False

    def _met_bone(self, state: ToolState) -> bool:
        """Tell whether bone contacts have been added since the last state of this session."""
        old = self.state
        return (
            old is not None
            and old.session == state.session
            and state.bone_contacts > old.bone_contacts
        )


@dataclass(slots=True)
class Household:
    """All bridges and tools under one prefix.

    Attributes:
        prefix: Of all their topics.
        bridges: By id.
        tools: By the id in their topics.
        introduced: The serial numbers of tools that are devices by now.

    """

    prefix: str
    bridges: dict[str, Bridge] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    introduced: set[str] = field(default_factory=set)
    _ids: dict[str, str] = field(default_factory=dict)

    def bridge(self, bridge: str) -> Bridge:
        """Return a bridge; a new one begins as offline.

        Raises:
            ContractError: when it would be one too many.

        """
        _refuse_more(self.bridges, bridge, MOST_BRIDGES)
        return self.bridges.setdefault(bridge, Bridge(bridge, bridge_key(self.prefix, bridge)))

    def tool(self, tool: str) -> Tool:
        """Return the tool of an id; a new one begins as unknown.

        Raises:
            ContractError: when it would be one too many.

        """
        _refuse_more(self.tools, tool, MOST_TOOLS)
        return self.tools.setdefault(tool, Tool(tool))

    def by_serial(self, serial: str) -> Tool | None:
        """Return the tool of a serial number, under the id that it has now."""
        return self.tools.get(self._ids.get(serial, ""))

    def devices(self) -> Iterator[tuple[Hello, Tool]]:
        """Yield the tools that are devices, each under the id that it has now."""
        for serial in sorted(self.introduced):
            tool = self.by_serial(serial)
            if tool is not None and tool.hello is not None:
                yield tool.hello, tool

    def name(self, tool: Tool, serial: str) -> None:
        """Let a serial number be that tool's: it has said hello, or is heard."""
        self._ids[serial] = tool.id

    def unname(self, tool: Tool, serial: str) -> bool:
        """Let a tool be gone; return whether no tool has that serial number now."""
        if self._ids.get(serial) != tool.id:
            return False
        others = [
            other.id
            for other in self.tools.values()
            if other is not tool and other.hello is not None and other.hello.serial == serial
        ]
        if others:
            self._ids[serial] = others[0]
            return False
        del self._ids[serial]
        return True

    def is_current(self, tool: Tool) -> bool:
        """Tell whether it is the one that has its serial number now."""
        return tool.hello is not None and self._ids.get(tool.hello.serial) == tool.id

    def is_available(self, tool: Tool) -> bool:
        """Tell whether a tool is there: it is heard, and so is the bridge that speaks for it."""
        if tool.hello is None or not tool.heard:
            return False
        bridge = self.bridges.get(tool.hello.bridge)
        return bridge is not None and bridge.online

    def silence(self) -> None:
        """Let nobody be online: the broker cannot be heard."""
        for bridge in self.bridges.values():
            bridge.online = False
        for tool in self.tools.values():
            tool.heard = False
