"""What is remembered of a person who was removed."""

from dataclasses import dataclass

from ..contract.base import EVENT_ID, Record, boolean, each, known, listed, matching, named, text
from ..contract.common import an_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Departed(Record):
    """A person who was removed.

    Attributes:
        person: The id by which bridges know them.
        name: What they were called; empty once it is not needed.
        erase: Whether all of theirs is to be erased; if not, that is still asked.
        sessions: Their sessions by bridge: some may be nobody's to the bridge.
        done: The bridges that have erased what they had.
    """

    person: str = known(an_id)
    name: str = known(text)
    erase: bool = known(boolean, default=False)
    sessions: dict[str, tuple[str, ...]] = known(named(listed(matching(EVENT_ID))))
    done: tuple[str, ...] = each(an_id)
