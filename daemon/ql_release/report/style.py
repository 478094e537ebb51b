"""How reports look: the colours tell apart for the colour-blind, and are greys apart in print.

Hues are Okabe and Ito's (2008), made darker where they carry text. Nothing is told by colour
alone: curves differ in their dashes, marks in their shapes, and both are named beside them.
"""

from typing import Final

FONT = "DejaVu Sans"
"""Comes with matplotlib, so that a report looks the same everywhere."""


class Size:
    """Sizes of letters, points."""

    TITLE: Final = 17.0
    FIGURE: Final = 14.0
    HEADING: Final = 10.0
    BODY: Final = 8.5
    SMALL: Final = 7.0


INK = "#1b1f24"
FAINT = "#5a6470"
"""For what is read second; still 5 : 1 against white."""
HAIRLINE = "#c9d0d8"
TINT = "#eef2f6"
"""Behind the figures of the title."""
HOLD_TINT = "#e6edf4"
"""Behind holds; light enough for a grey printer to keep the curve clear."""

FORCE = "#0072b2"
EXPECTED = "#b34700"
LIMIT = "#7a2e00"
SECOND = "#5b4a8a"
THIRD = "#3f6f2a"

ZONES = ("#cfe1f0", "#7fb2d9", "#e3edf5", "#4b8fc4", "#b4d2e9", "#2f74aa", "#d9e7f3", "#1c5a8c")
"""Light and dark in turn, so that neighbours are apart without colour."""


class Mark:
    """The look of what is marked.

    Attributes:
        colour: of mark and line.
        shape: matplotlib's marker.
        name: what it is called beside the mark.
    """

    __slots__ = ("colour", "name", "shape")

    def __init__(self, colour: str, shape: str, name: str) -> None:
        self.colour = colour
        self.shape = shape
        self.name = name


MARKS = {
    "released": Mark("#00734f", "v", "possible release"),
    "slip": Mark("#a85f00", "D", "possible slip"),
    "bone_contact": Mark("#8f3d77", "s", "possible bone contact"),
    "over_pressure": Mark("#b03000", "^", "high pressure"),
}
"""The look of every mark by its event's type."""
