"""Least squares of an evenly spaced series against some columns and one ramp, in coloured noise.

The columns are what is there anyway (level, decay, breath); the ramp, from 0 to 1 over some
steps, is what is looked for. A body's sway is no white noise: what it does now it does a moment
later, too, so that ordinary least squares takes its wandering for slow ramps. Therefore each step
is taken less a share of the one before it (a first-order autoregression, Cochrane-Orcutt), which
leaves white noise. Suffix sums make a try of a ramp cost a handful of multiplications, so that
every onset and length can be tried in plain Python.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import cos, pi, sin, sqrt
from operator import mul

TINY = 1e-12
"""Sums of squares below this are nothing but rounding."""


class Regression:
    """A series fitted by columns, ready for trying ramps on what is left.

    Args:
        columns: each as long as the series.
        target: the series.
        memory: share of a step's noise that is there a step later, 0 or more and below 1.
        priors: how many rows at the end are priors of coefficients, not steps in time.
    """

    def __init__(
        self,
        columns: Sequence[Sequence[float]],
        target: Sequence[float],
        *,
        memory: float,
        priors: int,
    ) -> None:
        self._steps = len(target) - priors
        self._memory = memory
        self._basis: list[list[float]] = []
        self._left = self._whitened(target)
        for column in columns:
            row = self._whitened(column)
            for done in self._basis:
                _take_off(row, done)
            size = sqrt(sum(map(mul, row, row)))
            if size > TINY:
                unit = [value / size for value in row]
                self._basis.append(unit)
                _take_off(self._left, unit)
        self._sums = [self._summed(unit) for unit in self._basis]
        self._left_sums = self._summed(self._left)

    def best(self, tries: Sequence[tuple[int, int]]) -> tuple[float, int, int, float]:
        """Return (gain, first step, steps of the ramp, change) of the best of some ramps.

        Args:
            tries: (first step, steps) of each ramp; the gain is how much less is left with it.
        """
        found = (0.0, 0, 0, 0.0)
        left, sums = self._left_sums, self._sums
        fresh = 1.0 - self._memory
        for first, length in tries:
            end = first + length
            # Squares of a whitened ramp: (1 + fresh * step) / length within, fresh after it.
            size = (
                1.0 + fresh * (length - 1) * (1.0 + fresh * (2 * length - 1) / 6.0)
            ) / length + fresh * fresh * (self._steps - end)
            for column in sums:
                part = (column[first] - column[end]) / length
                size -= part * part
            if size <= TINY:
                continue
            along = (left[first] - left[end]) / length
            gain = along * along / size
            if gain > found[0]:
                found = (gain, first, length, along / size)
        return found

    def rest(self, first: int, length: int, change: float) -> tuple[list[float], float]:
        """Return what is left when a ramp is taken off as well.

        Args:
            first: the ramp's first step.
            length: its steps; 0 for no ramp.
            change: what it brings.

        Returns:
            The rest, the steps in time only, and the variance of the white noise behind it.
        """
        left = self._left
        if length:
            ramp = self._whitened(_ramp(first, length, self._steps, len(left)))
            for unit in self._basis:
                _take_off(ramp, unit)
            left = [value - change * part for value, part in zip(left, ramp, strict=True)]
        white = left[: self._steps]
        noise = sum(map(mul, white, white)) / self._steps
        return self._coloured(white), noise

    def _summed(self, white: Sequence[float]) -> list[float]:
        """Return sums whose difference is a whitened row's product with a whitened ramp.

        Such a ramp is `fresh` times the ramp itself and `memory` times its steps' share.
        """
        once = list(accumulate(reversed(white[: self._steps])))
        twice = accumulate(once)
        memory = self._memory
        sums = [
            (1.0 - memory) * ramp + memory * step for ramp, step in zip(twice, once, strict=True)
        ]
        sums.reverse()
        sums.append(0.0)
        return sums

    def _whitened(self, row: Sequence[float]) -> list[float]:
        """Return a row whose steps in time are each less a share of the one before."""
        memory, steps = self._memory, self._steps
        white = [row[0] * sqrt(1.0 - memory * memory)]
        white += [now - memory * before for before, now in pairwise(row[:steps])]
        return [*white, *row[steps:]]

    def _coloured(self, white: Sequence[float]) -> list[float]:
        """Return the steps in time that `_whitened` made this of."""
        memory = self._memory
        first = white[0] / sqrt(1.0 - memory * memory)
        return list(accumulate([first, *white[1:]], lambda before, now: now + memory * before))


def waves(hertz: float, steps: int, step_s: float) -> tuple[list[float], list[float]]:
    """Return cosine and sine of a rate over so many steps of so many seconds."""
    turn = 2 * pi * hertz * step_s
    angles = [turn * step for step in range(steps)]
    return list(map(cos, angles)), list(map(sin, angles))


def memory_of(rest: Sequence[float]) -> float:
    """Return the share of each step that is there a step later, by the series itself."""
    power = sum(map(mul, rest, rest))
    return sum(map(mul, rest, rest[1:])) / power if power > TINY else 0.0


def _ramp(first: int, length: int, steps: int, rows: int) -> list[float]:
    """Return a ramp, 0 in the rows that are no steps in time."""
    ramp = [0.0 if step < first else min(1.0, (step - first + 1) / length) for step in range(steps)]
    return ramp + [0.0] * (rows - steps)


def _take_off(row: list[float], unit: Sequence[float]) -> None:
    """Make a row orthogonal to a unit vector."""
    along = sum(map(mul, row, unit))
    row[:] = [value - along * part for value, part in zip(row, unit, strict=True)]
