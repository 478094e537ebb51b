"""How things come about over their duration: 0 before, 1 after, and a curve between."""

from collections.abc import Callable
from math import cos, exp, pi
from typing import Literal

Shape = Literal["cosine", "linear", "exponential", "sigmoid"]
"""A curve's name."""

EXPONENTIAL_SPANS = 3.5
"""Time constants within the duration of an exponential change: 97 % of it has come by then."""

SIGMOID_SPANS = 10.0
"""Time constants within the duration of a logistic change: its ends are flat to 1 %."""


def smooth(share: float) -> float:
    """Return 0 to 1 along a raised cosine, for a share of a duration gone by."""
    if share <= 0.0:
        return 0.0
    return 1.0 if share >= 1.0 else 0.5 - 0.5 * cos(pi * share)


def linear(share: float) -> float:
    """Return 0 to 1 along a straight line."""
    return min(1.0, max(0.0, share))


def exponential(share: float) -> float:
    """Return 0 to 1, most of it at first."""
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    return (1.0 - exp(-EXPONENTIAL_SPANS * share)) / (1.0 - exp(-EXPONENTIAL_SPANS))


def sigmoid(share: float) -> float:
    """Return 0 to 1 along a logistic curve."""
    if share <= 0.0:
        return 0.0
    if share >= 1.0:
        return 1.0
    low = _logistic(0.0)
    return (_logistic(share) - low) / (1.0 - 2.0 * low)


def _logistic(share: float) -> float:
    """Return the logistic curve that is half way in the middle of the duration."""
    return 1.0 / (1.0 + exp(SIGMOID_SPANS * (0.5 - share)))


SHAPES: dict[Shape, Callable[[float], float]] = {
    "cosine": smooth,
    "linear": linear,
    "exponential": exponential,
    "sigmoid": sigmoid,
}
"""Each curve by its name."""
