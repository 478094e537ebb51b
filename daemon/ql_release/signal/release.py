"""Release: the pressure eases by itself, beyond the hold's own decay, and stays eased.

Held tissue relaxes anyway, so a fall of force is not a release. What counts is a *break*: after
the load has settled, an extra fall of 6 % or more of the force beyond the hold's own decay, in
half a second to five seconds, 12 s or more into the hold, kept for 6 s and with contact, while
the IMU is quiet. A quicker change, or one with motion, is a shift of weight: it is passed over
and the level begins anew after it.

Breathing swings the force by 1-8 % in the very seconds that a release takes. So a coarse test
on breath means (is the last breath lower than one eleven seconds ago, beyond the decay?) calls
for the fit of `breakfit`, which models breath and decay together and finds the break's onset.
A sigh, or more weight for a while, leaves no new low: the last breath must lie below every
breath of the twelve seconds before the onset.

It rests on one person's force and no more: an eased guard and an eased knot look the same.
"""

from bisect import bisect_left
from math import exp

from ql_release.signal.bins import Bin
from ql_release.signal.breakfit import LONGEST_STEPS, Break, find_break
from ql_release.signal.confidence import CLEAR, LEAST_FALL, confidence
from ql_release.signal.decay import DecayModel, Loading
from ql_release.signal.detections import Released
from ql_release.signal.jump import Bins
from ql_release.signal.motion import (
    QUIET_TILT_DEG,
    QUIET_TURN_RAD_S,
    Motion,
    angle_between,
)
from ql_release.signal.rhythm import Rhythm
from ql_release.signal.steps import STEP_S, History

EARLIEST_S = 12.0
"""Seconds into the hold before which nothing is called a release (design)."""

ONSET_ERROR_S = 0.5
"""Seconds by which an onset may be estimated early; forgiven at `EARLIEST_S`."""

CALL_CHANGE = 0.045
"""Log force between two breath means, beyond the decay, that calls for the fit: three quarters
of `LEAST_FALL`, since the second mean may still hold part of the fall."""

CALL_BACK_S = 11.0
"""Seconds between the ends of these two breaths: the longest fall and what it must be kept."""

CALL_EVERY_S = 0.6
"""Seconds between two fits at least; they are the costly part."""

LEARN_BACK_STEPS = 40
"""Steps, 8 s, after which a step is shown to the decay model: by then a fall in it has called
for the fit, and while one is called for nothing is learned."""

LONGEST_S = 5.0
"""Seconds that a release may take (design)."""

LENGTH_ERROR_S = 1.7
"""Seconds by which the fit's ramp may be longer than the fall, which sway can lengthen: up to the
next longer ramp that is tried."""

HASTY_BINS = 5
"""Bins, 0.25 s, within which a hasty change does most of what it does: half of the half second
that a release takes at least (design)."""

HASTY_SHARE = 0.7
"""Share of a change that is a jump within `HASTY_BINS` when it is hasty: an even fall in 0.3 s has
0.8, one that eases in over 0.5 s (from 10 to 90 %) 0.3 to 0.6."""

HASTY_MARGIN_S = 0.6
"""Seconds around the slow view's ramp in which the jump may lie."""

KEPT_S = 6.0
"""Seconds for which a release is kept before it is told (design: longer than a breath)."""

CLEARLY = 5.0
"""Standard errors from which 6 s are enough."""

KEPT_UNCLEAR_S = 9.0
"""Seconds for which a less clear fall is kept before it is told, and a small one that no IMU could
see the body keep still in: a long sigh's dip lasts 7 s, and so does one of real passive muscle."""

LARGE_FALL = 0.12
"""Log force from which on a fall is no small one: twice the least."""

REMEMBERED = 4
"""Fits that are compared, the present one among them."""

AS_CLEAR = 0.75
"""Share of the clearest of these fits that one must have: of two fits, the clearer one knew
better where the break is."""

SAME_ONSET_S = 1.0
"""Seconds by which the onset may differ from that of the fit before: one that jumps about belongs
to nothing."""

KEPT_SHARE = 0.7
"""Share of the fall that the last breath must still hold (design)."""

RISE_KEPT_S = 12.0
"""Seconds after which a slow rise is there to stay: longer than any sigh, whose end would
otherwise look like a release from its height."""

CONTACT_SHARE = 0.6
"""Share of the force that must be left: a deeper fall is a lift-off (design)."""

MOVED_S = 1.0
"""Seconds after a turn of the tool when it is asked whether it lies differently now: a body
that moves its weight is done by then."""

EASING_SHARE = 0.2
"""Share of the fitted ramp by which the onset lies before it: muscle eases in, and the straight
ramp that fits a rounded fall best begins a fifth of its length late."""

MOTION_MARGIN_S = 0.3
"""Seconds before and after the fall that must be quiet too."""

DECIDED_BY_S = 14.0
"""Seconds after a fall by which it is told, if at all: later the stretch begins in its midst."""

MEANS_SHARE = 0.65
"""Share of the breaths' means in the estimate of a fall; the fit, which errs by as much the other
way, has the rest."""

BACK_S = 13.0
"""Seconds before the onset in which the force must have been higher: more than two of the longest
sighs (5-6 s), less than two of the shortest times from one event to the next."""

HIGHER_SHARE = 0.6
"""Share of the fall by which it was higher then, in the mean, with what went beyond cut off: a
rise that came back gives a quarter, a dip that came back half, a fall by itself three quarters."""

HIGHEST = 1.2
"""Times the fall at which what was higher is cut off."""

LEAST_DENSITY = 0.8
"""Share of a stretch's steps that must be there: fewer than five samples a second, or many
lost, and nothing can be said."""

STEPS_BEFORE = 18
STEPS_AFTER = 20
"""Steps on either side of a break that the fit needs: nearly a breath, and one."""

LEAST_CONFIDENCE = 0.4
"""Confidence below which not even the journal hears of it; users are told from 0.5 on."""


class ReleaseDetector:
    """Looks for releases in one contact.

    Args:
        start: the contact's start, seconds.
        history: the contact's steps, which the track fills.
        rhythm: the contact's breath.
        bins: the contact's bins, likewise.

    Attributes:
        since: the time, seconds, before which another level was held, or the load had not settled.
    """

    __slots__ = (
        "_bins",
        "_called",
        "_clearness",
        "_decay",
        "_history",
        "_loading",
        "_rhythm",
        "_seen",
        "_start",
        "since",
    )

    def __init__(self, start: float, history: History, rhythm: Rhythm, bins: Bins) -> None:
        self._start = start
        self._history = history
        self._loading = Loading(start)
        self._decay = DecayModel()
        self.since = start
        self._called = start
        self._rhythm = rhythm
        self._seen = start
        self._clearness: list[float] = []
        self._bins = bins

    @property
    def expected_n(self) -> float | None:
        """The force that the hold's own decay leaves at the newest step, newtons."""
        if not self._history.times:
            return None
        value = self._decay.expected(self._loading.age(self._history.times[-1]))
        return None if value is None else exp(value)

    def begin_anew(self, t: float) -> None:
        """Take nothing before this time for the present level: something has changed it."""
        self.since = max(self.since, t)
        self._clearness = []
        self._decay.begin_anew()

    def take(self, moment: Bin) -> Released | None:
        """Look at the history's newest step; the bin's deciding sample decides.

        Returns:
            A release that has now been kept long enough, or None.
        """
        t, value = self._history.times[-1], self._history.logs[-1]
        self._loading.take(t, value)
        self.since = max(self.since, self._loading.settled)
        if t < self.since:
            return None
        if self._has_moved(t):
            self.begin_anew(t - MOVED_S / 2)
            return None
        called = self._is_called_for(t)
        if not called:
            self._learn()
        if not called or t - self._called < CALL_EVERY_S:
            return None
        self._called = t
        found = self._fit(t)
        return None if found is None else self._judge(found, t, moment)

    def _has_moved(self, t: float) -> bool:
        """Return whether the body turned the tool over a little before this time, to stay."""
        history = self._history
        if history.turn_ago(MOVED_S) < QUIET_TURN_RAD_S:
            return False
        before = history.mean_accel(t - 3 * MOVED_S, t - 2 * MOVED_S)
        after = history.mean_accel(t - MOVED_S / 2, t)
        if before is None or after is None:
            return False
        return angle_between(before, after) >= QUIET_TILT_DEG

    def _learn(self) -> None:
        """Show the decay model a step that is old enough to hold no undecided fall."""
        times = self._history.times
        if len(times) > LEARN_BACK_STEPS and times[-LEARN_BACK_STEPS] >= self.since:
            age = self._loading.age(times[-LEARN_BACK_STEPS])
            self._decay.take(age, self._history.logs[-LEARN_BACK_STEPS])

    def _is_called_for(self, t: float) -> bool:
        """Return whether the last breath lies off one eleven seconds ago, beyond the decay."""
        breath = self._rhythm.breath_s
        begin = max(self.since, t - CALL_BACK_S - breath)
        if begin + 2 * breath > t:
            return False
        was = self._history.mean_log(begin, begin + breath)
        now = self._history.mean_log(t - breath, t)
        if was is None or now is None:
            return False
        return abs(now - was - self._decay_between(begin, t - breath)) >= CALL_CHANGE

    def _decay_between(self, begin: float, end: float) -> float:
        """Return the log force that the decay takes between two breaths that begin there."""
        middle, age = self._rhythm.breath_s / 2, self._loading.age
        return self._decay.change(age(begin + middle), age(end + middle))

    def _fit(self, t: float) -> Break | None:
        """Return the best break since the level last changed."""
        times, logs = self._history.times, self._history.logs
        first = max(bisect_left(times, self.since), len(times) - LONGEST_STEPS)
        times, logs = times[first:], logs[first:]
        if len(times) * STEP_S < LEAST_DENSITY * (t - times[0]):
            return None
        ages = [self._loading.age(each) for each in times]
        slope = self._decay.slope
        return find_break(times, logs, ages, slope, before=STEPS_BEFORE, after=STEPS_AFTER)

    def _judge(self, found: Break, t: float, moment: Bin) -> Released | None:
        """Return the release that a break is; pass over the others."""
        ended = found.onset + found.lasts
        steady = self._is_steady(found)
        if not steady or not KEPT_S <= t - ended <= DECIDED_BY_S or abs(found.change) < CALL_CHANGE:
            return None
        motion = self._motion(found)
        quiet = motion is None or motion.quiet
        sudden = not quiet or self._is_hasty(found, t)
        if found.change > 0.0 or sudden:
            self._pass_over(found, t, sudden=sudden)
            return None
        fall = 1.0 - exp(-self._drop(found, t))
        if not LEAST_FALL <= fall <= 1.0 - CONTACT_SHARE or not self._is_release(found, t):
            return None
        released = self._released(found, motion, t, moment)
        self.begin_anew(ended)
        return released if released.confidence >= LEAST_CONFIDENCE else None

    def _is_steady(self, found: Break) -> bool:
        """Return whether the fit says about what it said before, and as clearly."""
        steady = abs(found.onset - self._seen) <= SAME_ONSET_S
        self._seen = found.onset
        clearness = [*self._clearness[1 - REMEMBERED :], found.clearness]
        self._clearness = clearness
        return steady and found.clearness >= AS_CLEAR * max(clearness)

    def _is_hasty(self, found: Break, t: float) -> bool:
        """Return whether a change was quicker than a muscle eases."""
        ended = found.onset + found.lasts
        jump = self._bins.most_jump(
            found.onset - HASTY_MARGIN_S, ended + HASTY_MARGIN_S, HASTY_BINS
        )
        change = self._drop(found, t) if found.change < 0.0 else found.change
        return abs(jump) > HASTY_SHARE * change and jump * found.change > 0.0

    def _pass_over(self, found: Break, t: float, *, sudden: bool) -> None:
        """Begin a new level after a change that is no release, once it is there to stay."""
        ended = found.onset + found.lasts
        stays = sudden or t - ended >= RISE_KEPT_S
        if stays and found.clearness > CLEAR and found.kept >= KEPT_SHARE:
            self.begin_anew(ended)

    def _is_release(self, found: Break, t: float) -> bool:
        """Return whether a quiet fall has a release's time, length and permanence."""
        return (
            found.onset - self._start >= EARLIEST_S - ONSET_ERROR_S
            and found.lasts <= LONGEST_S + LENGTH_ERROR_S
            and found.kept >= KEPT_SHARE
            and t - found.onset - found.lasts >= self._least_held_s(found, t)
            and self._is_new_low(found, t)
        )

    def _least_held_s(self, found: Break, t: float) -> float:
        """Return the seconds that a fall must be kept before it is told."""
        unseen = self._motion(found) is None and self._drop(found, t) < LARGE_FALL
        return KEPT_UNCLEAR_S if unseen or found.clearness < CLEARLY else KEPT_S

    def _is_new_low(self, found: Break, t: float) -> bool:
        """Return whether the force had been higher for long, not only just before the onset."""
        history, age = self._history, self._loading.age
        breath = self._rhythm.breath_s
        now = history.mean_log(t - breath, t)
        begin = max(self._loading.began, found.onset - BACK_S)
        first, last = bisect_left(history.times, begin), bisect_left(history.times, found.onset)
        if now is None or first >= last:
            return now is not None
        fall = -found.change
        middle = age(t - breath / 2)
        higher = (
            history.logs[step] + self._decay.change(age(history.times[step]), middle) - now
            for step in range(first, last)
        )
        total = sum(max(0.0, min(HIGHEST * fall, each)) for each in higher)
        return total >= HIGHER_SHARE * fall * (last - first)

    def _drop(self, found: Break, t: float) -> float:
        """Return the fall beyond the decay, as log force: the fit's, and of the breaths' means.

        The fit lets decay and breath explain some of a fall, the means let sway add to it; a
        mean of both is nearer to the truth than either.
        """
        breath, ended = self._rhythm.breath_s, found.onset + found.lasts
        begin = max(self.since, found.onset - breath)
        after = max(ended, t - 2.0 * breath if t - ended >= 2.0 * breath else t - breath)
        was = self._history.mean_log(begin, found.onset)
        now = self._history.mean_log(after, t)
        if was is None or now is None:
            return -found.change
        age = self._loading.age
        decay = self._decay.change(age((begin + found.onset) / 2), age((after + t) / 2))
        means = was - now + decay
        return MEANS_SHARE * means - (1.0 - MEANS_SHARE) * found.change

    def _motion(self, found: Break) -> Motion | None:
        """Return how the tool moved during a break; None without an IMU."""
        breath, history = self._rhythm.breath_s, self._history
        ended = found.onset + found.lasts
        before = history.mean_accel(found.onset - breath, found.onset)
        after = history.mean_accel(ended, ended + breath)
        if before is None or after is None:
            return None
        turn = history.most_turn(found.onset - MOTION_MARGIN_S, ended + MOTION_MARGIN_S)
        return Motion(angle_between(before, after), turn)

    def _released(self, found: Break, motion: Motion | None, t: float, moment: Bin) -> Released:
        """Return the detection of a release."""
        ended = found.onset + found.lasts
        age = self._loading.age
        drop = 100.0 * (1.0 - exp(-self._drop(found, t)))
        evidence = {
            "fall_s": round(found.lasts, 2),
            "kept_share": round(found.kept, 3),
            "clearness": round(found.clearness, 2),
            "decay_slope": round(self._decay.slope, 4),
            "breath_hz": round(found.breath_hz or 0.0, 2),
        }
        if motion is not None:
            evidence |= {"tilt_deg": round(motion.tilt, 2), "turn_rad_s": round(motion.turn, 3)}
        return Released(
            index=moment.index,
            t=moment.decided,
            at=found.onset - EASING_SHARE * found.lasts,
            confidence=confidence(drop, found.clearness, seen=motion is not None),
            evidence=evidence,
            drop_pct=drop,
            expected_pct=100.0 * (1.0 - exp(self._decay.change(age(found.onset), age(ended)))),
            held_s=t - ended,
        )
