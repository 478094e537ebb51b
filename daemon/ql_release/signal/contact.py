"""Contact: is somebody on the tool?

A touch begins at the first sample of 8 N or more and is lost at the first below 5 N. Lost and
found again within half a second it is still the same contact: a knock or a breath taken on the
edge does not split a hold. A contact is worth telling of once it has lasted a second.

Lost samples: the time step says how much is missing. A contact survives a hole of up to two
seconds if the force is still there after it; a longer one ends it at its last sample.
"""

CONTACT_ON_N = 8.0
"""Newtons at which a contact begins (design, sessions): above the noise and drift of a zero."""

CONTACT_OFF_N = 5.0
"""Newtons below which it is lost: 3 N of hysteresis, so that breathing does not end it."""

FOUND_AGAIN_S = 0.5
"""Seconds within which a contact that was lost may be found again (design, sessions)."""

CONTACT_S = 1.0
"""Seconds after which a touch counts as a contact (design, sessions)."""

LONGEST_HOLE_S = 2.0
"""Seconds without samples that a contact survives: nobody leaves the tool, lies down on it
again and reaches the same force in less, and a link that drops packets must not split a hold."""

BACKSTEP_S = 0.05
"""Seconds that the time may run back without being a new beginning: rounding and jitter."""

TIME_EPSILON_S = 1e-6
"""Seconds of rounding forgiven where a duration is compared with a limit."""


class Contact:
    """One contact, from its first sample of 8 N to its end.

    Args:
        index: the first sample's index.
        t: the first sample's time, seconds.

    Attributes:
        index: the first sample's index.
        start: the first sample's time, seconds.
        last: the time of the last sample that was taken, seconds.
        lost_at: when the force was lost, seconds; None while it is there.
        lasted: whether a second was over and the contact has been told of.
    """

    __slots__ = ("index", "last", "lasted", "lost_at", "start")

    def __init__(self, index: int, t: float) -> None:
        self.index = index
        self.start = t
        self.last = t
        self.lost_at: float | None = None
        self.lasted = False

    @property
    def end(self) -> float:
        """When the contact ended, should it be over now, seconds."""
        return self.last if self.lost_at is None else self.lost_at

    def ends_before(self, t: float) -> bool:
        """Return whether the contact was over before a sample at this time came."""
        step = t - self.last
        if step > LONGEST_HOLE_S or step < -BACKSTEP_S:
            return True
        return self.lost_at is not None and t - self.lost_at > FOUND_AGAIN_S + TIME_EPSILON_S

    def take(self, t: float, force: float, *, touched: bool) -> bool:
        """Take a sample that `ends_before` has let through.

        Args:
            t: its time, seconds.
            force: its total force, newtons.
            touched: whether a contact-only zone is touched.

        Returns:
            False when the contact is over with this sample.
        """
        self.last = max(self.last, t)
        if self.lost_at is None:
            if force < CONTACT_OFF_N and not touched:
                self.lost_at = t
            return True
        if force >= CONTACT_ON_N or touched:
            self.lost_at = None
            return True
        return t - self.lost_at < FOUND_AGAIN_S - TIME_EPSILON_S

    def is_due(self) -> bool:
        """Return whether a second is over, so that the contact is worth telling of."""
        return self.last - self.start >= CONTACT_S - TIME_EPSILON_S
