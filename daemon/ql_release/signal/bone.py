"""Bone contact: the force rises stiffer than this person's soft tissue, and does not relax.

Soft tissue stiffens as it is pressed in, about in proportion to the force (sevenfold from 5 to
30 N, Isogai 2022), so at one speed d ln F / dt hardly grows on the way down: a fixed stiffness
would misfire, but a sharp bend upwards against the same person's approach just before is bone.
And soft tissue lets a fresh load go (17-35 % within 5-30 s, isolated passive muscle) where bone
keeps it. Both are asked for: pressing harder on purpose takes longer and relaxes, a knock's force
is gone at once, a shift of weight turns the tool, and what only comes back to a height that it
had before, after a body lifted itself a little, has met nothing new.
"""

from collections import deque
from collections.abc import Sequence
from math import exp, log

from ql_release.signal.bins import BIN_S, Bin
from ql_release.signal.detections import BoneContact
from ql_release.signal.motion import angle_between
from ql_release.signal.steps import History

WINDOW_BINS = 94
"""Bins looked at, 4.7 s: a little before the rise and a breath after it."""

PLACE = 6
"""Where in the window the rise is looked for, bins from its start: the last bin before it."""

RISE_BINS = 8
"""Bins, 0.4 s, within which bone brings its force: a body needs half a second and more to
press harder or to move its weight."""

QUICK_BINS = 4
"""The same for a quick rise, 0.2 s: the only one that is told from lying down itself, which some
do in 0.3 s."""

APPROACH_S = 3.0
"""Seconds into the contact for which the person may still be lying down."""

BEND_BINS = 4
"""Bins, 0.2 s, whose growth is compared on both sides of the bend."""

QUICK_BEND_BINS = 2
"""The same for a bone that stops the body within 0.1 s."""

LONGEST_HOLE_S = 0.5
"""Seconds that may be missing around the rise: a few lost packets."""

LONGEST_HOLES_S = 1.5
"""Seconds that may be missing in the whole window: what is kept is a mean, which needs less."""

SOON_BINS = (10, 20)
"""Bins after the rise, 0.5 to 1 s, by which a body's own push would have brought more."""

ALONE_SHARE = 0.6
"""Share of all the rise around it, 0.2 s before to 0.3 s after, that a quick rise brings: a lean
on the tool goes on rising."""

AROUND_BINS = 6
"""Bins after the rise that are looked at for that."""

LEAST_START_N = 12.0
"""Force from which a rise is judged: below, the approach itself is as steep as bone."""

LEAST_RISE_N = 6.0
"""Newtons that the rise brings at least: several times the noise of eight cheap zones."""

LEAST_RISE = 0.12
"""Share of the force that it brings at least: more than the deepest breath (8 %) brings in
0.4 s beside the rest."""

SHARP_SHARE = 0.9
"""Share of all the rise from 0.2 s before it to a second after it that bone brings within
`RISE_BINS`; a push of 0.8 s brings 0.5 to 0.75 of its own."""

STIFFER = 1.1
"""Times the d ln F / dt of the 0.2 s just before that the rise must be at least: on soft tissue
it falls on the way down, from the first touch to the full load, to well under 1."""

STEEPER = 2.1
"""Times the dF / dt of the 0.2 s just before that it must be: the quickest lean on soft tissue
that lasts long enough to be judged doubles its slope."""

LEAST_BEFORE = 0.01
"""Growth of the force before the rise, as a share of it, that is taken for none."""

BACK_S = 6.0
"""Seconds before the rise in which the force must not have been as high: two to five seconds are
what a body lifts itself for."""

HIGHER_SHARE = 0.25
"""Share of the rise that lies above the highest force of that time: all of it, but for a breath
whose crest was higher; a body that lets itself down again ends a little off its height."""

KEPT_SHARE = 0.75
"""Share of the rise that the next breath must still hold: bone keeps it all, but the soft
tissue beside it relaxes on and a breath may be in its way."""

QUICK_KEPT_SHARE = 0.6
"""The same for a quick rise, which no push explains."""

APPROACH_KEPT_SHARE = 0.82
"""The same while the person may still be lying down, when the rise is most of the force and a
breath little of it: soft tissue that is loaded so quickly loses a fifth and more in a breath."""

SURE_KEPT = 0.95
"""Share from which the rise has not relaxed at all."""

SURE_RISE = 0.4
"""Share of the force that is a fully convincing rise."""

TURNED_DEG = 1.5
"""Change of tilt from which on a rise is taken for a shift of weight: above what a breath
rocks a tool, below the 3 degrees of a body that rolls over."""

LYING_DOWN = 0.1
"""Growth of log force in the 0.2 s before from which on the person is still lying down, and
the tool tips over anyway."""

GROWS = 0.04
"""Share by which the force grows from 0.3 to 0.1 s before from which on the body is still going
down: one that has stopped, and leans on anew, does less."""

STARTED = 0.1
"""Share of the rise up to which it has hardly begun."""

REST_S = 2.0
"""Seconds after a bone contact in which no other is looked for."""

AHEAD = 0.97
"""Share of a later rise that this one must reach to be the one."""


class BoneDetector:
    """Looks for bone contact in one contact.

    Args:
        start: the contact's start, seconds.
        history: the contact's steps, which the track fills.
    """

    __slots__ = ("_from", "_history", "_start", "_window")

    def __init__(self, start: float, history: History) -> None:
        self._start = start
        self._from = start
        self._history = history
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
        lying_down = place.t - self._start < APPROACH_S
        found = self._judge(list(window), QUICK_BINS, moment)
        if found is None and (not lying_down or _grows(window)):
            found = self._judge(list(window), RISE_BINS, moment)
        return found

    def _judge(self, window: list[Bin], bins: int, moment: Bin) -> BoneContact | None:
        """Return the bone contact at the window's place, in so many bins, if there is one."""
        if not _is_whole(window):
            return None
        start, rise = window[PLACE].force, _rise(window, PLACE, bins)
        alone = _is_sharp(window) if bins == RISE_BINS else _is_alone(window)
        if (
            start < LEAST_START_N
            or rise < LEAST_RISE_N
            or not alone
            or not self._is_new_height(window, bins)
        ):
            return None
        bend = _bend(window, bins)
        after = window[PLACE + bins + 1 :]
        kept = (sum(each.force for each in after) / len(after) - start) / rise
        turned = _turned(window)
        least = self._least_kept(window[PLACE].t, bins)
        if bend < 1.0 or kept < least or turned >= TURNED_DEG:
            return None
        self._from = window[PLACE + bins].t + REST_S
        return BoneContact(
            index=moment.index,
            t=moment.decided,
            at=_onset(window, rise),
            confidence=_confidence(rise / start, kept),
            evidence={
                "rise_n": round(rise, 1),
                "times_steeper": round(STEEPER * bend, 1),
                "kept_share": round(kept, 2),
                "tilt_deg": round(turned, 2),
            },
        )

    def _least_kept(self, t: float, bins: int) -> float:
        """Return the share of a rise at a time, in so many bins, that must be kept."""
        if t - self._start < APPROACH_S:
            return APPROACH_KEPT_SHARE
        return QUICK_KEPT_SHARE if bins == QUICK_BINS else KEPT_SHARE

    def _is_new_height(self, window: Sequence[Bin], bins: int) -> bool:
        """Return whether the rise leads higher than the force was in the seconds before."""
        t = window[0].t
        highest = self._history.highest_log(t - BACK_S, t)
        if highest is None:
            return True
        new = window[PLACE + bins].force - exp(highest)
        return new >= HIGHER_SHARE * _rise(window, PLACE, bins)


def _grows(window: Sequence[Bin]) -> bool:
    """Return whether the force grows before the place, which then is no second lean."""
    before = window[PLACE - QUICK_BEND_BINS].force
    return before > (1.0 + GROWS) * window[PLACE - QUICK_BEND_BINS - BEND_BINS].force


def _rise(window: Sequence[Bin], place: int, bins: int) -> float:
    """Return the newtons that the force grows by after a place."""
    return window[place + bins].force - window[place].force


def _is_whole(window: Sequence[Bin]) -> bool:
    """Return whether few samples are missing, and fewer still around the rise."""
    soon = PLACE + RISE_BINS + SOON_BINS[1]
    missing = window[soon].t - window[0].t - soon * BIN_S
    missing_in_all = window[-1].t - window[0].t - WINDOW_BINS * BIN_S
    return missing <= LONGEST_HOLE_S and missing_in_all <= LONGEST_HOLES_S


def _is_sharp(window: Sequence[Bin]) -> bool:
    """Return whether the rise at the place is nearly all there is, and the first of its kind."""
    rise = _rise(window, PLACE, RISE_BINS)
    if any(AHEAD * _rise(window, PLACE + step, RISE_BINS) > rise for step in range(1, RISE_BINS)):
        return False
    end = PLACE + RISE_BINS
    soon = window[end + SOON_BINS[0] : end + SOON_BINS[1]]
    later = sum(each.force for each in soon) / len(soon)
    around = max(later, window[end].force) - window[PLACE - BEND_BINS].force
    return rise >= SHARP_SHARE * around


def _is_alone(window: Sequence[Bin]) -> bool:
    """Return whether a rise on the way down is most of what there is, and nowhere steeper."""
    rise = _rise(window, PLACE, QUICK_BINS)
    around = window[PLACE + QUICK_BINS + AROUND_BINS].force - window[PLACE - BEND_BINS].force
    return rise >= ALONE_SHARE * around and rise >= _rise(window, PLACE + 1, QUICK_BINS)


def _bend(window: Sequence[Bin], bins: int) -> float:
    """Return how sharply the force bends upwards within the rise; 1 or more is bone's way."""
    places = range(PLACE, PLACE + bins - QUICK_BEND_BINS + 1)
    return max(
        _bend_at(window, place, size) for place in places for size in (QUICK_BEND_BINS, BEND_BINS)
    )


def _bend_at(window: Sequence[Bin], place: int, size: int) -> float:
    start, earlier = window[place].force, window[place - size].force
    steeper = _rise(window, place, size) / max(start - earlier, LEAST_BEFORE * start)
    before = log(max(start, 1.0) / max(earlier, 1.0))
    end = max(window[place + size].force, 1.0)
    stiffer = log(end / max(start, 1.0)) / max(before, LEAST_BEFORE)
    return min(stiffer / STIFFER, steeper / STEEPER)


def _onset(window: Sequence[Bin], rise: float) -> float:
    """Return when the rise began, seconds."""
    bar = window[PLACE].force + STARTED * rise
    last = PLACE
    while window[last + 1].force <= bar:
        last += 1
    return window[last].t


def _turned(window: Sequence[Bin]) -> float:
    """Return the change of tilt from before the rise to the end of the window, degrees."""
    before, after = window[0].accel, window[-1].accel
    lying_down = log(window[PLACE].force / max(window[PLACE - BEND_BINS].force, 1.0)) > LYING_DOWN
    if before is None or after is None or lying_down:
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
