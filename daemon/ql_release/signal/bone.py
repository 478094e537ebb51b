"""Bone contact: the force rises stiffer than this person's soft tissue, and does not relax.

Soft tissue stiffens as it is pressed in, about in proportion to the force (sevenfold from 5 to
30 N, Isogai 2022), so at one speed d ln F / dt hardly grows on the way down: a fixed stiffness
would misfire, but a jump of d ln F / dt against the same person's approach just before is bone.
And soft tissue lets a fresh load go (17-35 % within 5-30 s, isolated passive muscle) where bone
keeps it. Both are asked for: pressing harder on purpose is slower and relaxes, a knock's force
is gone at once, a shift of weight takes half a second and turns the tool.
"""

from collections import deque
from math import log

from ql_release.signal.bins import BIN_S, Bin
from ql_release.signal.detections import BoneContact
from ql_release.signal.motion import angle_between

WINDOW_BINS = 92
"""Bins looked at, 4.6 s: a little before the rise and a breath after it."""

PLACE = 4
"""Where in the window the rise is looked for, bins from its start: 0.2 s, so that bone met soon
after the first touch still has an approach to be compared with."""

RISE_BINS = 4
"""Bins, 0.2 s, within which bone brings its force: a body needs half a second and more to
press harder or to move its weight."""

LEAST_START_N = 12.0
"""Force from which a rise is judged: below, the approach itself is as steep as bone."""

LEAST_RISE_N = 6.0
"""Newtons that the rise brings at least: several times the noise of eight cheap zones."""

LEAST_RISE = 0.12
"""Share of the force that it brings at least: more than the deepest breath or tremor can bring
in 0.2 s (4 %)."""

STIFFER = 1.1
"""Times the d ln F / dt of the 0.2 s just before that the rise must be at least: on soft tissue
it falls on the way down, from the first touch to the full load, to well under 1."""

STEEPER = 2.5
"""Times the dF / dt of the 0.2 s just before that it must be: the quickest lean on soft tissue
that lasts long enough to be judged doubles its slope."""

LEAST_BEFORE = 0.01
"""Growth of the force before the rise, as a share of it, that is taken for none."""

ALONE_SHARE = 0.6
"""Share of all the rise around it, 0.2 s before to 0.3 s after, that happens within
`RISE_BINS`: a lean on the tool goes on rising."""

AROUND_AFTER = 6
"""Bins after the rise that are looked at for that; before it, the window's beginning."""

KEPT_SHARE = 0.75
"""Share of the rise that the next breath must still hold: bone keeps it all, but the soft
tissue beside it relaxes on and a breath may be in its way."""

SURE_KEPT = 0.95
"""Share from which the rise has not relaxed at all."""

SURE_RISE = 0.4
"""Share of the force that is a fully convincing rise."""

TURNED_DEG = 2.0
"""Change of tilt from which on a rise is taken for a shift of weight: above what a breath
rocks a tool, below the 3 degrees of a body that rolls over."""

LYING_DOWN = 0.1
"""Growth of log force in the 0.2 s before from which on the person is still lying down, and
the tool tips over anyway."""

REST_S = 2.0
"""Seconds after a bone contact in which no other is looked for."""


class BoneDetector:
    """Looks for bone contact in one contact.

    Args:
        start: the contact's start, seconds.
    """

    __slots__ = ("_from", "_window")

    def __init__(self, start: float) -> None:
        self._from = start
        self._window: deque[Bin] = deque(maxlen=WINDOW_BINS)

    def begin_anew(self, t: float) -> None:
        """Forget what came before this time."""
        self._window.clear()
        self._from = max(self._from, t)

    def take(self, moment: Bin) -> BoneContact | None:
        """Take a bin; return the bone contact of a breath ago, if there was one."""
        window = self._window
        window.append(moment)
        if len(window) < WINDOW_BINS:
            return None
        place = window[PLACE]
        rise = window[PLACE + RISE_BINS].force - place.force
        if rise < LEAST_RISE_N or rise < LEAST_RISE * place.force or place.t < self._from:
            return None
        return self._judge(list(window), rise, moment)

    def _judge(self, window: list[Bin], rise: float, moment: Bin) -> BoneContact | None:
        """Return the bone contact at the window's place if there is one."""
        end = PLACE + RISE_BINS
        if window[-1].t - window[0].t > (WINDOW_BINS + RISE_BINS) * BIN_S:
            return None  # samples are missing here, or come too seldom
        start = window[PLACE].force
        if start < LEAST_START_N or not _is_alone(window, rise):
            return None
        steeper = rise / max(start - window[0].force, LEAST_BEFORE * start)
        before = log(start / max(window[0].force, 1.0))
        stiffer = log(window[end].force / start) / max(before, LEAST_BEFORE)
        after = window[end + 1 :]
        kept = (sum(each.force for each in after) / len(after) - start) / rise
        turned = 0.0 if before > LYING_DOWN else _turned(window)
        if min(stiffer / STIFFER, steeper / STEEPER) < 1.0:
            return None
        if kept < KEPT_SHARE or turned >= TURNED_DEG:
            return None
        self._from = window[end].t + REST_S
        return BoneContact(
            index=moment.index,
            t=moment.decided,
            at=window[PLACE].t,
            confidence=_confidence(rise / start, kept),
            evidence={
                "rise_n": round(rise, 1),
                "times_steeper": round(steeper, 1),
                "kept_share": round(kept, 2),
                "tilt_deg": round(turned, 2),
            },
        )


def _is_alone(window: list[Bin], rise: float) -> bool:
    """Return whether the rise at the place is nearly all there is, and nowhere steeper."""
    end = PLACE + RISE_BINS
    around = window[end + AROUND_AFTER].force - window[0].force
    later = window[end + 1].force - window[PLACE + 1].force
    return rise >= ALONE_SHARE * around and rise >= later


def _turned(window: list[Bin]) -> float:
    """Return the change of tilt from before the rise to the end of the window, degrees."""
    before, after = window[0].accel, window[-1].accel
    if before is None or after is None:
        return 0.0
    return angle_between(before, after)


def _confidence(rise: float, kept: float) -> float:
    """Return how far a bone contact may be believed, 0 to 1.

    Args:
        rise: the rise as a share of the force before it.
        kept: the share of it that the next breath held.
    """
    size = min(1.0, rise / SURE_RISE)
    stays = min(1.0, max(0.0, (kept - KEPT_SHARE) / (SURE_KEPT - KEPT_SHARE)))
    return round(0.5 + 0.25 * size + 0.25 * stays, 3)
