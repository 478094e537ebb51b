"""Possible sink: dead weight goes in deeper, the force stays and the tool tilts slowly.

With two springs in parallel, the tissue and whatever else carries the body, a softer tissue
takes the more force off the tool the stiffer that support is. Dead weight has none: the force
stays and the tool sinks in instead. So the slow view of the IMU is asked: a tilt of 1-3 degrees
over 3-20 s without a turn of the body, with the force within 3 % of the hold's own decay. It is
no release; it goes into the state and the session's insights.
"""

from ql_release.signal.bins import Bin
from ql_release.signal.decay import PRIOR_SLOPE
from ql_release.signal.detections import PossibleSink
from ql_release.signal.motion import Vector, angle_between
from ql_release.signal.steps import History

EARLIEST_S = 14.0
"""Seconds into the contact before which every tool settles (design: 10-14 s)."""

LOOK_EVERY_STEPS = 5
"""Steps between two looks: once a second, the slowest of all detectors."""

BREATH_S = 4.0
"""Seconds of a mean: about a breath, which rocks the tool."""

BACK_S = (3.0, 6.0, 10.0, 15.0, 20.0)
"""Seconds between the two means that are compared (design: sinking takes 3 to 20 s)."""

LEAST_DEG = 1.0
MOST_DEG = 3.0
"""Degrees of tilt that sinking brings (design)."""

QUIET_TURN_RAD_S = 0.05
"""Turn rate from which on the body moved: three degrees in three seconds, the quickest sinking,
are 0.02 rad/s, and a breath that rocks the tool by half a degree as much again."""

STEADY_LOG = 0.03
"""Log force by which the hold may leave its decay (design: 3 %)."""

SURE_DEG = 2.0
"""Degrees of tilt that are fully convincing."""


class SinkDetector:
    """Looks for sinking in one contact.

    Args:
        start: the contact's start, seconds.
        history: the contact's steps, which the track fills.

    Attributes:
        seen: whether it has been found in this contact.
    """

    __slots__ = ("_history", "_since", "_start", "_steps", "seen")

    def __init__(self, start: float, history: History) -> None:
        self._start = start
        self._since = start + EARLIEST_S - BREATH_S
        self._history = history
        self._steps = 0
        self.seen = False

    def begin_anew(self, t: float) -> None:
        """Take nothing before this time: something has moved the tool or changed the force."""
        self._since = max(self._since, t)

    def take(self, moment: Bin) -> PossibleSink | None:
        """Look at the history's newest steps; the bin's deciding sample decides."""
        self._steps += 1
        if self._steps % LOOK_EVERY_STEPS:
            return None
        t = self._history.times[-1]
        now = self._history.mean_accel(t - BREATH_S, t)
        if now is None:
            return None
        for back in BACK_S:
            if t - back - BREATH_S < self._since:
                return None
            found = self._judge(t, back, now, moment)
            if found is not None:
                return found
        return None

    def _judge(self, t: float, back: float, now: Vector, moment: Bin) -> PossibleSink | None:
        """Return the sink between the last breath and one so long before, if there was one."""
        history = self._history
        was = history.mean_accel(t - back - BREATH_S, t - back)
        if was is None:
            return None
        tilt = angle_between(was, now)
        if not LEAST_DEG <= tilt <= MOST_DEG:
            return None
        force_was = history.mean_log(t - back - BREATH_S, t - back)
        force_is = history.mean_log(t - BREATH_S, t)
        if force_was is None or force_is is None:
            return None
        change = force_is - force_was - PRIOR_SLOPE * back / (t - self._start - back / 2)
        turn = history.most_turn(t - back - BREATH_S, t)
        if abs(change) > STEADY_LOG or turn >= QUIET_TURN_RAD_S:
            return None
        self.begin_anew(t - BREATH_S)
        self.seen = True
        return PossibleSink(
            index=moment.index,
            t=moment.decided,
            at=t - back - BREATH_S / 2,
            confidence=round(min(0.9, 0.5 + 0.4 * (tilt - LEAST_DEG) / (SURE_DEG - LEAST_DEG)), 3),
            evidence={
                "tilt_deg": round(tilt, 2),
                "over_s": back,
                "force_change_pct": round(100.0 * change, 2),
                "turn_rad_s": round(turn, 3),
            },
        )
