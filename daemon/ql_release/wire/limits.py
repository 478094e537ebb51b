"""Sizes that every part of the wire agrees on (docs/wire.md, Limits)."""

MAX_MESSAGE = 1024
"""Longest message in bytes on serial and TCP: a microcontroller buffers it whole."""

MIN_MESSAGE = 2
"""Shortest message: a request without payload. An empty one would make endless zero bytes,
whose CRC-32 is zero, look like an endless row of true messages."""

MAX_INDEX = 1 << 30
"""At this sample index a new stream uid begins: below it a 32-bit MicroPython keeps the index
without allocating, and at 100 Hz it takes four months to come."""

MAX_ZONES = 8
"""Force zones of a tool: the zone masks are one byte."""

SERIAL_BYTES = 8
"""Bytes of a hardware serial number."""

U32 = 0xFFFFFFFF
