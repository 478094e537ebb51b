"""What the caller has to do, kept until it says that it was done.

So a restart between a decision and its delivery loses nothing. Notices replace each other by
their tag, so one delivered twice does no harm; one that was not delivered in time is taken back
and decided anew, for meanwhile it may be night.
"""

from datetime import datetime, timedelta

from .state import Happening, Item, Notice, Reminder, State
from .wording import Text

STALE = timedelta(minutes=1)
"""After so long a notice that nobody delivered is decided anew."""
TAG_RELEASE = "release"
TAG_BEFORE_LIFT = "before_lift"
TAG_NUDGE = "nudge"


def show(state: State, now: datetime, notice: Notice) -> None:
    """Have a notice shown."""
    delivered(state, notice.tag)
    _add(state, now, notice=notice)


def clear(state: State, now: datetime, tag: str) -> None:
    """Have what stands under a tag taken off all devices."""
    delivered(state, tag)
    state.outbox = [item for item in state.outbox if item.clear != tag]
    _add(state, now, clear=tag)


def tell(state: State, now: datetime, kind: str, *, why: Text | None = None, of: str = "") -> None:
    """Have something told that happened."""
    _add(state, now, happened=Happening(kind, why, of))


def confirm(state: State, number: int) -> None:
    """Forget an item that was done."""
    state.outbox = [item for item in state.outbox if item.id != number]


def delivered(state: State, tag: str) -> None:
    """Forget the notice of a tag: it was delivered, or need not be any more."""
    state.outbox = [item for item in state.outbox if item.notice is None or item.notice.tag != tag]


def take_back(state: State, now: datetime) -> None:
    """Undo the showing of notices that were not delivered in time."""
    stale = [item for item in state.outbox if item.notice and item.at + STALE <= now]
    for item in stale:
        assert item.notice is not None
        _undo(state, item.notice, item.at)
    taken = {(item.at, item.notice.reminder) for item in stale if item.notice}
    state.outbox = [
        item
        for item in state.outbox
        if item not in stale and not (item.happened and (item.at, item.happened.reminder) in taken)
    ]


def next_stale(state: State) -> datetime | None:
    """Return when a notice is next to be taken back; None: there is none to deliver."""
    return min((item.at + STALE for item in state.outbox if item.notice), default=None)


def _add(
    state: State,
    now: datetime,
    *,
    notice: Notice | None = None,
    clear: str | None = None,
    happened: Happening | None = None,
) -> None:
    state.outbox.append(Item(state.next_item, now, notice, clear, happened))
    state.next_item += 1


def _undo(state: State, notice: Notice, at: datetime) -> None:
    if not notice.reminder:
        state.nudges.shown = [moment for moment in state.nudges.shown if moment != at]
        state.nudges.standing = False
        return
    for reminder in state.reminders:
        if reminder.id == notice.reminder:
            _unshow(reminder, at, counted=notice.counted)
            state.unanswered -= notice.counted and state.unanswered > 0


def _unshow(reminder: Reminder, at: datetime, *, counted: bool) -> None:
    moments = reminder.shown if counted else reminder.returned
    if at not in moments:
        return
    moments.remove(at)
    reminder.next_at = at
    reminder.snoozed = not counted
