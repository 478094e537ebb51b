"""What has happened in a session so far, counted."""

from dataclasses import dataclass, field

from ql_release.events import TOLD_CONFIDENCE
from ql_release.payloads.base import Placement
from ql_release.sessions.coverage import Coverage
from ql_release.signal.detections import (
    BoneContact,
    Detection,
    HoldEnded,
    HoldStarted,
    Judged,
    OverPressure,
    PossibleSink,
    Released,
    Slip,
)


@dataclass(slots=True)
class Tally:
    """The counts of one session.

    Judged detections count from a confidence of 0.5 on.

    Attributes:
        holds: holds begun.
        hold_s: seconds in the holds that have ended.
        counted_holds: ended holds that were long enough for the dose, wherever they were.
        releases: releases.
        slips: slips.
        bone_contacts: bone contacts.
        over_pressures: excursions above the limit.
        possible_sinks: times the tool sank in while the force stayed.
        peak_force_n: highest force in an ended hold, N; None before the first has ended.
        coverage: the holds that count, by placement.
        unjudged_s: seconds of the ended holds in which what happened could not be judged.
        stuck_zones: numbers, from 0, of the zones whose force was left out of a hold.
    """

    holds: int = 0
    hold_s: float = 0.0
    counted_holds: int = 0
    releases: int = 0
    slips: int = 0
    bone_contacts: int = 0
    over_pressures: int = 0
    possible_sinks: int = 0
    peak_force_n: float | None = None
    coverage: Coverage = field(default_factory=Coverage)
    unjudged_s: float = 0.0
    stuck_zones: set[int] = field(default_factory=set)

    def add(self, detection: Detection, placement: Placement | None, dose_hold_s: float) -> None:
        """Count a detection.

        Args:
            detection: what was detected.
            placement: what is being worked on; a hold counts for the one at its end.
            dose_hold_s: seconds from which a hold counts towards the dose.
        """
        if isinstance(detection, Judged) and detection.confidence < TOLD_CONFIDENCE:
            return
        match detection:
            case HoldStarted():
                self.holds += 1
            case HoldEnded():
                self._add_hold(detection, placement, dose_hold_s)
            case Released():
                self.releases += 1
            case Slip():
                self.slips += 1
            case BoneContact():
                self.bone_contacts += 1
            case OverPressure():
                self.over_pressures += 1
            case PossibleSink():
                self.possible_sinks += 1

    def _add_hold(self, hold: HoldEnded, placement: Placement | None, dose_hold_s: float) -> None:
        self.hold_s += hold.hold_s
        self.unjudged_s += hold.unjudged_s
        self.stuck_zones.update(hold.stuck_zones)
        self.peak_force_n = max(hold.peak_force_n, self.peak_force_n or 0.0)
        if hold.hold_s < dose_hold_s:
            return
        self.counted_holds += 1
        if placement is not None:
            self.coverage.add(placement, hold.hold_s)
