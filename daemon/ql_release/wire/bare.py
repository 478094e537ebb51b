"""No framing: for links whose packets are messages."""

from ql_release.wire.framing_base import FramingStats, check_size
from ql_release.wire.limits import MAX_MESSAGE, MIN_MESSAGE


class BareFraming:
    """For links that keep messages apart and whole by themselves, such as BLE notifications."""

    def __init__(self) -> None:
        self.stats = FramingStats()

    def feed(self, data: bytes) -> list[bytes]:
        """Take one packet; return it as the one message it is, or nothing when it cannot be."""
        if MIN_MESSAGE <= len(data) <= MAX_MESSAGE:
            self.stats.messages += 1
            return [bytes(data)]
        self.stats.discarded_bytes += len(data)
        self.stats.oversize += len(data) > MAX_MESSAGE
        return []

    def encode(self, message: bytes) -> bytes:
        """Return the message itself.

        Raises:
            ValueError: when the message is shorter or longer than the wire allows.
        """
        check_size(message)
        return bytes(message)
