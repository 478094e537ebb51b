"""What sessions come to by the hour: pure, the same rows from the same sessions in any order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from ..contract.common import Side
from .record import SessionRecord

_SECONDS_A_MINUTE = 60
_DIGITS = 3
"""Of a minute: the same sum whatever it was added up from."""


class Measure(StrEnum):
    """What is counted."""

    MINUTES = "minutes"
    HOLDS = "holds"
    RELEASES = "releases"


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that is counted of a person: a measure, of one side or of all.

    Attributes:
        side: None: both sides, and what has no place.
    """

    measure: Measure
    side: Side | None

    @classmethod
    def all(cls) -> list[Self]:
        """Return every series."""
        return [cls(measure, side) for measure in Measure for side in (None, *Side)]

    @property
    def key(self) -> str:
        """What names it in an id."""
        return self.measure if self.side is None else f"{self.side}_{self.measure}"


@dataclass(frozen=True, slots=True)
class Row:
    """An hour.

    Attributes:
        value: what it has.
        total: what there was up to its end.
    """

    value: float
    total: float


type Rows = Mapping[datetime, Row]
"""By the start of the hour, in UTC; hours without anything have none."""


def rows_of(sessions: Iterable[SessionRecord], series: Series, confidence: float) -> Rows:
    """Return the hours of a series.

    Args:
        sessions: of one person.
        series: what is counted.
        confidence: from which a possible release counts.

    """
    values: dict[datetime, float] = {}
    for session in sessions:
        if not session.is_release:
            continue
        for moment, value in _amounts(session, series, confidence):
            hour = moment.replace(minute=0, second=0, microsecond=0)
            values[hour] = values.get(hour, 0.0) + value
    rows: dict[datetime, Row] = {}
    total = 0.0
    for hour in sorted(values):
        value = round(values[hour], _DIGITS)
        if value:
            total = round(total + value, _DIGITS)
            rows[hour] = Row(value, total)
    return rows


def _amounts(
    session: SessionRecord, series: Series, confidence: float
) -> Iterable[tuple[datetime, float]]:
    """Yield what a session adds, and when: releases at their own time, all else at its start."""
    if series.measure is Measure.RELEASES:
        for release in session.counted(confidence, series.side):
            yield release.at, 1.0
        return
    parts = [entry for entry in session.coverage if entry.side is series.side]
    if series.measure is Measure.HOLDS:
        count = session.holds if series.side is None else sum(part.holds for part in parts)
        yield session.started_at, float(count)
        return
    held_s = session.hold_s if series.side is None else sum(part.hold_s for part in parts)
    yield session.started_at, held_s / _SECONDS_A_MINUTE
