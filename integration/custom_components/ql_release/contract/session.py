"""What a finished session came to, as the `ended` event and the retained summary tell it."""

from dataclasses import dataclass
from datetime import datetime

from .base import (
    EVENT_ID,
    ContractError,
    Record,
    boolean,
    choice,
    each,
    integer,
    known,
    listed,
    matching,
    moment,
    named,
    number,
    optional,
    record,
    text,
)
from .common import Placement, an_id

_seconds = number(0)
_count = integer()
_percent = number(0, 100)


def _figure(value: object) -> str | float:
    """Check a figure or name in an insight."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return integer(None)(value)
    try:
        return number()(value)
    except ContractError:
        raise ContractError("must be a string or a number") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEntry(Placement):
    """What one placement got, of holds that count."""

    holds: int = known(_count)
    hold_s: float = known(_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseEntry(Placement):
    """What one spot of the person's plan got."""

    holds: int = known(_count)
    holds_wanted: int = known(_count)
    hold_s: float = known(_seconds)
    hold_s_wanted: float = known(_seconds)
    done: bool = known(boolean)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRight(Record):
    """How the holds that count were shared between the sides."""

    left_pct: float = known(_percent)
    right_pct: float = known(_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight(Record):
    """One thing worth knowing after a session."""

    code: str = known(an_id)
    text: str = known(text)
    data: dict[str, str | float] = known(named(_figure))


@dataclass(frozen=True, kw_only=True)
class SessionTotals(Record):
    """What a session came to; without slots, so that an event can have it as a second base."""

    source: str = known(choice("tool", "import"))
    reason: str = known(choice("idle", "stopped", "silence", "recording_end"))
    started_at: datetime = known(moment)
    duration_s: float = known(_seconds)
    holds: int = known(_count)
    hold_s: float = known(_seconds)
    releases: int = known(_count)
    slips: int = known(_count)
    bone_contacts: int = known(_count)
    over_pressures: int = known(_count)
    possible_sinks: int = known(_count)
    peak_force_n: float | None = known(optional(number(0)))
    coverage: tuple[CoverageEntry, ...] = known(listed(record(CoverageEntry)))
    dose: tuple[DoseEntry, ...] = each(record(DoseEntry))
    left_right: LeftRight | None = known(optional(record(LeftRight)))
    insights: tuple[Insight, ...] = known(listed(record(Insight)))
    peak_pct: float | None = known(optional(number(0)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSession(SessionTotals):
    """A tool's last finished session."""

    session: str = known(matching(EVENT_ID))
    bridge: str = known(an_id)
    tool: str = known(an_id)
    person: str | None = known(optional(an_id))
    ended_at: datetime = known(moment)
