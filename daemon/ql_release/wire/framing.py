"""Byte streams to messages and back, under one name.

Decoders take bytes in any chunking and give whole messages whose checksum is true, in order.
They never raise, keep at most about one longest frame, and after any garbage find the next whole
frame, because every offset is tried as its beginning. What a message means is not their matter.
"""

from ql_release.wire.bare import BareFraming
from ql_release.wire.cobs import CobsFraming
from ql_release.wire.framing_base import Framing, FramingStats
from ql_release.wire.length import LengthFraming

__all__ = ["BareFraming", "CobsFraming", "Framing", "FramingStats", "LengthFraming"]
