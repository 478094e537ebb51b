"""What several payloads share: placements, cursors, and the words for them."""

from dataclasses import dataclass
from enum import StrEnum

from .base import EPOCH, ID, Record, choice, integer, known, matching


class Side(StrEnum):
    """A side of the body."""

    LEFT = "left"
    RIGHT = "right"


class Zone(StrEnum):
    """A third of a muscle."""

    UPPER = "upper"
    MIDDLE = "middle"
    LOWER = "lower"


an_id = matching(ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement(Record):
    """What is being worked on."""

    muscle: str = known(an_id)
    side: Side = known(choice(*Side))
    zone: Zone = known(choice(*Zone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor(Record):
    """A place in a bridge's journal; seq 0 is before the first event."""

    epoch: str = known(matching(EPOCH))
    seq: int = known(integer())
