"""What is known of one session: facts that come in any order, and more than once.

Of facts that contradict each other the one decided last holds, whenever it was heard; so the
same facts make the same session, live, out of order, or fetched from history once more.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from ..contract.base import Record, boolean, each, known, moment, optional, record, text
from ..contract.common import an_id
from ..contract.events import (
    Event,
    Felt,
    Released,
    SessionEnded,
    SessionReassigned,
    SessionStarted,
)
from .record import ReleaseRecord, SessionRecord, SessionSource, a_session

_END = "0"
_CORRECTION = "1"
"""Of an end and a correction decided in the same moment, the correction holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Record):
    """Something that was decided.

    Attributes:
        at: When.
        by: Which of several of that moment; the greatest holds.
    """

    at: datetime = known(moment)
    by: str = known(text)

    @property
    def rank(self) -> tuple[datetime, str]:
        """What tells which of two holds."""
        return self.at, self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose(Said):
    """Whose session it is."""

    person: str | None = known(optional(an_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Said):
    """How it ended; person and releases stand elsewhere."""

    record: SessionRecord = known(record(SessionRecord))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Said):
    """What the person answered to a release."""

    release: str = known(text)
    felt: bool = known(boolean)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts(Record):
    """All that is known of a session, also of one that has not ended.

    Attributes:
        removed: Whether it was deleted here; what comes of it later is not kept.
    """

    id: str = known(a_session)
    removed: bool = known(boolean, default=False)
    whose: Whose | None = known(optional(record(Whose)), None)
    ended: Ended | None = known(optional(record(Ended)), None)
    releases: tuple[ReleaseRecord, ...] = each(record(ReleaseRecord))
    answers: tuple[Answer, ...] = each(record(Answer))

    @property
    def record(self) -> SessionRecord | None:
        """The session; None: it has not ended, or is deleted."""
        if self.ended is None:
            return None
        felt = {answer.release: answer.felt for answer in self.answers}
        return replace(
            self.ended.record,
            person=self.whose.person if self.whose else None,
            releases=tuple(
                replace(release, felt=felt.get(release.id, release.felt))
                for release in self.releases
            ),
        )


def removed(session: str) -> SessionFacts:
    """Return what is left of a session that was deleted."""
    return SessionFacts(id=session, removed=True)


def written(session: SessionRecord, now: datetime) -> SessionFacts:
    """Return a session as it was written down here, in place of all that was known of it."""
    return SessionFacts(
        id=session.id,
        whose=Whose(person=session.person, at=now, by=_CORRECTION),
        ended=Ended(record=replace(session, person=None, releases=()), at=now, by=_CORRECTION),
        releases=_by_time(session.releases),
    )


def concerns(event: Event) -> bool:
    """Tell whether an event says anything that is kept."""
    kinds = SessionStarted, SessionEnded, SessionReassigned, Released, Felt
    return event.session is not None and isinstance(event, kinds)


def take(facts: SessionFacts, event: Event) -> SessionFacts:
    """Return the facts and what an event that concerns them adds."""
    if facts.removed:
        return facts
    if isinstance(event, Released):
        return _with_release(facts, event)
    if isinstance(event, Felt):
        return _with_answer(facts, event)
    order = _CORRECTION if isinstance(event, SessionReassigned) else _END
    whose = Whose(person=event.person, at=event.decided_at, by=order + event.id)
    facts = replace(facts, whose=_last(facts.whose, whose))
    if isinstance(event, SessionEnded):
        return replace(facts, ended=_last(facts.ended, _ended(facts.id, event)))
    return facts


def _last[T: Said](one: T | None, other: T) -> T:
    return other if one is None or other.rank > one.rank else one


def _ended(session: str, event: SessionEnded) -> Ended:
    return Ended(
        at=event.decided_at,
        by=_END + event.id,
        record=SessionRecord(
            id=session,
            source=SessionSource(event.source),
            tool=event.tool,
            bridge=event.bridge,
            started_at=event.started_at,
            # A clock that was set back meanwhile makes no session end before it began.
            ended_at=max(event.at, event.started_at),
            duration_s=event.duration_s,
            hold_s=event.hold_s,
            holds=event.holds,
            slips=event.slips,
            bone_contacts=event.bone_contacts,
            over_pressures=event.over_pressures,
            peak_force_n=event.peak_force_n,
            peak_pct=event.peak_pct,
            coverage=event.coverage,
            dose=event.dose,
            left_right=event.left_right,
        ),
    )


def _with_release(facts: SessionFacts, event: Released) -> SessionFacts:
    if any(release.id == event.id for release in facts.releases):
        return facts
    release = ReleaseRecord(
        id=event.id, at=event.at, placement=event.placement, confidence=event.confidence
    )
    return replace(facts, releases=_by_time((*facts.releases, release)))


def _with_answer(facts: SessionFacts, event: Felt) -> SessionFacts:
    new = Answer(release=event.release, felt=event.felt, at=event.decided_at, by=event.id)
    others = [answer for answer in facts.answers if answer.release != event.release]
    old = next((answer for answer in facts.answers if answer.release == event.release), None)
    answers = sorted([*others, _last(old, new)], key=lambda answer: answer.release)
    return replace(facts, answers=tuple(answers))


def _by_time(releases: tuple[ReleaseRecord, ...]) -> tuple[ReleaseRecord, ...]:
    return tuple(sorted(releases, key=lambda release: (release.at, release.id)))
