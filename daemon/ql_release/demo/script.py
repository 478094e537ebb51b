"""What the demonstration's body does, as the events that must come of it."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

Step = tuple[str, str]
"""Family and type of an event."""

STEPS: Sequence[Step] = (
    ("session", "started"),
    ("pressure", "hold_started"),
    ("release", "released"),
    ("pressure", "hold_ended"),
    ("pressure", "hold_started"),
    ("pressure", "slip"),
    ("pressure", "hold_ended"),
    ("pressure", "hold_started"),
    ("pressure", "bone_contact"),
    ("pressure", "hold_ended"),
    ("pressure", "hold_started"),
    ("pressure", "hold_ended"),
    ("session", "ended"),
)
"""The events of `simulate.demo_body`: four holds and one thing in each of the first three."""

LEAST_CONFIDENCE = 0.5
"""Less certain events are not told to people, and are no part of the script."""


class Script:
    """Compares what came with what had to come.

    Args:
        steps: the events that must come, in order.
    """

    def __init__(self, steps: Sequence[Step] = STEPS) -> None:
        self._steps = list(steps)
        self._came: list[Step] = []

    @property
    def expected(self) -> int:
        """How many events must come."""
        return len(self._steps)

    def add(self, event: Mapping[str, Any]) -> None:
        """Take the next event that came."""
        confidence = event.get("confidence", 1.0)
        if isinstance(confidence, int | float) and confidence >= LEAST_CONFIDENCE:
            self._came.append((str(event.get("family")), str(event.get("type"))))

    def faults(self) -> list[str]:
        """Return what is missing and what should not have come; nothing when all is right."""
        faults: list[str] = []
        matcher = SequenceMatcher(None, self._steps, self._came, autojunk=False)
        for _, begin, end, came_begin, came_end in matcher.get_opcodes():
            missing, came = self._steps[begin:end], self._came[came_begin:came_end]
            if missing != came:
                after = _after(self._steps[:begin])
                faults += [f"missing: {_name(step)}{after}" for step in missing]
                faults += [f"unexpected: {_name(step)}{after}" for step in came]
        return faults


def _after(steps: Sequence[Step]) -> str:
    """Return behind which steps something is, for people: the last one, counted among its like."""
    if not steps:
        return ", at the beginning"
    return f", after {_name(steps[-1])} {steps.count(steps[-1])}"


def _name(step: Step) -> str:
    """Return a step in words."""
    return step[1].replace("_", " ") if step[0] != "session" else f"session {step[1]}"
