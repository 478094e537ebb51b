"""The tool's own warning of too much force, felt in the hand and told to the host."""

from release_tool.compat import const

# A push that is taken back at once is no excursion.
_AFTER_US = const(500_000)
# Below this part of the limit an excursion is over and the next may warn again.
_ARM_AGAIN = 0.9


class PressureGuard:
    """Warns once for each excursion above a limit."""

    def __init__(self):
        self._since_us = None
        self._warned = False

    def exceeded(self, newtons, limit_n, now_us):
        """Take the present force; return True at the moment of the warning.

        Args:
            newtons: over all load cells.
            limit_n: 0 for none.
            now_us: device time.
        """
        if limit_n <= 0 or newtons < limit_n * _ARM_AGAIN:
            self._since_us = None
            self._warned = False
            return False
        if newtons < limit_n:
            self._since_us = None
            return False
        if self._since_us is None:
            self._since_us = now_us
        if self._warned or now_us - self._since_us < _AFTER_US:
            return False
        self._warned = True
        return True
