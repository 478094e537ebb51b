"""What the watcher ended up with, against what the daemons journaled."""

from collections.abc import Iterable
from dataclasses import dataclass

from drill.bridge import Bridge
from drill.shelf import Shelf, contents
from drill.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of events.

    Attributes:
        journaled: by the daemons.
        lost: of those, how many the watcher does not have.
        clashes: ids that had two contents: heard so, or heard otherwise than journaled.
        strange: what the watcher has and no daemon journaled.
        repeats: came more than once by themselves.
        fetched: came only by asking history.
    """

    journaled: int
    lost: int
    clashes: int
    strange: int
    repeats: int
    fetched: int

    @property
    def good(self) -> bool:
        """Whether exactly what was journaled has arrived, and something was."""
        return self.journaled > 0 and not (self.lost or self.clashes or self.strange)


def judge(bridges: Iterable[Bridge], watcher: Watcher) -> Verdict:
    """Return the verdict over all bridges."""
    parts = [_judge_one(bridge, watcher.shelves[bridge.id]) for bridge in bridges]
    return Verdict(*(sum(numbers) for numbers in zip(*parts, strict=True)))


def _judge_one(bridge: Bridge, shelf: Shelf) -> tuple[int, int, int, int, int, int]:
    journaled = {event["id"]: contents(event) for event in bridge.events()}
    other = {name for name, told in shelf.events.items() if journaled.get(name, told) != told}
    return (
        len(journaled),
        len(journaled.keys() - shelf.events.keys()),
        len(other | shelf.clashes),
        len(shelf.events.keys() - journaled.keys()),
        shelf.repeats,
        len(shelf.events.keys() - shelf.heard),
    )
