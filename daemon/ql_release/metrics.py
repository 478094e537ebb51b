"""What Prometheus is told on request: the same as `health`, as numbers.

The library's own server answers in a thread of its own; each time it asks the event loop how the
daemon is, so that nothing is counted twice and nothing costs anything while nobody asks.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ql_release.links.errors import ListenError
from ql_release.payloads.base import unix_us
from ql_release.payloads.bridge import BridgeHealth, ToolHealth
from ql_release.units import MICROSECONDS

ANSWER_S = 5.0
"""Real seconds that a request waits for the event loop; Prometheus itself gives up after ten."""
MAX_TOOLS = 64
"""Tools that have series of their own. A household has a few; whatever strangers call themselves
must not fill a database."""
PREFIX = "ql_release"

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """How the daemon is at one moment.

    Attributes:
        health: what it would publish.
        connected: whether a broker is there.
    """

    health: BridgeHealth
    connected: bool


Measure = Callable[[], Awaitable[Measured]]


@asynccontextmanager
async def serve_metrics(host: str, port: int, measure: Measure) -> AsyncIterator[None]:
    """Answer Prometheus while the context lasts.

    Args:
        host: the address to listen on.
        port: the port.
        measure: returns how the daemon is, in the event loop.

    Raises:
        ListenError: when the address cannot be listened on.
    """
    registry = CollectorRegistry()
    registry.register(_Asking(measure, asyncio.get_running_loop()))
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise ListenError(
            f"metrics cannot be served on {host} port {port} ({reason}): set another "
            "metrics.host or metrics.port"
        ) from error
    _LOGGER.info("Metrics are at http://%s:%d/metrics.", host, port)
    try:
        yield
    finally:
        # Not in the loop: a request that is being answered waits for it.
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        await asyncio.to_thread(thread.join)


class _Asking(Collector):
    """Collects by asking the event loop; called in the server's threads."""

    def __init__(self, measure: Measure, loop: asyncio.AbstractEventLoop) -> None:
        self._measure = measure
        self._loop = loop

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: registering must not ask."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield all families.

        Raises:
            TimeoutError: when the loop does not answer; the request then fails.
        """
        asked = asyncio.run_coroutine_threadsafe(_awaited(self._measure), self._loop)
        return families(asked.result(ANSWER_S))


async def _awaited(measure: Measure) -> Measured:
    return await measure()


def families(measured: Measured) -> Iterator[Metric]:
    """Yield what Prometheus is told."""
    health = measured.health
    yield _gauge("build_info", "Version of the daemon.", 1, version=health.version)
    yield _gauge("uptime_seconds", "Since the daemon's start.", health.uptime_s)
    yield _gauge("resident_memory_bytes", "Resident memory.", health.rss_bytes)
    yield _gauge("broker_connected", "1 while connected to a broker.", measured.connected)
    yield _gauge("time_known", "1 while the time is known.", health.time_known)
    yield _gauge("problems", "What needs attention; health says what.", len(health.problems))
    yield _gauge("outbox_events", "Events not yet taken by the broker.", health.outbox_depth)
    yield _gauge("outbox_oldest_seconds", "Age of the oldest of them.", _oldest_s(health))
    yield from _links(health)
    yield _gauge("tools", "Tools that were heard since the start.", len(health.tools))
    tools = dict(islice(sorted(health.tools.items()), MAX_TOOLS))
    for name, about, read in TOOL_GAUGES:
        gauge = GaugeMetricFamily(f"{PREFIX}_tool_{name}", about, labels=["tool"])
        for tool, figures in tools.items():
            gauge.add_metric([tool], read(figures))
        yield gauge
    for name, about, read in TOOL_COUNTERS:
        counter = CounterMetricFamily(f"{PREFIX}_tool_{name}", about, labels=["tool"])
        for tool, figures in tools.items():
            counter.add_metric([tool], read(figures))
        yield counter


Figure = tuple[str, str, Callable[[ToolHealth], float]]

TOOL_GAUGES: tuple[Figure, ...] = (
    ("online", "1 while the tool is heard.", lambda tool: tool.online),
    ("went_quiet", "1 after its link stood but brought nothing.", lambda tool: tool.went_quiet),
    ("rate_hertz", "Samples a second; 0 while it is not heard.", lambda tool: tool.rate_hz or 0.0),
)
TOOL_COUNTERS: tuple[Figure, ...] = (
    ("frames", "Frames since the start.", lambda tool: tool.frames),
    ("lost_samples", "Samples given up.", lambda tool: tool.lost_samples),
    ("recovered_samples", "Samples lost and replayed.", lambda tool: tool.recovered_samples),
    ("damaged_frames", "Frames with a wrong checksum or form.", lambda tool: tool.damaged_frames),
)


def _links(health: BridgeHealth) -> Iterator[Metric]:
    up = GaugeMetricFamily(f"{PREFIX}_link_up", "1 while the link works.", labels=["kind", "label"])
    for link in health.links:
        up.add_metric([link.kind, link.label], link.state == "up")
    yield up


def _gauge(name: str, about: str, value: float, **labels: str) -> Metric:
    gauge = GaugeMetricFamily(f"{PREFIX}_{name}", about, labels=list(labels))
    gauge.add_metric(list(labels.values()), value)
    return gauge


def _oldest_s(health: BridgeHealth) -> float:
    if health.oldest_unsent_at is None:
        return 0.0
    return max(0.0, (unix_us(health.at) - unix_us(health.oldest_unsent_at)) / MICROSECONDS)
