"""How held tissue lets its force go by itself: models of relaxation after a step.

Each gives the share of a unit step's force that is left after some time. They differ in shape
on purpose: what watches the force must not depend on one of them.
"""

from dataclasses import dataclass
from math import exp, gamma, log
from typing import Protocol

LEAST_LEFT = 0.05
"""Share of the force that a straight line in the logarithm of time never goes below."""

EULER = 0.5772156649015329
"""Euler's constant, in the series of the exponential integral."""

SERIES_TERMS = 24
"""Terms of that series: below an argument of 2 the rest is under 1e-12."""

SERIES_UNTIL = 2.0
"""Argument from which the continued fraction is used instead."""

FRACTION_TERMS = 40
"""Levels of the continued fraction: from 2 on its error is under 1e-10."""


class Tissue(Protocol):
    """A model of tissue under a held load."""

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class LogLinear:
    """Force falls straight in the logarithm of time (Magnusson 2000: -20 % by 45 s).

    Attributes:
        per_e_fold: share of the first force lost for each e-fold of time.
        begins: seconds after which the fall begins to be straight.
    """

    per_e_fold: float = 0.05
    begins: float = 0.5

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return max(LEAST_LEFT, 1.0 - self.per_e_fold * log(1.0 + age / self.begins))


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """A spring-pot: force falls as a power of time (exponent 0.04-0.07, passive muscle).

    Attributes:
        exponent: the power.
        begins: seconds after which the fall begins to follow it.
    """

    exponent: float = 0.055
    begins: float = 0.2

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return float((1.0 + age / self.begins) ** -self.exponent)


@dataclass(frozen=True, slots=True)
class Prony:
    """Exponentials with time constants of about 0.5, 5 and 50 s (Then 2007: gluteal tissue).

    Attributes:
        terms: (share of the first force, time constant in seconds) of each exponential.
    """

    terms: tuple[tuple[float, float], ...] = ((0.10, 0.5), (0.12, 5.0), (0.12, 50.0))

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return 1.0 - sum(share * (1.0 - exp(-age / tau)) for share, tau in self.terms)


@dataclass(frozen=True, slots=True)
class StandardLinear:
    """One spring beside a spring and a damper: a single exponential (Palevski 2006: by 20 s).

    Attributes:
        share: share of the first force that goes.
        tau_s: its time constant, seconds.
    """

    share: float = 0.22
    tau_s: float = 8.0

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return 1.0 - self.share * (1.0 - exp(-age / self.tau_s))


@dataclass(frozen=True, slots=True)
class Stretched:
    """A stretched exponential: many time constants around one (Kohlrausch).

    Attributes:
        share: share of the first force that goes in the end.
        tau_s: time after which 63 % of that has gone, seconds.
        stretch: 1 for a plain exponential, less for a longer tail.
    """

    share: float = 0.35
    tau_s: float = 20.0
    stretch: float = 0.45

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return 1.0 - self.share * (1.0 - exp(-float((age / self.tau_s) ** self.stretch)))


@dataclass(frozen=True, slots=True)
class Fractional:
    """A spring beside a spring-pot and a spring (fractional Zener).

    Its Mittag-Leffler function is taken by Mainardi's rational bound, which has the same
    beginning and the same order of decay.

    Attributes:
        share: share of the first force that goes in the end.
        tau_s: where the fall is half way, roughly, seconds.
        order: 1 would be an ordinary damper.
    """

    share: float = 0.45
    tau_s: float = 12.0
    order: float = 0.4

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        slowed = float((age / self.tau_s) ** self.order) / gamma(1.0 + self.order)
        return 1.0 - self.share * slowed / (1.0 + slowed)


@dataclass(frozen=True, slots=True)
class QuasiLinear:
    """Fung's continuous spectrum: all time constants between two, each with the same weight.

    Attributes:
        weight: how much of the force relaxes (Zheng & Mak 1999: 0.03-0.28 in limbs).
        short_s: the shortest time constant, seconds.
        long_s: the longest one, seconds.
    """

    weight: float = 0.07
    short_s: float = 0.3
    long_s: float = 200.0

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        if age <= 0.0:
            return 1.0
        whole = log(self.long_s / self.short_s)
        now = exponential_integral(age / self.long_s) - exponential_integral(age / self.short_s)
        return (1.0 + self.weight * now) / (1.0 + self.weight * whole)


def exponential_integral(x: float) -> float:
    """Return E1(x), the integral of exp(-u) / u from x to infinity, for x above 0."""
    if x < SERIES_UNTIL:
        total, term = -EULER - log(x), -1.0
        for number in range(1, SERIES_TERMS + 1):
            term *= -x / number
            total += term / number
        return total
    fraction = 0.0
    for number in range(FRACTION_TERMS, 0, -1):
        fraction = number / (1.0 + number / (x + fraction))
    return exp(-x) / (x + fraction)
