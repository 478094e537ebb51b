"""Slip: the tool slides, the force falls abruptly, and the tool shakes with it.

Force and motion must come together. A fall alone is a shift of weight, a shake alone is a
knock. The known false alarm is the beginning of a contact, when force and motion are both wild:
nothing is called a slip until the force has been put on. Nor is a lift-off: a second later the
force must still be there, and no longer falling.

Without an IMU only a deep abrupt fall is told, with little confidence: nobody saw it shake.
"""

from collections import deque

from ql_release.signal.bins import BIN_S, Bin
from ql_release.signal.channels import lost_n
from ql_release.signal.detections import Slip

EARLIEST_S = 2.0
"""Seconds into the contact before which nothing is called a slip: people lie down in 1-2 s."""

WINDOW_BINS = 32
"""Bins looked at, 1.6 s: half a second before the fall and a second after it."""

PLACE = 10
"""Where in the window the fall is looked for, bins from its start."""

FALL_BINS = 3
"""Bins, 0.15 s, within which a slip's fall happens: a sliding ball gives way at once, a body
takes half a second to move its weight."""

BEFORE_BINS = 6
"""Bins, 0.3 s, whose mean is the force before the fall."""

AFTER_BINS = 6
"""Bins, 0.3 s, whose mean is the force right after it."""

LEAST_FALL = 0.08
"""Share of the force that a slip takes at least: twice what a deep breath (8 % at 0.35 Hz)
takes in the 0.3 s between the means."""

ABRUPT_SHARE = 0.7
"""Share of the fall that happens within `FALL_BINS`."""

STEADY = 0.15
"""Share by which the force may change in the second before the fall and no more: steeper and
the tool is still being pressed on or let go."""

RESTLESS_SHARE = 0.6
"""Share of the fall by which the force may swing in the 0.3 s before it: a fall that does not
stand out of that is more of the same."""

LEFT_SHARE = 0.25
"""Share of the force that is there a second later: less is a lift-off."""

STILL_FALLING = 0.7
"""Share of the force right after the fall that is there a second later: less is a lift-off."""

KEPT_SHARE = 0.5
"""Share of the fall that is still gone a second later: less was a jolt, or a body that lifted
itself to lie anew."""

WIRE_SHARE = 0.5
"""Share of the fall from which on zones that have been silent since, to the digit, explain it: a
broken wire, not a slide."""

LOST_SHARE = 0.85
"""Share of the force that goes within `FALL_BINS` when a slide loses the contact: nobody gets up
in 0.15 s."""

LEAST_FORCE_N = 10.0
"""Force before the fall below which nothing can be told: noise is as large as the fall."""

LEAST_SHAKE_M_S2 = 1.2
"""Peak-to-peak acceleration of a slip at least: tremor and breath stay under 0.5, sensor noise
of cheap parts under 0.3."""

SHAKE_TIMES = 4.0
"""Times the usual shake that a slip's must be: a noisy IMU raises the bar."""

SURE_SHAKE = 3.0
"""Times the bar at which the shake is fully convincing."""

SURE_FALL = 0.2
"""Share of the force whose abrupt fall is fully convincing."""

SENSELESS_CEILING = 0.6
"""Confidence is never higher without an IMU: an abrupt fall may be a shift of weight."""

SENSELESS_SURE_FALL = 0.3
"""Share of the force whose abrupt fall reaches that ceiling."""

LEAST_CONFIDENCE = 0.5
"""Confidence below which a slip is not told: slips are counted."""

REST_S = 1.0
"""Seconds after a slip in which no other is looked for: they are one slide."""

USUAL_BINS = 100
"""Bins in which the estimate of the usual shake follows it, 5 s."""


class SlipDetector:
    """Looks for slips in one contact.

    Args:
        start: the contact's start, seconds.
    """

    __slots__ = ("_from", "_shake", "_window")

    def __init__(self, start: float) -> None:
        self._from = start + EARLIEST_S
        self._window: deque[Bin] = deque(maxlen=WINDOW_BINS)
        self._shake = 0.0

    def begin_anew(self, t: float) -> None:
        """Forget what came before this time."""
        self._window.clear()
        self._from = max(self._from, t)

    def take(self, moment: Bin) -> Slip | None:
        """Take a bin; return the slip that happened a second ago, if one did."""
        window = self._window
        window.append(moment)
        self._shake += (min(moment.shake, LEAST_SHAKE_M_S2) - self._shake) / USUAL_BINS
        if len(window) < WINDOW_BINS:
            return None
        place = window[PLACE]
        before, after = window[PLACE - 1].force, window[PLACE + FALL_BINS - 1].force
        if before < LEAST_FORCE_N or place.t < self._from:
            return None
        if before - after < ABRUPT_SHARE * LEAST_FALL * before:
            return None
        return self._judge(list(window), moment)

    def finish(self, index: int, t: float) -> Slip | None:
        """Return the slip by which the contact was lost, if it was lost by one.

        Args:
            index: the deciding sample's index.
            t: its time, seconds.
        """
        window = list(self._window)
        places = range(BEFORE_BINS + 1, len(window) - FALL_BINS + 1)
        if not places or not window[-1].lost or window[-1].accel is None:
            return None
        place = max(places, key=lambda at: window[at - 1].force - window[at + FALL_BINS - 1].force)
        before = _mean(window[place - BEFORE_BINS : place])
        fall = window[place - 1].force - window[place + FALL_BINS - 1].force
        steady = abs(window[place - BEFORE_BINS - 1].force - before) <= STEADY * before
        if before < LEAST_FORCE_N or window[place].t < self._from or not steady:
            return None
        shake = max(each.shake for each in window[place - 1 : place + FALL_BINS])
        bar = max(LEAST_SHAKE_M_S2, SHAKE_TIMES * self._shake)
        if fall < LOST_SHARE * before or shake < bar:
            return None
        return Slip(
            index=index,
            t=t,
            at=window[place].t - BIN_S / 2,
            confidence=_confidence(1.0, shake / bar, sensed=True),
            evidence=self._evidence(1.0, shake),
        )

    def _evidence(self, fall: float, shake: float) -> dict[str, float]:
        return {
            "fall_pct": round(100.0 * fall, 1),
            "shake_m_s2": round(shake, 2),
            "usual_shake_m_s2": round(self._shake, 2),
        }

    def _judge(self, window: list[Bin], moment: Bin) -> Slip | None:
        """Return the slip at the window's place if it is one."""
        if window[-1].t - window[0].t > (WINDOW_BINS + FALL_BINS) * BIN_S:
            return None  # samples are missing here, or come too seldom
        end = PLACE + FALL_BINS
        before = _mean(window[PLACE - BEFORE_BINS : PLACE])
        after = _mean(window[end : end + AFTER_BINS])
        fall = (before - after) / before
        if fall < LEAST_FALL or not _is_abrupt(window, before - after):
            return None
        forces = [each.force for each in window[PLACE - BEFORE_BINS : PLACE]]
        if max(forces) - min(forces) > RESTLESS_SHARE * (before - after):
            return None
        early, late = window[0].force, _mean(window[-AFTER_BINS:])
        if abs(early - before) > STEADY * before:
            return None
        if late < max(LEFT_SHARE * before, STILL_FALLING * after):
            return None
        if before - late < KEPT_SHARE * (before - after):
            return None
        if lost_n(window[PLACE - 1].zones, [each.zones for each in window[end:]]) > (
            WIRE_SHARE * (before - after)
        ):
            return None
        sensed = moment.accel is not None
        bar = max(LEAST_SHAKE_M_S2, SHAKE_TIMES * self._shake)
        shake = max(each.shake for each in window[PLACE - 2 : end + 2])
        sure = _confidence(fall, shake / bar, sensed=sensed)
        if (sensed and shake < bar) or sure < LEAST_CONFIDENCE:
            return None
        self._from = moment.t - (WINDOW_BINS - end) * BIN_S + REST_S
        return Slip(
            index=moment.index,
            t=moment.decided,
            at=window[PLACE].t - BIN_S / 2,
            confidence=sure,
            evidence=self._evidence(fall, shake),
        )


def _mean(bins: list[Bin]) -> float:
    """Return the mean force of some bins, newtons."""
    return sum(each.force for each in bins) / len(bins)


def _is_abrupt(window: list[Bin], fall: float) -> bool:
    """Return whether most of a fall happens at the window's place, and nowhere steeper."""

    def fallen(place: int) -> float:
        return window[place - 1].force - window[place + FALL_BINS - 1].force

    here = fallen(PLACE)
    return here >= ABRUPT_SHARE * fall and here >= fallen(PLACE + 1) and here > fallen(PLACE - 1)


def _confidence(fall: float, shake: float, *, sensed: bool) -> float:
    """Return how far a slip may be believed, 0 to 1.

    Args:
        fall: share of the force that was lost.
        shake: the shake as a multiple of the bar.
        sensed: whether there was an IMU.
    """
    if not sensed:
        return round(SENSELESS_CEILING * min(1.0, fall / SENSELESS_SURE_FALL), 3)
    size = min(1.0, fall / SURE_FALL)
    return round(0.5 + 0.25 * size + 0.25 * min(1.0, (shake - 1.0) / (SURE_SHAKE - 1.0)), 3)
