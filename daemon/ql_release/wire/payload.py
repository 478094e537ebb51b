"""What payloads have in common: fixed fields first, then texts."""

from struct import Struct
from typing import Any

from ql_release.wire.ops import Op

MAX_TEXT = 255
"""A text's length is one byte."""


def unpack_reply(layout: Struct, payload: bytes, op: Op) -> tuple[Any, ...]:
    """Return the fields at the start of a reply's payload.

    Raises:
        ValueError: when the payload is too short.
    """
    if len(payload) < layout.size:
        raise ValueError(
            f"the reply to {op.name} has {len(payload)} bytes where {layout.size} are due: "
            "ask again, or update the tool"
        )
    return layout.unpack_from(payload)


def encode_text(text: str) -> bytes:
    """Return a text as the wire has it: a length byte and UTF-8.

    Raises:
        ValueError: when the text is longer than 255 bytes.
    """
    data = text.encode()
    if len(data) > MAX_TEXT:
        raise ValueError(f"a text has at most {MAX_TEXT} bytes, not {len(data)}: shorten it")
    return bytes((len(data),)) + data


def decode_text(payload: bytes, at: int) -> tuple[str, int]:
    """Return the text at an offset, and the offset after it.

    Raises:
        ValueError: when the payload ends before the text does, or the text is not UTF-8.
    """
    if at >= len(payload) or at + 1 + payload[at] > len(payload):
        raise ValueError("the payload ends within a text: ask for it again")
    end = at + 1 + payload[at]
    try:
        return payload[at + 1 : end].decode(), end
    except UnicodeDecodeError as error:
        raise ValueError("a text is not UTF-8: name the tool anew") from error
