"""Keeps one transport connected: opens it, serves the host, waits a little, opens it again."""

import asyncio

from release_tool.compat import const

_FIRST_WAIT_MS = const(250)
_LONGEST_WAIT_MS = const(30_000)
# The supervisor wants to hear from a link that waits.
_STEP_MS = const(1000)
# Half of the shortest watchdog span: nothing checks in while a connection is being opened.
_OPEN_S = const(4)


class Backoff:
    """Waits that double, each shortened at random so that many tools do not come as one.

    Args:
        hal: for its `sleep_ms` and `urandom`.
    """

    def __init__(self, hal):
        self._hal = hal
        self._wait_ms = _FIRST_WAIT_MS

    def reset(self):
        """Begin with the shortest wait again."""
        self._wait_ms = _FIRST_WAIT_MS

    def next_ms(self):
        """Return how long to wait now: the second half of it is at random."""
        half = self._wait_ms // 2
        self._wait_ms = min(_LONGEST_WAIT_MS, self._wait_ms * 2)
        return half + half * self._hal.urandom(1)[0] // 255

    async def wait(self, check_in):
        """Wait, checking in meanwhile."""
        left = self.next_ms()
        while left > 0:
            check_in()
            await self._hal.sleep_ms(min(left, _STEP_MS))
            left -= _STEP_MS


class Link:
    """A host at the other end of a transport.

    Args:
        tool: the `Tool`.
        name: under which the supervisor knows it.
        open_streams: async function that returns an asyncio (reader, writer).
        framing: function that makes the framing of each connection.
        again: function that tells whether to connect again after a connection has ended.
    """

    def __init__(self, tool, name, open_streams, framing, again=None):
        self._tool = tool
        self._name = name
        self._open = open_streams
        self._framing = framing
        self._again = again

    async def run(self):
        """Keep connected, for ever unless `again` says otherwise."""
        self._tool.supervisor.register(self._name)
        backoff = Backoff(self._tool.hal)
        while True:
            self._check_in()
            if await self._connect():
                backoff.reset()
            if self._again is not None and not self._again():
                break
            await backoff.wait(self._check_in)
        self._tool.supervisor.release(self._name)

    async def _connect(self):
        """Serve one connection; return whether the host asked anything on it."""
        try:
            reader, writer = await asyncio.wait_for(self._open(), _OPEN_S)
        except (OSError, asyncio.TimeoutError):
            return False
        return await self._tool.serve(self._framing(), reader, writer, self._check_in)

    def _check_in(self):
        self._tool.supervisor.check_in(self._name)
