"""Sessions of the book, as the coach counts them."""

from collections.abc import Iterable

from ..coach import Session, Work
from ..contract.session import DoseEntry
from ..history.record import SessionRecord


def session_of(record: SessionRecord) -> Session | None:
    """Return what a session did; None: it is none that a plan can count.

    One that was logged by hand without its spots is taken at its word: it was the whole plan.
    """
    if not record.is_release:
        return None
    coverage = tuple(
        Work(entry.muscle, entry.side, entry.zone, entry.holds, entry.hold_s)
        for entry in record.coverage
    )
    placed_s = sum(work.hold_s for work in coverage)
    return Session(
        id=record.id,
        start=record.started_at,
        end=record.ended_at,
        # Two accounts of one spot: the engine counts the greater.
        work=(*_doses(record.dose), *coverage),
        unplaced_s=max(0.0, record.hold_s - placed_s),
        by_hand=record.by_hand,
        whole=record.by_hand and not record.coverage,
    )


def _doses(entries: Iterable[DoseEntry]) -> Iterable[Work]:
    for entry in entries:
        each_s = entry.hold_s_wanted / entry.holds_wanted if entry.holds_wanted else 0.0
        yield Work(entry.muscle, entry.side, entry.zone, entry.holds, entry.hold_s, each_s)
