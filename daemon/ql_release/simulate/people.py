"""Draws people: no two with the same tissue, breath and sway.

Ranges are those of the sources named in `tissue` and `Body`, or wider where no source was found.
Every tissue loses between a twelfth and a half of its force in 45 s.
"""

from collections.abc import Callable
from math import exp, log
from random import Random

from ql_release.simulate.scenario import Body
from ql_release.simulate.tissue import (
    Fractional,
    LogLinear,
    PowerLaw,
    Prony,
    QuasiLinear,
    StandardLinear,
    Stretched,
    Tissue,
)

HELD_BREATH_SHARE = 0.3
"""Share of people who now and then hold their breath."""


def between(random: Random, least: float, most: float) -> float:
    """Return a value between two, each doubling as likely as the next."""
    return exp(random.uniform(log(least), log(most)))


def person(random: Random) -> Body:
    """Return somebody."""
    uniform = random.uniform
    return Body(
        tissue=random.choice(TISSUES)(random),
        stiffening=uniform(0.0, 3.0),
        breath_hz=uniform(0.2, 0.35),
        breath_depth=between(random, 0.01, 0.08),
        breath_turn_deg=uniform(0.02, 0.3),
        breath_jitter=uniform(0.03, 0.2),
        breath_in=uniform(0.3, 0.5),
        breath_rest=uniform(0.0, 0.35),
        breath_held=uniform(0.02, 0.15) if random.random() < HELD_BREATH_SHARE else 0.0,
        sway=between(random, 0.002, 0.014),
        sway_s=uniform(1.5, 5.0),
        sway_octaves=random.randint(1, 4),
        sway_tail=uniform(0.0, 0.5),
        sway_turn_deg=uniform(0.05, 0.25),
        tremor=between(random, 0.001, 0.012),
        tremor_hz=uniform(6.0, 12.0),
    )


def _log_linear(random: Random) -> Tissue:
    """Return tissue that is straight in the logarithm of time."""
    return LogLinear(random.uniform(0.025, 0.07), random.uniform(0.2, 1.0))


def _power_law(random: Random) -> Tissue:
    """Return a spring-pot."""
    return PowerLaw(random.uniform(0.03, 0.08), random.uniform(0.1, 1.0))


def _prony(random: Random) -> Tissue:
    """Return a sum of three exponentials."""
    uniform = random.uniform
    fast = (uniform(0.03, 0.15), uniform(0.3, 1.0))
    middle = (uniform(0.04, 0.14), uniform(3.0, 8.0))
    slow = (uniform(0.04, 0.14), uniform(30.0, 80.0))
    return Prony((fast, middle, slow))


def _standard_linear(random: Random) -> Tissue:
    """Return a single exponential."""
    return StandardLinear(random.uniform(0.1, 0.3), random.uniform(4.0, 15.0))


def _stretched(random: Random) -> Tissue:
    """Return a stretched exponential."""
    uniform = random.uniform
    return Stretched(uniform(0.15, 0.4), between(random, 5.0, 60.0), uniform(0.3, 0.7))


def _fractional(random: Random) -> Tissue:
    """Return a fractional solid."""
    uniform = random.uniform
    return Fractional(uniform(0.2, 0.55), between(random, 4.0, 60.0), uniform(0.25, 0.6))


def _quasi_linear(random: Random) -> Tissue:
    """Return a continuous spectrum."""
    weight, short = random.uniform(0.03, 0.1), random.uniform(0.1, 1.0)
    return QuasiLinear(weight, short, between(random, 60.0, 600.0))


TISSUES: tuple[Callable[[Random], Tissue], ...] = (
    _log_linear,
    _power_law,
    _prony,
    _standard_linear,
    _stretched,
    _fractional,
    _quasi_linear,
)
"""One of each law, each as likely."""
