"""The one place that feeds the watchdog, and only when every task is alive.

A task registers by name and checks in whenever it has done a round of its work. One that
stops doing so, however busy the others are, leaves the watchdog hungry and the board restarts.
A host that is slow or absent is no reason: links check in while they wait for one.
"""

from release_tool.compat import const, sleep_ms

# Below half of the shortest watchdog span in use (RP2040: 8,388 ms).
_ROUND_MS = const(2000)


class Supervisor:
    """Collects the tasks' check-ins.

    Args:
        feed: function that feeds the watchdog.
    """

    def __init__(self, feed):
        self._feed = feed
        self._seen = {}

    def register(self, name):
        """Add a task that must check in under this name from now on."""
        self._seen[name] = False

    def release(self, name):
        """Stop expecting a task that ended as planned."""
        self._seen.pop(name, None)

    def check_in(self, name):
        """Note that the task is alive; allocates nothing."""
        self._seen[name] = True

    def missing(self):
        """Return the names of the tasks that have not checked in since the last feeding."""
        return [name for name, seen in self._seen.items() if not seen]

    def poll(self):
        """Feed the watchdog if every task has checked in; return whether it was fed."""
        for name in self._seen:
            if not self._seen[name]:
                return False
        for name in self._seen:
            self._seen[name] = False
        self._feed()
        return True

    async def run(self):
        """Watch for ever."""
        while True:
            await sleep_ms(_ROUND_MS)
            self.poll()
