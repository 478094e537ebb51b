"""The guided measurement of a person's threshold: the force that they call 7 of 10.

Three presses that agree give the threshold: the middle one of their forces. Where the first three
disagree there is one more press, and another, up to five; then the measurement ends without a
result. A press that was too short or not kept does not count and is asked for again.

Pure: samples in, an ending out. Nobody coming and somebody staying are noticed by the samples'
times alone, so a replay ends at the same sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, TypeAlias

from ql_release.signal.contact import CONTACT_ON_N, TIME_EPSILON_S, Contact
from ql_release.signal.press import Curve, Press

PRESSES = 3
"""Presses that must agree: the middle of three is not moved by one that went wrong."""

MOST_PRESSES = 5
"""Presses at most: more make the spot sore, and what is felt then is another thing."""

SPREAD_PCT = 20.0
"""Percent of the middle force that the highest and the lowest of three may be apart. Repeated
presses of one person differ by about a tenth either way; the warning at 120 % of the threshold
would mean little if the threshold itself were less certain than that."""

WAIT_S = 60.0
"""Seconds to wait for somebody to get on: to lie down and settle takes less than half of it."""

LONGEST_ROUTINE_S = 600.0
"""Seconds after which it ends whatever happens: five presses of a minute with as much between."""

Ending: TypeAlias = Literal["measured", "disagree", "nobody", "too_long"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """What three presses that agree came to.

    Attributes:
        force_n: the middle one of their forces, newtons.
        presses: how many presses counted, those that did not agree included.
        spread_pct: highest less lowest of the three, percent of the middle one.
        approach: for each tenth of the force the median of the three presses' relative
            steepness, see `Press.approach`; None where none of them has a value.
    """

    force_n: float
    presses: int
    spread_pct: float
    approach: Curve


@dataclass(frozen=True, slots=True)
class _Counted:
    force_n: float
    approach: Curve


class ThresholdRoutine:
    """Follows the presses of one measurement.

    Attributes:
        ending: why it is over; None while it goes on.
        result: the threshold, once it is `measured`.
        last_n: the force of the last press, newtons; None before the first, and after one that
            did not count.
    """

    __slots__ = (
        "_began",
        "_contact",
        "_counted",
        "_press",
        "_waiting",
        "ending",
        "last_n",
        "result",
    )

    def __init__(self) -> None:
        self._began: float | None = None
        self._waiting = 0.0
        self._contact: Contact | None = None
        self._press: Press | None = None
        self._counted: list[_Counted] = []
        self.ending: Ending | None = None
        self.result: Threshold | None = None
        self.last_n: float | None = None

    @property
    def counted(self) -> int:
        """Presses that counted so far."""
        return len(self._counted)

    @property
    def wanted(self) -> int:
        """Presses that it will take, as far as can be told: one more than three that disagree."""
        more = self.counted if self.ending else self.counted + 1
        return max(PRESSES, more)

    @property
    def kept_s(self) -> float | None:
        """Seconds for which the present force has been kept; None while nobody is on the tool."""
        return None if self._press is None else self._press.kept_s

    def take(self, t: float, force: float, *, trusted: bool = True) -> bool:
        """Take the next sample.

        Args:
            t: its time, seconds.
            force: its total force, newtons.
            trusted: whether the sensors measure.

        Returns:
            Whether the measurement is over with this sample.
        """
        if self._began is None or t < self._began:  # at first, or where the time ran back
            self._began = self._waiting = t
        if self._contact is not None and self._contact.ends_before(t):
            self._got_off(t)
        if self.ending is None:
            self._follow(t, force, trusted=trusted)
        if self.ending is None and t - self._began >= LONGEST_ROUTINE_S - TIME_EPSILON_S:
            self._end("too_long")
        return self.ending is not None

    def _follow(self, t: float, force: float, *, trusted: bool) -> None:
        contact, press = self._contact, self._press
        if contact is None or press is None:
            if force >= CONTACT_ON_N:
                self._contact, self._press = Contact(0, t), Press(t)
                self._press.take(t, force, trusted=trusted)
            elif t - self._waiting >= WAIT_S - TIME_EPSILON_S:
                self._end("nobody")
        elif not contact.take(t, force, touched=False):
            self._got_off(t)
        else:
            press.take(t, force, trusted=trusted)

    def _got_off(self, t: float) -> None:
        press = self._press
        assert press is not None  # it came with the contact
        self._contact = self._press = None
        self._waiting = t
        self.last_n = press.steadiest_n()
        if self.last_n is None:
            return
        self._counted.append(_Counted(self.last_n, press.approach(self.last_n)))
        self.result = _agreed(self._counted)
        if self.result is not None:
            self._end("measured")
        elif self.counted == MOST_PRESSES:
            self._end("disagree")

    def _end(self, ending: Ending) -> None:
        self._contact = self._press = None
        self.ending = ending


def _agreed(presses: Sequence[_Counted]) -> Threshold | None:
    """Return what the three presses that agree best came to, if they agree at all."""
    ordered = sorted(presses, key=lambda press: press.force_n)
    threes = [ordered[first : first + PRESSES] for first in range(len(ordered) - PRESSES + 1)]
    best = min(threes, key=_spread_pct, default=None)
    if best is None or _spread_pct(best) > SPREAD_PCT:
        return None
    curve = tuple(map(_middle, zip(*(press.approach for press in best), strict=True)))
    return Threshold(best[1].force_n, len(presses), _spread_pct(best), curve)


def _spread_pct(three: Sequence[_Counted]) -> float:
    return 100 * (three[-1].force_n - three[0].force_n) / three[1].force_n


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
