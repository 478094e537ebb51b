"""Holds: contacts that have lasted three seconds and reached 30 N."""

from ql_release.signal.contact import TIME_EPSILON_S

HOLD_S = 3.0
"""Seconds after which a contact may be a hold (design, sessions): shorter ones are getting
settled. How long a hold must last to count towards the dose is the plan's matter."""

HOLD_N = 30.0
"""Newtons that a hold has reached at least once (design, sessions): a third of the low end of
the usual working force, 89 N (Travell), so that a hand resting on the tool is no hold."""


class Hold:
    """The force of one contact, and whether it has become a hold.

    Attributes:
        started: whether the contact has become a hold.
        peak: the highest force so far, newtons.
    """

    __slots__ = ("_count", "_start", "_sum", "peak", "started")

    def __init__(self, start: float) -> None:
        self._start = start
        self._sum = 0.0
        self._count = 0
        self.peak = 0.0
        self.started = False

    @property
    def mean(self) -> float:
        """The mean force over the samples in contact, newtons."""
        return self._sum / self._count if self._count else 0.0

    def take(self, force: float) -> None:
        """Take a sample's force in contact, newtons."""
        self._sum += force
        self._count += 1
        self.peak = max(self.peak, force)

    def has_just_started(self, t: float) -> bool:
        """Return True once: when the contact has become a hold by this time, seconds."""
        if self.started or self.peak < HOLD_N or t - self._start < HOLD_S - TIME_EPSILON_S:
            return False
        self.started = True
        return True
