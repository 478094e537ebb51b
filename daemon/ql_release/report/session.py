"""One session as a report tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from ql_release.events import (
    TOLD_CONFIDENCE,
    BoneContact,
    Event,
    Felt,
    HoldEnded,
    Judged,
    OverPressure,
    Placement,
    Released,
    SessionEnded,
    SessionReassigned,
    Slip,
    unix_us,
)
from ql_release.report.curves import Curves
from ql_release.units import MICROSECONDS

TAIL_S = 4.0
"""Seconds after a session's last contact that are shown."""

Mark: TypeAlias = Released | Slip | BoneContact | OverPressure


@dataclass(frozen=True, slots=True)
class Figures:
    """What was known of the person.

    Attributes:
        threshold_n: the force that the person calls 7 of 10, newtons; None when unknown.
        limit_n: the force above which pressure is told of as high, newtons; None when unknown.
    """

    threshold_n: float | None = None
    limit_n: float | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold.

    Attributes:
        number: counted from 1.
        begin_s: its contact's start, seconds since the session's.
        end_s: its contact's end, likewise.
        event: what is known of it.
    """

    number: int
    begin_s: float
    end_s: float
    event: HoldEnded


@dataclass(frozen=True, slots=True)
class Happening:
    """Something in a session that is marked.

    Attributes:
        number: counted from 1; 0 where it is too uncertain to be told.
        t: when it happened, seconds since the session's start.
        event: what happened.
        felt: the person's answer to a release; None without one.
    """

    number: int
    t: float
    event: Mark
    felt: bool | None = None

    @property
    def told(self) -> bool:
        """Whether it is certain enough to tell people of it."""
        return self.number > 0

    @property
    def confidence(self) -> float | None:
        """0 to 1; None where it is no matter of degree."""
        return self.event.confidence if isinstance(self.event, Judged) else None


class SessionReport:
    """A session that has ended.

    Args:
        session: its id.
        ended: what it came to.
        events: all its events, by their time.
        curves: its curves; time is seconds since the session's start.
        figures: what was known of the person.
    """

    def __init__(
        self,
        session: str,
        ended: SessionEnded,
        events: list[Event],
        curves: Curves,
        figures: Figures,
    ) -> None:
        self.id = session
        self.ended = ended
        self.curves = curves
        self.figures = figures
        self._events = events
        self._started_us = unix_us(ended.started_at)

    @property
    def started(self) -> datetime:
        """When its first contact began, in this machine's time zone."""
        return datetime.fromisoformat(self.ended.started_at).astimezone()

    @property
    def until_s(self) -> float:
        """Where its curves are to end, seconds since its start."""
        return self.ended.duration_s + TAIL_S

    @property
    def person(self) -> str | None:
        """Whose session it is, as last corrected."""
        corrected = [event for event in self._events if isinstance(event, SessionReassigned)]
        return corrected[-1].person if corrected else self.ended.person

    @property
    def placements(self) -> list[Placement]:
        """The placements that were told for its holds, each once."""
        told = [hold.event.placement for hold in self.holds]
        return list(dict.fromkeys(place for place in told if place is not None))

    @property
    def holds(self) -> list[Hold]:
        """Its holds in order."""
        ended = [event for event in self._events if isinstance(event, HoldEnded)]
        return [
            Hold(number, self._seconds(event) - event.hold_s, self._seconds(event), event)
            for number, event in enumerate(ended, start=1)
        ]

    @property
    def happenings(self) -> list[Happening]:
        """What is marked in it, in order."""
        answers = {event.release: event.felt for event in self._events if isinstance(event, Felt)}
        found: list[Happening] = []
        number = 0
        for event in self._events:
            if not isinstance(event, Mark):
                continue
            told = not isinstance(event, Judged) or event.confidence >= TOLD_CONFIDENCE
            number += told
            felt = answers.get(event.id)
            found.append(Happening(number if told else 0, self._seconds(event), event, felt))
        return found

    def _seconds(self, event: Event) -> float:
        """Return when an event happened, seconds since the session's start."""
        return (unix_us(event.at) - self._started_us) / MICROSECONDS
