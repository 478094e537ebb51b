"""Slip: the tool slides, the force falls abruptly, and the tool shakes with it.

Force and motion must come together. A fall alone is a shift of weight, a shake alone is a
knock. The known false alarm is the beginning of a contact, when force and motion are both wild:
nothing is called a slip until the force has been put on. Nor is a lift-off: a second later the
force must still be there, and no longer falling; and where the contact is lost, the force must
have gone faster than anybody gets up, with the shake at its beginning.

Without an IMU nobody saw the tool shake: a deep abrupt fall is noted, but with so little
confidence that people are not told.
"""

from collections import deque
from collections.abc import Sequence

from ql_release.signal.bins import BIN_S, Bin
from ql_release.signal.channels import lost_n
from ql_release.signal.detections import Slip
from ql_release.signal.jump import SIDE_BINS, jump
from ql_release.signal.motion import QUIET_TILT_DEG, angle_between

EARLIEST_S = 2.0
"""Seconds into the contact before which nothing is called a slip: people lie down in 1-2 s."""

WINDOW_BINS = 36
"""Bins looked at, 1.8 s: half a second before the fall and a second after it."""

PLACE = 10
"""Where in the window the fall is looked for, bins from its start: the last bin before it."""

WIDTHS = (1, 2, 3, 4, 5, 6)
"""Bins that the fall may take, up to 0.3 s: a sliding ball gives way at once, a body takes half a
second to move its weight."""

_CLOSER = 0.99
"""Share of a fall that counts for each bin it takes: of two that say the same, the closer."""

LONGEST_HOLE_S = 0.3
"""Seconds that may be missing in the window: a lost packet or two."""

EVEN_BINS = 6
"""Bins, 0.3 s, whose mean is the force before the fall, or at the end of the window."""

LEAST_FALL = 0.07
"""Share of the force that a slip takes at least, beyond what the breath takes meanwhile."""

STEADY = 0.15
"""Share by which the force may change in the half second before the fall and no more: steeper
and the tool is still being pressed on or let go."""

RESTLESS_SHARE = 0.8
"""Share of the fall by which the force may swing in the 0.3 s before it: a fall that does not
stand out of that is more of the same."""

SEEN_SHARE = 0.6
"""Share of the fall beyond the slope around it that is seen as a fall: where slopes are as steep
as this, there is nothing but noise."""

LEFT_SHARE = 0.25
"""Share of the force that is there a second later: less is a lift-off."""

STILL_FALLING = 0.7
"""Share of the force right after the fall that is there a second later: less is a lift-off."""

SHIFT_BINS = 10
"""Bins, 0.5 s, in which a body that moves its weight takes off more than in a slip's 0.3 s."""

AT_ONCE_SHARE = 0.8
"""Share of that fall which a slide takes at once."""

KEPT_SHARE = 0.4
"""Share of the fall that is still gone a second later: less was a jolt, or a body that lifted
itself to lie anew."""

WIRE_SHARE = 0.5
"""Share of the fall from which on zones that have been silent since, to the digit, explain it: a
broken wire, not a slide."""

LOST_SHARE = 0.85
"""Share of the force that goes within `LOST_BINS` when a slide loses the contact."""

LOST_BINS = 5
"""Bins, 0.25 s, within which a slide loses the contact: nobody gets up so fast but in haste."""

BURST_BINS = 2
"""Bins from the last steady one on in which a slide shakes the tool that loses the contact: the
bang of a quick lift-off comes at its end."""

STILL_THERE = 0.92
"""Share of the force before it down to which the contact that will be lost was steady."""

LEAST_FORCE_N = 10.0
"""Force before the fall below which nothing can be told: noise is as large as the fall."""

LEAST_SHAKE_M_S2 = 0.8
"""Peak-to-peak acceleration of a slip at least: tremor and breath stay under 0.5, the noise of
small sensors under 0.3."""

SHAKE_TIMES = 3.0
"""Times the usual shake that a slip's must be: a noisy IMU raises the bar."""

SURE_SHAKE = 3.0
"""Times the bar at which the shake is fully convincing."""

SURE_FALL = 0.2
"""Share of the force whose abrupt fall is fully convincing."""

SENSELESS_CEILING = 0.45
"""Confidence is never higher without an IMU: an abrupt fall may be a shift of weight."""

SENSELESS_SURE_FALL = 0.3
"""Share of the force whose abrupt fall reaches that ceiling."""

SENSELESS_LEAST_FALL = 0.2
"""Share of the force that a slip takes at least where no IMU saw the tool shake."""

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
        if place.force < LEAST_FORCE_N or place.t < self._from:
            return None
        if place.force - window[PLACE + WIDTHS[-1]].force < LEAST_FALL / 2 * place.force:
            return None
        return self._judge(list(window), moment)

    def finish(self, index: int, t: float) -> Slip | None:
        """Return the slip by which the contact was lost, if it was lost by one.

        Args:
            index: the deciding sample's index.
            t: its time, seconds.
        """
        window = list(self._window)
        if not window or not window[-1].lost or window[-1].accel is None:
            return None
        place = _last_steady(window)
        if place is None or window[place].t < self._from:
            return None
        before = _mean(window[place - EVEN_BINS + 1 : place + 1])
        gone = before - min(each.force for each in window[place : place + LOST_BINS + 1])
        shake = max(each.shake for each in window[place : place + BURST_BINS])
        if before < LEAST_FORCE_N or gone < LOST_SHARE * before or shake < self._bar:
            return None
        return self._slip(window[place], 1.0, shake, index, t)

    @property
    def _bar(self) -> float:
        """The shake that a slip's must reach, m/s²."""
        return max(LEAST_SHAKE_M_S2, SHAKE_TIMES * self._shake)

    def _judge(self, window: list[Bin], moment: Bin) -> Slip | None:
        """Return the slip at the window's place if it is one."""
        if window[-1].t - window[0].t > WINDOW_BINS * BIN_S + LONGEST_HOLE_S:
            return None  # samples are missing here, or come too seldom
        lost, width = _fall(window, PLACE)
        fall = lost / window[PLACE].force
        if fall < LEAST_FALL or any(_fall(window, PLACE + step)[0] > lost for step in (1, 2, 3)):
            return None
        if not _is_slide(window, PLACE + width, lost) or _is_shift(window, lost):
            return None
        sensed = moment.accel is not None
        shake = max(each.shake for each in window[PLACE - 1 : PLACE + width + 3])
        if shake < self._bar if sensed else fall < SENSELESS_LEAST_FALL:
            return None
        self._from = window[PLACE + width].t + REST_S
        return self._slip(
            window[PLACE], fall, shake if sensed else None, moment.index, moment.decided
        )

    def _slip(self, place: Bin, fall: float, shake: float | None, index: int, t: float) -> Slip:
        """Return a slip that begins after a bin.

        Args:
            place: the bin.
            fall: share of the force that it took.
            shake: how strongly the tool shook, m/s²; None without an IMU.
            index: the deciding sample's index.
            t: its time, seconds.
        """
        evidence = {"fall_pct": round(100.0 * fall, 1)}
        if shake is not None:
            evidence |= {"shake_m_s2": round(shake, 2), "usual_shake_m_s2": round(self._shake, 2)}
        return Slip(
            index=index,
            t=t,
            at=place.t + BIN_S / 2,
            confidence=_confidence(fall, None if shake is None else shake / self._bar),
            evidence=evidence,
        )


def _mean(bins: Sequence[Bin]) -> float:
    """Return the mean force of some bins, newtons."""
    return sum(each.force for each in bins) / len(bins)


def _last_steady(window: Sequence[Bin]) -> int | None:
    """Return the last place at which the force was steady before it was lost; None without one."""
    for place in range(len(window) - 2, EVEN_BINS - 1, -1):
        before = _mean(window[place - EVEN_BINS : place])
        if abs(window[place - EVEN_BINS].force - before) > STEADY * before:
            continue
        if window[place].force >= max(STILL_THERE * before, LEAST_FORCE_N):
            return place
    return None


def _fall(window: Sequence[Bin], place: int) -> tuple[float, int]:
    """Return the newtons that fall right after a place, and in how many bins."""
    forces = [each.force for each in window[place - SIDE_BINS + 1 : place + WIDTHS[-1] + SIDE_BINS]]
    return max((-jump(forces, SIDE_BINS - 1, width) * _CLOSER**width, width) for width in WIDTHS)


def _is_slide(window: Sequence[Bin], end: int, lost: float) -> bool:
    """Return whether a fall is no lift-off, jolt or broken wire.

    Args:
        window: the bins around it.
        end: the bin with which it ends.
        lost: the newtons that it takes beyond the slope around it.
    """
    quiet = window[PLACE - EVEN_BINS + 1 : PLACE + 1]
    before, after = _mean(quiet), _mean(window[end + 1 : end + 1 + EVEN_BINS])
    early, late = window[0].force, _mean(window[-EVEN_BINS:])
    slope = (quiet[-1].force - quiet[0].force) / (EVEN_BINS - 1)
    forces = [each.force - slope * step for step, each in enumerate(quiet)]
    silent = lost_n(window[PLACE - 1].zones, [each.zones for each in window[end + 1 :]])
    return (
        SEEN_SHARE * lost <= before - after
        and max(forces) - min(forces) <= RESTLESS_SHARE * (before - after)
        and abs(early - before) <= STEADY * before
        and late >= max(LEFT_SHARE * before, STILL_FALLING * after)
        and before - late >= KEPT_SHARE * (before - after)
        and silent <= WIRE_SHARE * (before - after)
    )


def _is_shift(window: Sequence[Bin], lost: float) -> bool:
    """Return whether the body moved its weight: the fall goes on, and the tool lies differently."""
    forces = [each.force for each in window]
    longer = max(-jump(forces, place, SHIFT_BINS) for place in range(SIDE_BINS - 1, PLACE + 1))
    before, after = window[0].accel, window[-1].accel
    if lost >= AT_ONCE_SHARE * longer or before is None or after is None:
        return False
    return angle_between(before, after) >= QUIET_TILT_DEG


def _confidence(fall: float, shake: float | None) -> float:
    """Return how far a slip may be believed, 0 to 1.

    Args:
        fall: share of the force that was lost.
        shake: the shake as a multiple of the bar; None without an IMU.
    """
    if shake is None:
        return round(SENSELESS_CEILING * min(1.0, fall / SENSELESS_SURE_FALL), 3)
    size = min(1.0, fall / SURE_FALL)
    return round(0.5 + 0.25 * size + 0.25 * min(1.0, (shake - 1.0) / (SURE_SHAKE - 1.0)), 3)
