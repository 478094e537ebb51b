"""The 32 bits of a frame's time to the 64 bits of the tool's clock."""

from typing import Final

_SPAN: Final = 1 << 32
_HALF: Final = 1 << 31


def extend_us(low32: int, reference_us: int) -> int:
    """Return the 64-bit device time nearest to a reference that has these low 32 bits.

    Args:
        low32: low 32 bits of a device time, µs.
        reference_us: a device time less than 35 minutes before or after, µs.
    """
    distance = (low32 - reference_us + _HALF) % _SPAN - _HALF
    extended = reference_us + distance
    return extended if extended >= 0 else extended + _SPAN
