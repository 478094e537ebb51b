"""How held tissue lets its force go by itself: three models of relaxation after a step.

Each gives the share of a unit step's force that is left after some time. They differ in shape
on purpose: what watches the force must not depend on one of them.
"""

from dataclasses import dataclass
from math import exp, log
from typing import Protocol


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
        return max(0.05, 1.0 - self.per_e_fold * log(1.0 + age / self.begins))


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
    """Exponentials with time constants of about 0.5, 5 and 50 s (quasi-linear viscoelastic).

    Attributes:
        terms: (share of the first force, time constant in seconds) of each exponential.
    """

    terms: tuple[tuple[float, float], ...] = ((0.10, 0.5), (0.12, 5.0), (0.12, 50.0))

    def left(self, age: float) -> float:
        """Return the share of a unit step of force that is left after so many seconds."""
        return 1.0 - sum(share * (1.0 - exp(-age / tau)) for share, tau in self.terms)
