# /// script
# requires-python = ">=3.11"
# dependencies = ["pillow==13.0.0", "font-manrope==0.0.2"]
# ///
"""Draw the icon and the logo that Home Assistant shows: `make brand`.

The mark is the Q of its name: a ring for the tool, a point in it for the spot under pressure, and
a tail that eases off, as the force does. Everything is drawn on a square of 256, four times as
large as needed, and then made smaller: that is what makes the edges smooth.
"""

import sys
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

import font_manrope
from PIL import Image, ImageDraw, ImageFont

BRAND = Path(__file__).parent.parent / "integration/custom_components/ql_release/brand"

SIDE = 256
"""Of the square that all measures below belong to, and of an icon in pixels."""
FINER = 4
DENSITIES = {"": 1, "@2x": 2}

Colour = tuple[int, int, int, int]
Point = tuple[float, float]

NOTHING: Colour = (0, 0, 0, 0)

RING_CENTRE: Point = (116, 116)
RING_RADIUS = 116
RING_WIDTH = 36
SPOT_RADIUS = 30
TAIL: tuple[Point, Point, Point, Point] = ((170, 162), (194, 194), (194, 237), (237, 237))
"""A cubic curve: steep where the pressure is, level where it has eased."""
TAIL_WIDTH = 36
TAIL_GAP = 13
"""Left free between ring and tail, so that both are seen when small."""
STEPS = 200

WORDS = ("QL", "Release")
WORDS_SIZE = 150
WORDS_LEFT = 300
WORDS_GAP = 46
"""The space of the font is too narrow between a capital L and a capital R."""
WORDS_RIGHT_MARGIN = 6
WORDS_BASELINE = 172


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours for one kind of background."""

    ring: Colour
    accent: Colour
    words: Colour


PALETTES = {
    "": Palette(ring=(15, 98, 106, 255), accent=(244, 124, 92, 255), words=(24, 50, 56, 255)),
    "dark_": Palette(
        ring=(94, 201, 200, 255), accent=(255, 150, 117, 255), words=(240, 247, 247, 255)
    ),
}


def main() -> int:
    """Draw all of them."""
    BRAND.mkdir(exist_ok=True)
    for variant, palette in PALETTES.items():
        for density, factor in DENSITIES.items():
            _save(icon(palette, factor), f"{variant}icon{density}.png")
            _save(logo(palette, factor), f"{variant}logo{density}.png")
    return 0


def icon(palette: Palette, factor: int) -> Image.Image:
    """Draw the mark alone."""
    return _smooth(mark(palette, factor * FINER))


def logo(palette: Palette, factor: int) -> Image.Image:
    """Draw the mark with the name beside it."""
    scale = factor * FINER
    font = ImageFont.truetype(font_manrope.ManropeBold, WORDS_SIZE * scale)
    widths = [font.getlength(word) / scale + WORDS_GAP for word in WORDS]
    lefts = list(accumulate(widths, initial=WORDS_LEFT))
    width = round(lefts.pop() - WORDS_GAP) + WORDS_RIGHT_MARGIN
    image = Image.new("RGBA", (width * scale, SIDE * scale), NOTHING)
    image.paste(mark(palette, scale), (0, 0))
    draw = ImageDraw.Draw(image)
    for word, left in zip(WORDS, lefts, strict=True):
        draw.text((left * scale, WORDS_BASELINE * scale), word, palette.words, font, anchor="ls")
    return _smooth(image)


def _smooth(image: Image.Image) -> Image.Image:
    """Make it smaller; the mean of each square of pixels leaves flat colours flat."""
    size = (image.width // FINER, image.height // FINER)
    return image.resize(size, Image.Resampling.BOX)


def mark(palette: Palette, scale: int) -> Image.Image:
    """Draw ring, spot and tail."""
    image = Image.new("RGBA", (SIDE * scale, SIDE * scale), NOTHING)
    draw = ImageDraw.Draw(image)
    _disc(draw, RING_CENTRE, RING_RADIUS, palette.ring, scale)
    _disc(draw, RING_CENTRE, RING_RADIUS - RING_WIDTH, NOTHING, scale)
    _disc(draw, RING_CENTRE, SPOT_RADIUS, palette.accent, scale)
    _tail(draw, TAIL_WIDTH + 2 * TAIL_GAP, NOTHING, scale)
    _tail(draw, TAIL_WIDTH, palette.accent, scale)
    return image


def _disc(
    draw: ImageDraw.ImageDraw, centre: Point, radius: float, colour: Colour, scale: int
) -> None:
    draw.circle((centre[0] * scale, centre[1] * scale), radius * scale, colour)


def _tail(draw: ImageDraw.ImageDraw, width: float, colour: Colour, scale: int) -> None:
    """Draw the tail, a disc at every step, so that its ends are round."""
    for step in range(STEPS + 1):
        _disc(draw, _on_curve(step / STEPS), width / 2, colour, scale)


def _on_curve(share: float) -> Point:
    """Return the point of the tail at a share of its length (de Casteljau)."""
    points: list[Point] = list(TAIL)
    while len(points) > 1:
        points = [
            (one[0] + share * (two[0] - one[0]), one[1] + share * (two[1] - one[1]))
            for one, two in pairwise(points)
        ]
    return points[0]


def _save(image: Image.Image, name: str) -> None:
    image.save(BRAND / name, optimize=True)
    print(f"{BRAND.name}/{name}: {image.width} by {image.height}")


if __name__ == "__main__":
    sys.exit(main())
