"""Release sessions, measured or logged by hand, and what they did of a plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .spots import Spot
from .training import FUTURE_TOLERANCE
from .wording import refuse

HOLD_TOLERANCE_S = 0.5
"""By so much a hold may be short of its plan: nobody feels it."""
SESSION_OPEN_FOR = timedelta(hours=2)
"""After so long a session that was begun and never ended is taken to be over."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one spot got in a session.

    Attributes:
        muscle: id of the muscle.
        side: left or right.
        zone: upper, middle or lower.
        holds: holds on it.
        hold_s: their time together, s.
        each_s: each of them lasted at least so long, s; 0: not known.
    """

    muscle: str
    side: str
    zone: str
    holds: int
    hold_s: float
    each_s: float = 0.0

    def holds_of(self, spot: Spot) -> int:
        """Return how many of a spot's holds this was."""
        if (self.muscle, self.side, self.zone) != (spot.muscle, spot.side, spot.zone):
            return 0
        if self.each_s >= spot.hold_s - HOLD_TOLERANCE_S:
            return self.holds
        return min(self.holds, int((self.hold_s + HOLD_TOLERANCE_S) // spot.hold_s))


@dataclass(frozen=True, slots=True)
class Session:
    """A session.

    Attributes:
        id: names it; the same again corrects it.
        start: of its first contact.
        end: of its last contact.
        work: what each spot got.
        unplaced_s: time in holds of which nobody said where they were, s.
        by_hand: whether the person logged it.
        whole: whether the person said that all of the plan was done.
    """

    id: str
    start: datetime
    end: datetime
    work: tuple[Work, ...] = ()
    unplaced_s: float = 0.0
    by_hand: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a spot has come.

    Attributes:
        spot: of the plan.
        holds: holds it got.
    """

    spot: Spot
    holds: int

    @property
    def done(self) -> bool:
        """Whether it got all its holds."""
        return self.holds >= self.spot.holds


def check(session: Session, now: datetime) -> None:
    """Refuse a session that cannot be true.

    Raises:
        RefusedError: saying what is wrong.
    """
    if session.end > now + FUTURE_TOLERANCE:
        raise refuse("session_future", time=session.end.isoformat(timespec="minutes"))
    if session.end < session.start:
        raise refuse("session_backwards")


def progress(spots: Sequence[Spot], sessions: Iterable[Session]) -> tuple[Progress, ...]:
    """Return what sessions together did of a plan."""
    found = list(sessions)
    if any(_is_whole(session, spots) for session in found):
        return tuple(Progress(spot, spot.holds) for spot in spots)
    return tuple(
        Progress(spot, min(spot.holds, sum(_holds(session, spot) for session in found)))
        for spot in spots
    )


def is_done(spots: Sequence[Spot], sessions: Iterable[Session]) -> bool:
    """Return whether sessions together did all of a plan."""
    return all(entry.done for entry in progress(spots, sessions))


def done_at(spots: Sequence[Spot], sessions: Iterable[Session]) -> datetime | None:
    """Return when sessions had done all of a plan; None: they have not."""
    ordered = sorted(sessions, key=lambda session: (session.end, session.id))
    for number, session in enumerate(ordered, 1):
        if is_done(spots, ordered[:number]):
            return session.end
    return None


def between(
    sessions: Iterable[Session], after: datetime, before: datetime, *, by_hand: bool
) -> list[Session]:
    """Return the sessions that count for a span: those that end in it.

    Args:
        sessions: to choose from.
        after: start of the span, not in it.
        before: its end, in it.
        by_hand: whether those that were logged by hand count.
    """
    return [
        session
        for session in sessions
        if after < session.end <= before and (by_hand or not session.by_hand)
    ]


def _is_whole(session: Session, spots: Sequence[Spot]) -> bool:
    """Return whether a session did all: said so, or held as long without saying where."""
    wanted_s = sum(spot.total_s for spot in spots)
    return session.whole or session.unplaced_s >= wanted_s - HOLD_TOLERANCE_S


def _holds(session: Session, spot: Spot) -> int:
    return max((work.holds_of(spot) for work in session.work), default=0)
