"""What a watcher has of one bridge's events, and whether something is missing.

No network and no clock: docs/mqtt.md, "Catching up", and nothing else.
"""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shelf:
    """The events of one bridge, each once.

    Attributes:
        events: contents by id, without `live`.
        cursor: `epoch` and `seq` up to which nothing is missing; None before the first page.
        heard: ids that came by themselves, not only from history.
        repeats: how many came more than once by themselves.
        clashes: ids that came with two contents.
    """

    events: dict[str, str] = field(default_factory=dict)
    cursor: dict[str, Any] | None = None
    heard: set[str] = field(default_factory=set)
    repeats: int = 0
    clashes: set[str] = field(default_factory=set)
    _epoch: str = ""
    _seqs: set[int] = field(default_factory=set)
    _newest: int = 0

    @property
    def missing(self) -> bool:
        """Whether to ask the bridge's history."""
        if self.cursor is None:
            return True
        return self._newest > (self.cursor["seq"] if self._epoch == self.cursor["epoch"] else 0)

    def hear(self, event: dict[str, Any]) -> None:
        """Take an event that came by itself."""
        if event["id"] in self.heard:
            self.repeats += 1
        self.heard.add(event["id"])
        self._apply(event)
        self._advance()

    def take_page(self, page: dict[str, Any]) -> None:
        """Take a page of history; only then does the cursor move."""
        for event in page["events"]:
            self._apply(event)
        if self.cursor is None or self.cursor["epoch"] != page["next"]["epoch"]:
            self.cursor = dict(page["next"])
        self.cursor["seq"] = max(self.cursor["seq"], page["next"]["seq"])
        self._advance()

    def _apply(self, event: dict[str, Any]) -> None:
        known = self.events.setdefault(event["id"], contents(event))
        if known != contents(event):
            self.clashes.add(event["id"])
        if event["epoch"] != self._epoch:
            self._epoch, self._newest = event["epoch"], 0
            self._seqs.clear()
        self._seqs.add(event["seq"])
        self._newest = max(self._newest, event["seq"])

    def _advance(self) -> None:
        """Move the cursor over what is there already."""
        if self.cursor is None or self.cursor["epoch"] != self._epoch:
            return
        while self.cursor["seq"] + 1 in self._seqs:
            self.cursor["seq"] += 1


def contents(event: dict[str, Any]) -> str:
    """Return what must be the same whenever an event is sent: all but `live`."""
    kept = {name: value for name, value in event.items() if name != "live"}
    return json.dumps(kept, sort_keys=True)
