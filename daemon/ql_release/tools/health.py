"""How the bridge is doing, told once a minute."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from ql_release import __version__
from ql_release.journal import JournalError
from ql_release.links.watch import LinkKeeper
from ql_release.logs import tell_folded
from ql_release.payloads.base import rfc3339
from ql_release.payloads.bridge import BridgeHealth, LinkHealth, ToolHealth
from ql_release.provisional import is_date
from ql_release.tools.fleet import Fleet
from ql_release.tools.live import LiveTool
from ql_release.tools.surroundings import Surroundings

PERIOD_S = 60.0
"""How often `health` is published (DESIGN §5)."""
LOOK_S = 5.0
"""How often there is a look at whether something has changed that should be told before."""

Trouble = Callable[[], str | None]
_STATM = Path("/proc/self/statm")


class HealthReporter:
    """Publishes the bridge's health.

    Args:
        around: what there is to report on.
        fleet: the tools.
        troubles: each tells in one sentence what else needs attention, or None.
        ports: who keeps each serial port open.
    """

    def __init__(
        self,
        around: Surroundings,
        fleet: Fleet,
        troubles: Sequence[Trouble] = (),
        ports: Mapping[str, LinkKeeper] | None = None,
    ) -> None:
        self._ports = ports or {}
        self._around = around
        self._troubles = troubles
        self._fleet = fleet
        self._started = around.clock.monotonic()

    async def run(self) -> None:
        """Report now, every minute, and soon after something has changed for better or worse."""
        while True:
            health = await self.health()
            self._around.publisher.set_health(health.model_dump_json().encode())
            await self._pause()

    async def _pause(self) -> None:
        """Wait for the next report: a minute, unless what matters changes before."""
        clock = self._around.clock
        told, due = self._mood(), clock.monotonic() + PERIOD_S
        while clock.monotonic() < due - LOOK_S / 2 and self._mood() == told:
            await clock.sleep(LOOK_S)
            tell_folded()

    def _mood(self) -> tuple[frozenset[str], ...]:
        """Return what must not wait for the next minute: who is here, and what is wrong."""
        here = frozenset(live.identity.tool for live in self._fleet if live.link is not None)
        quiet = frozenset(live.identity.tool for live in self._fleet if live.went_quiet)
        links = frozenset(link.model_dump_json() for link in self._links())
        return here, quiet, links, frozenset(self._present_troubles())

    async def health(self) -> BridgeHealth:
        """Return how the bridge is now."""
        around = self._around
        depth, oldest_us, problems = await self._outbox()
        return BridgeHealth(
            bridge=around.topics.bridge,
            at=rfc3339(around.clock.now_us()),
            version=__version__,
            start_nonce=around.journal.nonce,
            uptime_s=round(around.clock.monotonic() - self._started, 1),
            links=self._links(),
            outbox_depth=depth,
            oldest_unsent_at=None if oldest_us is None else rfc3339(oldest_us),
            rss_bytes=resident_bytes(),
            tools={live.identity.tool: _tool_health(live) for live in self._fleet},
            time_known=is_date(around.clock.now_us()),
            problems=sorted({*problems, *self._present_troubles()}),
        )

    def _present_troubles(self) -> set[str]:
        """Return what needs attention and is known without a question to the journal's file."""
        told = [*self._around.journal.problems, *(live.problem for live in self._fleet)]
        told += [trouble() for trouble in self._troubles]
        return {problem for problem in told if problem is not None}

    async def _outbox(self) -> tuple[int, int | None, list[str]]:
        journal = self._around.journal
        try:
            return await journal.outbox_depth(), await journal.oldest_unsent_us(), []
        except JournalError as error:
            return 0, None, [str(error)]

    def _links(self) -> list[LinkHealth]:
        """Return the links that are there: the listener, and each port with a tool on it."""
        settings = self._around.settings
        served = {live.link.label for live in self._fleet if live.link is not None}
        links = [
            self._port(serial.port, up=f"serial {serial.port}" in served)
            for serial in settings.serial
        ]
        if settings.tcp.enabled:
            label = f"{settings.tcp.host}:{settings.tcp.port}"
            links.insert(0, LinkHealth(kind="tcp", label=label, state="up"))
        return links

    def _port(self, port: str, *, up: bool) -> LinkHealth:
        keeper = self._ports.get(port)
        problem = None if up or keeper is None else keeper.problem
        state: Literal["up", "down"] = "up" if up else "down"
        return LinkHealth(kind="serial", label=port, state=state, problem=problem)


def resident_bytes() -> int:
    """Return the resident memory of this process; 0 where /proc does not tell."""
    try:
        pages = int(_STATM.read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _tool_health(live: LiveTool) -> ToolHealth:
    rate_hz = live.rate_hz
    return ToolHealth(
        online=live.link is not None,
        went_quiet=live.went_quiet,
        rate_hz=None if rate_hz is None else round(rate_hz, 1),
        frames=live.counts.frames,
        lost_samples=live.counts.lost_samples,
        recovered_samples=live.counts.recovered_samples,
        damaged_frames=live.damaged_frames,
    )
