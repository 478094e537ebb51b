"""How the bridge is doing, in one line for whoever looks at the service."""

from ql_release.journal import JournalError
from ql_release.provisional import is_date
from ql_release.tools.fleet import Fleet
from ql_release.tools.surroundings import Surroundings

SHOWN_TOOLS = 3
"""Tools named in the line; of more it says how many."""


class Overview:
    """Puts the state of the bridge into one line.

    Args:
        around: the journal and the way to the broker.
        fleet: the tools.
    """

    def __init__(self, around: Surroundings, fleet: Fleet) -> None:
        self._around = around
        self._fleet = fleet

    async def line(self) -> str:
        """Return the line; returns only once the journal's thread has answered."""
        waiting = await self._waiting()
        broker = "connected to the broker" if self._around.publisher.connected else "no broker"
        dates = [] if is_date(self._around.clock.now_us()) else ["the time is not known yet"]
        return "; ".join([self._tools(), broker, *dates, *waiting])

    def _tools(self) -> str:
        online = sorted(live.identity.tool for live in self._fleet if live.link is not None)
        if not online:
            return "no tool is here"
        if len(online) > SHOWN_TOOLS:
            return f"{len(online)} tools are here"
        return f"{', '.join(online)} {'is' if len(online) == 1 else 'are'} here"

    async def _waiting(self) -> list[str]:
        """Return what waits to be sent, or why that cannot be known."""
        try:
            depth = await self._around.journal.outbox_depth()
        except JournalError as error:
            return [str(error)]
        return [] if not depth else [f"{depth} {'event waits' if depth == 1 else 'events wait'}"]
