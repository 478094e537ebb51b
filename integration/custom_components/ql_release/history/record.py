"""What is kept of a session; how it becomes JSON, and is read again."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from ..contract.base import (
    EVENT_ID,
    Record,
    boolean,
    choice,
    each,
    integer,
    known,
    matching,
    moment,
    number,
    optional,
    record,
    text,
    timestamp,
)
from ..contract.common import Placement, Side, an_id
from ..contract.session import CoverageEntry, DoseEntry, LeftRight

MANUAL: Final = "manual-"
"""The ids of sessions that were logged by hand begin so: no bridge makes such ids."""

MAX_NOTE: Final = 500
"""Characters of a note."""

_seconds = number(0)
_count = integer()
_force = optional(number(0))
a_session = matching(rf"{EVENT_ID}|{MANUAL}[0-9a-z-]{{1,40}}")


class SessionSource(StrEnum):
    """Where a session is known from."""

    TOOL = "tool"
    IMPORT = "import"
    MANUAL = "manual"


class SessionKind(StrEnum):
    """What was done; a stretch never counts as a release session."""

    RELEASE = "release"
    STRETCH = "stretch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord(Record):
    """A possible release in a session.

    Attributes:
        felt: The person's own answer; None: there is none.
    """

    id: str = known(a_session)
    at: datetime = known(moment)
    placement: Placement | None = known(optional(record(Placement)), None)
    confidence: float = known(number(0, 1), 1.0)
    felt: bool | None = known(optional(boolean), None)

    def counts(self, confidence: float) -> bool:
        """Tell whether it counts: the person's word goes before what was measured."""
        return self.confidence >= confidence if self.felt is None else self.felt


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord(Record):
    """A session that is over.

    Attributes:
        person: As the bridge has it; `SessionBook.owner` tells whose that is.
        holds: All holds; those of `coverage` have a placement and last long enough.
        releases: All that were seen; `counted` tells those that count.
    """

    id: str = known(a_session)
    source: SessionSource = known(choice(*SessionSource))
    kind: SessionKind = known(choice(*SessionKind), SessionKind.RELEASE)
    person: str | None = known(optional(an_id), None)
    tool: str | None = known(optional(an_id), None)
    bridge: str | None = known(optional(an_id), None)
    started_at: datetime = known(moment)
    ended_at: datetime = known(moment)
    duration_s: float = known(_seconds)
    hold_s: float = known(_seconds, 0.0)
    holds: int = known(_count, 0)
    slips: int = known(_count, 0)
    bone_contacts: int = known(_count, 0)
    over_pressures: int = known(_count, 0)
    peak_force_n: float | None = known(_force, None)
    peak_pct: float | None = known(_force, None)
    coverage: tuple[CoverageEntry, ...] = each(record(CoverageEntry))
    dose: tuple[DoseEntry, ...] = each(record(DoseEntry))
    left_right: LeftRight | None = known(optional(record(LeftRight)), None)
    releases: tuple[ReleaseRecord, ...] = each(record(ReleaseRecord))
    note: str | None = known(optional(text), None)

    @property
    def by_hand(self) -> bool:
        """Whether the person logged it."""
        return self.source is SessionSource.MANUAL

    @property
    def is_release(self) -> bool:
        """Whether it was a release session."""
        return self.kind is SessionKind.RELEASE

    def counted(self, confidence: float, side: Side | None = None) -> list[ReleaseRecord]:
        """Return the releases that count, of one side or of all."""
        return [
            release
            for release in self.releases
            if release.counts(confidence) and side in (None, _side(release))
        ]

    def worked(self, side: Side) -> bool:
        """Tell whether a side was worked on."""
        return any(entry.side is side for entry in self.coverage)


def as_json(value: object) -> Any:
    """Return a record, or what is in one, as JSON; defaults are left out."""
    if isinstance(value, Record):
        return {
            one.name: as_json(found)
            for one in fields(value)
            if (found := getattr(value, one.name)) != one.default
        }
    match value:
        case tuple():
            return [as_json(item) for item in value]
        case datetime():
            return timestamp(value)
        case StrEnum():
            return value.value
    return value


def _side(release: ReleaseRecord) -> Side | None:
    return None if release.placement is None else release.placement.side
