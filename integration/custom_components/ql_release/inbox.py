"""Messages from the broker: each is read as what its topic has, and handed on as that."""

from collections.abc import Callable
from typing import Protocol

from homeassistant.components.mqtt import ReceiveMessage
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .complaints import Complaints
from .contract.base import ContractError, Record, read_payload
from .contract.bridge import BridgeHealth
from .contract.events import Event, read_event
from .contract.replies import Reply
from .contract.session import LastSession
from .contract.tool import OFFLINE, ONLINE, Availability, Hello, ToolState
from .contract.topics import BRIDGE, TOOL, Topics

EVENT = "event/"
STATUSES = {ONLINE.encode(): True, OFFLINE.encode(): False, b"": False}
"""What a bridge's status can be; empty: it was removed from the broker."""


class Receiver(Protocol):
    """Takes what messages say; None where a retained topic was emptied."""

    def take_status(self, bridge: str, *, online: bool) -> None:
        """Take whether a bridge is there."""

    def take_health(self, health: BridgeHealth) -> None:
        """Take how a bridge is."""

    def take_hello(self, tool: str, hello: Hello | None) -> None:
        """Take what a tool is."""

    def take_availability(self, tool: str, *, heard: bool) -> None:
        """Take whether a tool is heard."""

    def take_state(self, tool: str, state: ToolState) -> None:
        """Take live values."""

    def take_last_session(self, tool: str, session: LastSession | None) -> None:
        """Take the last finished session."""

    def take_event(self, event: Event, *, retained: bool) -> None:
        """Take an event."""

    def take_reply(self, reply: Reply) -> None:
        """Take the answer to a command."""


class Inbox:
    """Reads messages for a receiver; what cannot be used is told once, and left out."""

    def __init__(self, topics: Topics, receiver: Receiver, complaints: Complaints) -> None:
        """Lay out what each topic has."""
        self._topics = topics
        self._to = receiver
        self._complaints = complaints
        self._readers: dict[tuple[str, str], Callable[[str, bytes], None]] = {
            (TOOL, "state"): self._state,
            (TOOL, "hello"): self._hello,
            (TOOL, "availability"): self._availability,
            (TOOL, "session/last"): self._last_session,
            (TOOL, "reply"): self._reply,
            (BRIDGE, "status"): self._status,
            (BRIDGE, "health"): self._health,
            (BRIDGE, "reply"): self._reply,
        }

    @callback
    def async_message(self, message: ReceiveMessage) -> None:
        """Take a message."""
        place = self._topics.parse(message.topic)
        if place is None:
            return
        payload = message.payload
        if isinstance(payload, str):
            # Home Assistant decodes what somebody else subscribed to as text.
            payload = payload.encode()
        try:
            if reader := self._readers.get((place.kind, place.leaf)):
                reader(place.id, bytes(payload))
            else:
                family = place.leaf.removeprefix(EVENT)
                event = read_event(bytes(payload), place.id, family, dt_util.utcnow())
                self._to.take_event(event, retained=message.retain)
        except ContractError as error:
            self._complaints.note(message.topic, error)
        else:
            self._complaints.settle(message.topic)

    def _status(self, bridge: str, payload: bytes) -> None:
        online = STATUSES.get(payload)
        if online is None:
            raise ContractError("is neither online nor offline")
        self._to.take_status(bridge, online=online)

    def _health(self, bridge: str, payload: bytes) -> None:
        if payload:
            health = _read(BridgeHealth, payload)
            _agree(health.bridge, bridge)
            self._to.take_health(health)

    def _hello(self, tool: str, payload: bytes) -> None:
        hello = _read(Hello, payload) if payload else None
        if hello is not None:
            _agree(hello.tool, tool)
        self._to.take_hello(tool, hello)

    def _availability(self, tool: str, payload: bytes) -> None:
        heard = bool(payload) and _read(Availability, payload).state == ONLINE
        self._to.take_availability(tool, heard=heard)

    def _state(self, tool: str, payload: bytes) -> None:
        if payload:
            self._to.take_state(tool, _read(ToolState, payload))

    def _last_session(self, tool: str, payload: bytes) -> None:
        session = _read(LastSession, payload) if payload else None
        if session is not None:
            _agree(session.tool, tool)
        self._to.take_last_session(tool, session)

    def _reply(self, _which: str, payload: bytes) -> None:
        self._to.take_reply(_read(Reply, payload))


def _read[T: Record](kind: type[T], payload: bytes) -> T:
    return read_payload(kind, payload, dt_util.utcnow())


def _agree(said: str, topic: str) -> None:
    """Refuse a payload that is about someone else than its topic."""
    if said != topic:
        raise ContractError(f"is of {said}, so not for this topic")
