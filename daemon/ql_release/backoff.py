"""How long to wait before trying again."""


class Backoff:
    """Waits that double from one try to the next, up to a limit.

    Args:
        first: the first wait, seconds.
        limit: the longest wait, seconds.
    """

    def __init__(self, first: float, limit: float) -> None:
        self._first = first
        self._limit = limit
        self._next = first

    def wait(self) -> float:
        """Return how many seconds to wait now; the next wait will be twice that."""
        wait = self._next
        self._next = min(self._limit, wait * 2)
        return wait

    def reset(self) -> None:
        """Begin again with the first wait: a try has succeeded."""
        self._next = self._first
