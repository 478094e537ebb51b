"""Events: what happened at a tool, one record for each type."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import (
    EPOCH,
    EVENT_ID,
    ContractError,
    Record,
    above_zero,
    boolean,
    integer,
    known,
    listed,
    matching,
    moment,
    named,
    number,
    optional,
    read_object,
    read_record,
    record,
    refuse_future,
    refuse_other_major,
    shown,
    text,
)
from .common import Cursor, Placement, an_id
from .session import SessionTotals

TOLD_CONFIDENCE = 0.5
"""From here on a judged event is told to people; below, it is for the record."""

APPROACH_TENTHS = 10
"""Values of an approach curve, one for each tenth of the force."""

_newtons = number(0)
_seconds = number(0)
_percent_of_own = optional(number(0))

check_approach = optional(listed(optional(number(0)), APPROACH_TENTHS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """What all events have in common; of a type that is not known, that is all."""

    id: str = known(matching(EVENT_ID))
    bridge: str = known(an_id)
    epoch: str = known(matching(EPOCH))
    seq: int = known(integer(1))
    tool: str = known(an_id)
    family: str = known(text)
    type: str = known(text)
    at: datetime = known(moment)
    decided_at: datetime = known(moment)
    session: str | None = known(optional(matching(EVENT_ID)))
    person: str | None = known(optional(an_id))
    placement: Placement | None = known(optional(record(Placement)))
    live: bool = known(boolean)

    @property
    def cursor(self) -> Cursor:
        """Its place in the bridge's journal."""
        return Cursor(epoch=self.epoch, seq=self.seq)

    @property
    def told(self) -> bool:
        """Whether people are told of it."""
        return True


class SessionStarted(Event):
    """The first contact of a session."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEnded(SessionTotals, Event):
    """A session is over; `at` is the end of its last contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReassigned(Event):
    """A session was someone else's."""

    was: str | None = known(optional(an_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated(Event):
    """A person's own threshold was measured."""

    threshold_n: float = known(above_zero)
    presses: int | None = known(optional(integer()), None)
    spread_pct: float | None = known(_percent_of_own, None)
    approach: tuple[float | None, ...] | None = known(check_approach, None)


class HoldStarted(Event):
    """A contact became a hold."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """A hold's contact ended."""

    hold_s: float = known(_seconds)
    unjudged_s: float = known(_seconds, 0.0)
    mean_force_n: float = known(_newtons)
    peak_force_n: float = known(_newtons)
    mean_pct: float | None = known(_percent_of_own, None)
    peak_pct: float | None = known(_percent_of_own, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverPressure(Event):
    """The force was above the limit for half a second."""

    force_n: float = known(_newtons)
    limit_n: float = known(_newtons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Event):
    """An event that is a matter of degree."""

    confidence: float = known(number(0, 1))
    evidence: dict[str, float] = known(named(number()))

    @property
    def told(self) -> bool:
        """Whether people are told of it."""
        return self.confidence >= TOLD_CONFIDENCE


class BoneContact(Judged):
    """The force rose stiffer than soft tissue does and did not relax."""

    __slots__ = ()


class Slip(Judged):
    """The tool slid."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Judged):
    """A possible release; `at` is its onset."""

    drop_pct: float = known(number(0, 100))
    expected_pct: float = known(number())
    held_s: float = known(_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt(Event):
    """The person's own answer to a release."""

    release: str = known(matching(EVENT_ID))
    felt: bool = known(boolean)


EVENTS: dict[tuple[str, str], type[Event]] = {
    ("session", "started"): SessionStarted,
    ("session", "ended"): SessionEnded,
    ("session", "reassigned"): SessionReassigned,
    ("session", "calibrated"): Calibrated,
    ("pressure", "hold_started"): HoldStarted,
    ("pressure", "hold_ended"): HoldEnded,
    ("pressure", "over_pressure"): OverPressure,
    ("pressure", "bone_contact"): BoneContact,
    ("pressure", "slip"): Slip,
    ("release", "released"): Released,
    ("release", "felt"): Felt,
}
"""The record of each event, by family and type."""


def types_of(family: str) -> list[str]:
    """Return the types of a family, in the order of the reference."""
    return [name for of, name in EVENTS if of == family]


def event_from(fields: dict[str, Any], now: datetime) -> Event:
    """Return an event out of a JSON object, as it stands in a page of history.

    Raises:
        ContractError: when it is none.

    """
    refuse_other_major(fields)
    names = (text(fields.get("family")), text(fields.get("type")))
    found = read_record(EVENTS.get(names, Event), fields)
    refuse_future(found, now)
    return found


def read_event(payload: bytes, tool: str, family: str, now: datetime) -> Event:
    """Return a payload as the event that it is.

    Args:
        payload: As received.
        tool: The tool in its topic.
        family: The family in its topic.
        now: The present time.

    Raises:
        ContractError: when it is none, or another than its topic says.

    """
    found = event_from(read_object(payload), now)
    if (found.tool, found.family) != (tool, family):
        raise ContractError(
            f"is a {shown(found.family)} event of {found.tool}, so not for this topic"
        )
    return found
