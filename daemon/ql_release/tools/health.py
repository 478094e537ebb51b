"""How the bridge is doing, told once a minute."""

import os
from pathlib import Path

from ql_release import __version__
from ql_release.journal import JournalError
from ql_release.payloads.base import rfc3339
from ql_release.payloads.bridge import BridgeHealth, LinkHealth, ToolHealth
from ql_release.tools.fleet import Fleet
from ql_release.tools.live import LiveTool
from ql_release.tools.surroundings import Surroundings

PERIOD_S = 60.0
"""How often `health` is published (DESIGN §5)."""

_STATM = Path("/proc/self/statm")


class HealthReporter:
    """Publishes the bridge's health.

    Args:
        around: what there is to report on.
        fleet: the tools.
    """

    def __init__(self, around: Surroundings, fleet: Fleet) -> None:
        self._around = around
        self._fleet = fleet
        self._started = around.clock.monotonic()

    async def run(self) -> None:
        """Report now and every minute."""
        while True:
            health = await self._health()
            self._around.publisher.set_health(health.model_dump_json().encode())
            await self._around.clock.sleep(PERIOD_S)

    async def _health(self) -> BridgeHealth:
        around = self._around
        depth, oldest_us, problems = await self._outbox()
        unwritten = {live.problem for live in self._fleet if live.problem is not None}
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
            problems=sorted({*around.journal.problems, *problems, *unwritten}),
        )

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
            LinkHealth(
                kind="serial",
                label=serial.port,
                state="up" if f"serial {serial.port}" in served else "down",
            )
            for serial in settings.serial
        ]
        if settings.tcp.enabled:
            label = f"{settings.tcp.host}:{settings.tcp.port}"
            links.insert(0, LinkHealth(kind="tcp", label=label, state="up"))
        return links


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
        rate_hz=None if rate_hz is None else round(rate_hz, 1),
        frames=live.counts.frames,
        lost_samples=live.counts.lost_samples,
        recovered_samples=live.counts.recovered_samples,
        damaged_frames=live.damaged_frames,
    )
