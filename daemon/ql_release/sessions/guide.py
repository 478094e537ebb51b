"""The guide through a person's plan: which spot is due, and what each has got.

A step is done when so many holds as wanted have each lasted as long as wanted; the guide then
goes on at lift-off, to the next step that is not done, and from the last to those that were
skipped. Naming a spot of the plan jumps there, naming any other leaves the plan until nothing is
named. Every session begins the plan anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from ql_release.payloads.base import Placement
from ql_release.payloads.session import DoseEntry
from ql_release.payloads.tool import PlanProgress
from ql_release.plan import PlannedSpot
from ql_release.sessions.coverage import SECONDS_DIGITS
from ql_release.sessions.rounding import rounded
from ql_release.signal.contact import TIME_EPSILON_S


@dataclass(slots=True)
class _Step:
    plan: PlannedSpot
    placement: Placement
    holds: int = 0
    hold_s: float = 0.0

    @property
    def done(self) -> bool:
        return self.holds >= self.plan.holds


class Guide:
    """One session's way through a plan.

    Args:
        plan: the spots in their order; without any the guide only keeps what is named.
        placed: what was named to be worked on, or None.
    """

    __slots__ = ("_at", "_held", "_placed", "_plan", "_steps", "_through")

    def __init__(self, plan: Sequence[PlannedSpot], placed: Placement | None = None) -> None:
        self._plan = plan
        self._steps = [_Step(spot, placement_of(spot)) for spot in plan]
        self._at = 0
        self._held = False
        self._through = not plan
        self._placed: Placement | None = None
        self.place(placed)

    @property
    def placed(self) -> Placement | None:
        """What was named and still holds; None when the guide has gone on from it."""
        return self._placed

    @property
    def placement(self) -> Placement | None:
        """What is being worked on: what was named, or the spot that is due."""
        if self._placed is not None or self._through:
            return self._placed
        return self._steps[self._at].placement

    def place(self, placement: Placement | None) -> None:
        """Take what is named to be worked on; None: the spot that is due."""
        self._placed = placement
        found = None if placement is None else self._find(placement)
        if found is not None:
            self._at, self._through = found, False

    def held(self, hold_s: float) -> None:
        """Count a hold of so many seconds that has ended where the guide is."""
        step = self._step()
        if step is None:
            return
        step.hold_s += hold_s
        if hold_s >= step.plan.hold_s - TIME_EPSILON_S:
            step.holds += 1
            self._held = True

    def lifted(self) -> None:
        """Go on after a lift-off, if it ended a hold with which the step is done."""
        held, self._held = self._held, False
        step = self._step()
        if held and step is not None and step.done:
            self._go_on()

    def anew(self) -> Self:
        """Return the guide of the next session: only what was named outside the plan holds on."""
        outside = self._placed is not None and self._find(self._placed) is None
        return type(self)(self._plan, self._placed if outside else None)

    def progress(self) -> PlanProgress | None:
        """Return where the guide is; None without a plan."""
        if not self._steps:
            return None
        step = self._steps[self._at]
        return PlanProgress(
            step=self._at + 1,
            of=len(self._steps),
            placement=None if self._through else step.placement,
            holds=step.holds,
            holds_wanted=step.plan.holds,
            hold_s=step.plan.hold_s,
            done=all(step.done for step in self._steps),
        )

    def doses(self) -> list[DoseEntry]:
        """Return what each spot has got, in the order of the plan."""
        return [
            DoseEntry(
                muscle=step.plan.muscle,
                side=step.plan.side,
                zone=step.plan.zone,
                holds=step.holds,
                holds_wanted=step.plan.holds,
                hold_s=rounded(step.hold_s, SECONDS_DIGITS),
                hold_s_wanted=round(step.plan.holds * step.plan.hold_s, SECONDS_DIGITS),
                done=step.done,
            )
            for step in self._steps
        ]

    def _step(self) -> _Step | None:
        """Return the step that is being worked on; None outside the plan and after it."""
        if self._through:
            return None
        step = self._steps[self._at]
        return step if self._placed in (None, step.placement) else None

    def _go_on(self) -> None:
        self._placed = None
        order = [*range(self._at + 1, len(self._steps)), *range(self._at)]
        due = next((number for number in order if not self._steps[number].done), None)
        if due is None:
            self._through = True
        else:
            self._at = due

    def _find(self, placement: Placement) -> int | None:
        """Return the step with that spot: the first that is not done, else the first."""
        found = [at for at, step in enumerate(self._steps) if step.placement == placement]
        return next((at for at in found if not self._steps[at].done), found[0] if found else None)


def placement_of(spot: PlannedSpot) -> Placement:
    """Return where a spot of a plan is."""
    return Placement(muscle=spot.muscle, side=spot.side, zone=spot.zone)
