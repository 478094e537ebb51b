"""What all framings share: their interface, their counts and the size of a message."""

from dataclasses import dataclass
from typing import Protocol

from ql_release.wire.limits import MAX_MESSAGE, MIN_MESSAGE


@dataclass(slots=True)
class FramingStats:
    """What a decoder has met so far.

    Attributes:
        messages: whole messages with a true checksum.
        discarded_bytes: bytes that belonged to no message.
        checksum_errors: times that what stood where a frame was due was not one.
        oversize: times that it claimed or had more than `MAX_MESSAGE` allows.
    """

    messages: int = 0
    discarded_bytes: int = 0
    checksum_errors: int = 0
    oversize: int = 0


class Framing(Protocol):
    """Both directions of one byte stream; each connection has its own."""

    stats: FramingStats

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes as they came; return the messages that are now whole, in order."""
        ...

    def encode(self, message: bytes) -> bytes:
        """Return the bytes that carry a message.

        Raises:
            ValueError: when the message is shorter or longer than the wire allows.
        """
        ...


def check_size(message: bytes) -> None:
    """Refuse a message that no receiver would take.

    Raises:
        ValueError: when the message is shorter or longer than the wire allows.
    """
    if not MIN_MESSAGE <= len(message) <= MAX_MESSAGE:
        raise ValueError(
            f"a message has {MIN_MESSAGE} to {MAX_MESSAGE} bytes, not {len(message)}: split it"
        )
