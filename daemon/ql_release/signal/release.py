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
from ql_release.signal.motion import (
    QUIET_TILT_DEG,
    QUIET_TURN_RAD_S,
    Motion,
    angle_between,
)
from ql_release.signal.rhythm import Rhythm
from ql_release.signal.steps import STEP_S, History

SETTLE_S = 6.0
"""Seconds after the end of loading before the decay is modelled: with the fit's own 4 s of
history, a break is looked for from 10 s on (tissue is within 10 % of its plateau by about
20 s, Palevski 2006)."""

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

LENGTH_ERROR_S = 0.6
"""Seconds by which the fit's ramp may be longer than the fall."""

STEEPEST = 0.77
"""Share of the fall within 0.4 s, on steps of 0.2 s, above which it was quicker than half a
second (design): an even fall of 0.5 s has 0.76 in the mean of where the steps may lie, one of
0.3 s 0.96, a smooth one of 0.7 s 0.72."""

STEEPEST_OF_LONGER = 0.88
"""The same where the fitted ramp is longer than `SHORT_S`: two witnesses against haste, so one
of them may err by what an uneven breath brings."""

SHORT_S = 0.5
"""Seconds of a fitted ramp up to which a change may have been sudden."""

KEPT_S = 6.0
"""Seconds for which a release is kept before it is told (design: longer than a breath)."""

CLEARLY = 5.0
"""Standard errors from which 6 s are enough."""

KEPT_UNCLEAR_S = 9.0
"""Seconds for which a less clear fall is kept before it is told: a long sigh's dip lasts 7 s."""

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

LOW_BACK_S = 12.0
"""Seconds before the onset whose breaths must all lie higher: two sighs long."""

LOW_SHARE = 0.6
"""Share of the fall by which they must: sway takes 1-2 % off the lowest of them."""

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
    """

    __slots__ = ("_called", "_decay", "_history", "_loading", "_rhythm", "_since", "_start")

    def __init__(self, start: float, history: History, rhythm: Rhythm) -> None:
        self._start = start
        self._history = history
        self._loading = Loading(start)
        self._decay = DecayModel()
        self._since = start
        self._called = start
        self._rhythm = rhythm

    @property
    def expected_n(self) -> float | None:
        """The force that the hold's own decay leaves at the newest step, newtons."""
        if not self._history.times:
            return None
        age = self._history.times[-1] - self._loading.origin
        value = self._decay.expected(age) if age > 0.0 else None
        return None if value is None else exp(value)

    def begin_anew(self, t: float) -> None:
        """Take nothing before this time for the present level: something has changed it."""
        self._since = max(self._since, t)
        self._decay.begin_anew()

    def take(self, moment: Bin) -> Released | None:
        """Look at the history's newest step; the bin's deciding sample decides.

        Returns:
            A release that has now been kept long enough, or None.
        """
        t, value = self._history.times[-1], self._history.logs[-1]
        self._loading.take(t, value)
        if t < self._loading.ended + SETTLE_S:
            self._since = max(self._since, self._loading.ended + SETTLE_S)
            return None
        if t < self._since:
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
        if len(times) > LEARN_BACK_STEPS and times[-LEARN_BACK_STEPS] >= self._since:
            age = times[-LEARN_BACK_STEPS] - self._loading.origin
            self._decay.take(age, self._history.logs[-LEARN_BACK_STEPS])

    def _is_called_for(self, t: float) -> bool:
        """Return whether the last breath lies off one eleven seconds ago, beyond the decay."""
        breath = self._rhythm.breath_s
        begin = max(self._since, t - CALL_BACK_S - breath)
        if begin + 2 * breath > t:
            return False
        was = self._history.mean_log(begin, begin + breath)
        now = self._history.mean_log(t - breath, t)
        if was is None or now is None:
            return False
        return abs(now - was - self._decay_between(begin, t - breath)) >= CALL_CHANGE

    def _decay_between(self, begin: float, end: float) -> float:
        """Return the log force that the decay takes between two breaths that begin there."""
        middle = self._rhythm.breath_s / 2 - self._loading.origin
        return self._decay.change(begin + middle, end + middle)

    def _fit(self, t: float) -> Break | None:
        """Return the best break since the level last changed."""
        times, logs = self._history.times, self._history.logs
        first = max(bisect_left(times, self._since), len(times) - LONGEST_STEPS)
        times, logs = times[first:], logs[first:]
        if len(times) * STEP_S < LEAST_DENSITY * (t - times[0]):
            return None
        origin, slope = self._loading.origin, self._decay.slope
        return find_break(times, logs, origin, slope, before=STEPS_BEFORE, after=STEPS_AFTER)

    def _judge(self, found: Break, t: float, moment: Bin) -> Released | None:
        """Return the release that a break is; pass over the others."""
        ended = found.onset + found.lasts
        if t - ended < KEPT_S or abs(found.change) < CALL_CHANGE:
            return None
        motion = self._motion(found)
        quiet = motion is None or motion.quiet
        steepest = STEEPEST if found.lasts < SHORT_S else STEEPEST_OF_LONGER
        sudden = found.steepest > steepest or not quiet
        if found.change > 0.0 or sudden:
            self._pass_over(found, t, sudden=sudden)
            return None
        fall = 1.0 - exp(found.change)
        if not LEAST_FALL <= fall <= 1.0 - CONTACT_SHARE or not self._is_release(found, t):
            return None
        self.begin_anew(ended)
        released = self._released(found, motion, t, moment)
        return released if released.confidence >= LEAST_CONFIDENCE else None

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
            and (found.clearness >= CLEARLY or t - found.onset - found.lasts >= KEPT_UNCLEAR_S)
            and self._is_new_low(found, t)
        )

    def _is_new_low(self, found: Break, t: float) -> bool:
        """Return whether the last breath lies below every breath before the onset."""
        breath = self._rhythm.breath_s
        now = self._history.mean_log(t - breath, t)
        begin = max(self._since, found.onset - LOW_BACK_S)
        while now is not None and begin + breath <= found.onset + STEP_S:
            was = self._history.mean_log(begin, begin + breath)
            if was is not None:
                fall = was + self._decay_between(begin, t - breath) - now
                if fall < LOW_SHARE * -found.change:
                    return False
            begin += 1.0
        return now is not None

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
        origin = self._loading.origin
        drop = 100.0 * (1.0 - exp(found.change))
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
            expected_pct=100.0
            * (1.0 - exp(self._decay.change(found.onset - origin, ended - origin))),
            held_s=t - ended,
        )
