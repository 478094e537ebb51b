"""Checks of the images that stand for the brand."""

import struct
from collections.abc import Iterator

from hassfest.integration import Integration

ICON_SIDES = {"": 256, "@2x": 512}
LOGO_SIDES = {"": (128, 256), "@2x": (256, 512)}
"""The least and the most that the shortest side of a logo may have."""
VARIANTS = ("", "dark_")
PNG = b"\x89PNG\r\n\x1a\n"
RGBA = 6


def brand(integration: Integration) -> Iterator[str]:
    """Icon and logo are there for light and dark, in both densities, and nothing else."""
    wanted = {
        f"{variant}{what}{density}.png"
        for variant in VARIANTS
        for what in ("icon", "logo")
        for density in ICON_SIDES
    }
    for name in sorted(wanted ^ set(integration.brand)):
        yield f"brand/{name}: {'add it (make brand)' if name in wanted else 'remove it'}"
    for name in sorted(wanted & set(integration.brand)):
        yield from (f"brand/{name}: {fault}" for fault in _faults(name, integration.brand[name]))


def _faults(name: str, image: bytes) -> Iterator[str]:
    if not image.startswith(PNG):
        yield "it must be a PNG"
        return
    width, height, _depth, colours, *_ = struct.unpack_from(">IIBBBBB", image, 16)
    if colours != RGBA:
        yield "it must have colour and transparency"
    density = "@2x" if "@2x" in name else ""
    if "icon" in name:
        side = ICON_SIDES[density]
        if (width, height) != (side, side):
            yield f"it must have {side} by {side} pixels"
        return
    least, most = LOGO_SIDES[density]
    if not least <= min(width, height) <= most:
        yield f"its shortest side must have {least} to {most} pixels"
    if width <= height:
        yield "it must be wider than high"
