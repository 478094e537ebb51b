"""Which broker to try next, and in which version of the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass

from ql_release.mqtt.port import (
    LoginRefusedError,
    MqttTroubleError,
    MqttVersion,
    NotSpokenError,
    PublishRefusedError,
    UnreachableError,
)
from ql_release.settings import BrokerAddress, MqttSettings


@dataclass(frozen=True, slots=True)
class Candidate:
    """A broker to try.

    Attributes:
        broker: where it is.
        version: the protocol version to speak.
    """

    broker: BrokerAddress
    version: MqttVersion

    @property
    def label(self) -> str:
        """The broker as a log line names it."""
        return self.broker.label

    def sentence(self, error: MqttTroubleError) -> str:
        """Return what went wrong with this broker, and what can be done, for the log."""
        match error:
            case LoginRefusedError():
                return (
                    f"The broker {self.label} refuses the login ({error}): "
                    "check mqtt.username and mqtt.password_file."
                )
            case NotSpokenError():
                return (
                    f"The broker {self.label} does not accept MQTT {self.version} ({error}): "
                    "check mqtt.urls and mqtt.protocol."
                )
            case UnreachableError():
                return (
                    f"The broker {self.label} cannot be reached ({error}): "
                    "events are kept, and it is tried again."
                )
            case PublishRefusedError():
                return f"The broker {self.label} does not accept us ({error}): check its rights."
            case _:
                return (
                    f"The connection to {self.label} was lost ({error}): "
                    "events are kept, and it is tried again."
                )


class Brokers:
    """Goes round the configured brokers; a round without success is followed by a wait.

    With the protocol `auto`, a broker that does not speak MQTT 5 is tried with 3.1.1 at once,
    and with MQTT 5 again when that connection has ended.

    Args:
        settings: the brokers and the protocol.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._brokers: Sequence[BrokerAddress] = settings.brokers
        self._automatic = settings.protocol == "auto"
        self._first = MqttVersion.V5 if self._automatic else MqttVersion(settings.protocol)
        self._version = self._first
        self._next = 0

    def candidate(self) -> Candidate:
        """Return the broker whose turn it is."""
        return Candidate(self._brokers[self._next], self._version)

    def not_spoken(self) -> bool:
        """Note that the broker does not speak the version; say whether to try another at once."""
        if not self._automatic or self._version is MqttVersion.V311:
            return False
        self._version = MqttVersion.V311
        return True

    def failed(self) -> bool:
        """Go on to the next broker; say whether all have now been tried."""
        self._version = self._first
        self._next = (self._next + 1) % len(self._brokers)
        return self._next == 0
