"""A training programme that is chosen by its name."""

from datetime import date, timedelta
from typing import Final

from ..coach import TEMPLATES, Programme

PROGRAMMES: Final = tuple(TEMPLATES)


def programme_answer(programme: Programme | None) -> str | None:
    """Return the name of a programme; None: there is none, or it is one of the person's own."""
    if programme is None:
        return None
    for name, template in TEMPLATES.items():
        if template(programme.anchor, programme.weekdays) == programme:
            return name
    return None


def programme_as(
    before: Programme | None, answer: str | None, days: frozenset[int], today: date
) -> Programme | None:
    """Return the programme that was answered.

    Args:
        before: what there was: the same again goes on where it stands, and one of the person's
            own stays as long as no other is chosen.
        answer: the name; None: none was chosen.
        days: of training; none: those that are usual for it.
        today: a new one begins in this week.

    """
    known = programme_answer(before)
    if answer is None:
        return before if known is None else None
    template = TEMPLATES[answer]
    same = before is not None and known == answer
    anchor = before.anchor if before is not None and same else monday_of(today)
    return template(anchor, days) if days else template(anchor)


def monday_of(day: date) -> date:
    """Return the day that its week begins with."""
    return day - timedelta(days=day.weekday())
