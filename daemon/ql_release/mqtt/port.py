"""What the daemon asks of an MQTT client: the seam at which another one can be put in.

A port is one connection: made, connected, used, closed, thrown away. It does not reconnect
and queues nothing beyond its own socket; what must outlive a connection is the outbox's and
the publisher's business.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ql_release.settings import BrokerAddress


class MqttVersion(StrEnum):
    """A version of the MQTT protocol."""

    V5 = "5"
    V311 = "3.1.1"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that arrived.

    Attributes:
        topic: where it was published.
        payload: what was published.
        retained: it was kept by the broker, and is not new.
        response_topic: where the sender wants the answer (MQTT 5).
    """

    topic: str
    payload: bytes
    retained: bool
    response_topic: str | None


class MqttTroubleError(Exception):
    """Something went wrong between the daemon and the broker; the message says what."""


class UnreachableError(MqttTroubleError):
    """No connection came about: nothing listens there, or nothing answers."""


class NotSpokenError(MqttTroubleError):
    """The broker does not speak this version of MQTT, or hung up on hearing it."""


class LoginRefusedError(MqttTroubleError):
    """The broker refused the username or password."""


class ConnectionLostError(MqttTroubleError):
    """A connection that stood is gone."""


class PublishRefusedError(MqttTroubleError):
    """The broker answered that it does not accept a message; the connection stands."""


class MqttPort(Protocol):
    """One connection to a broker."""

    async def connect(self) -> None:
        """Connect and be accepted.

        Raises:
            UnreachableError: nothing answered in time.
            NotSpokenError: the broker does not speak the version.
            LoginRefusedError: it refused the username or password.
        """
        ...

    async def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Publish; return when it is written (QoS 0) or acknowledged (QoS 1).

        Raises:
            PublishRefusedError: the broker does not accept it.
            ConnectionLostError: it must be taken for unsent.
        """
        ...

    def publish_now(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Publish at QoS 0 without waiting; return False when it cannot be taken now."""
        ...

    async def subscribe(self, topic_filters: list[str], *, qos: int) -> list[str]:
        """Ask for messages; return the filters that the broker refused.

        Args:
            topic_filters: one or more.
            qos: the highest at which messages come.

        Raises:
            ConnectionLostError: the broker did not answer.
        """
        ...

    async def receive(self) -> Incoming:
        """Return the next message.

        Raises:
            ConnectionLostError: when the connection is gone.
        """
        ...

    async def close(self) -> None:
        """Disconnect in good order: the broker then drops the will. Never raises."""
        ...

    def abort(self) -> None:
        """Hang up without a word: the broker then publishes the will. Never raises."""
        ...


PortFactory = Callable[[BrokerAddress, MqttVersion], MqttPort]
"""Makes a port for one connection to a broker."""
