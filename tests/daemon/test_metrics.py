"""What Prometheus is told, read by its own parser and out of the real daemon's process."""

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from broker import free_port
from command import environ
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from ql_release import metrics
from ql_release.metrics import MAX_TOOLS, Measured, families, serve_metrics
from ql_release.payloads import examples
from ql_release.payloads.bridge import BridgeHealth


class Given:
    """Collects what a test gives."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        return families(self._measured)


def told(health: BridgeHealth, *, connected: bool = True) -> dict[str, float]:
    """Return each sample, its name with its labels, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(Given(Measured(health, connected)))
    return parsed(generate_latest(registry).decode())


def parsed(text: str) -> dict[str, float]:
    return {
        f"{sample.name}{json.dumps(sample.labels)}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_numbers_are_those_of_health() -> None:
    (tool,) = examples.HEALTH.tools
    samples = told(examples.HEALTH)
    assert samples["ql_release_uptime_seconds{}"] == 86_412
    assert samples["ql_release_broker_connected{}"] == 1
    assert samples["ql_release_time_known{}"] == 1
    assert samples["ql_release_problems{}"] == 0
    assert samples["ql_release_outbox_oldest_seconds{}"] == 0
    assert samples['ql_release_build_info{"version": "0.1.0"}'] == 1
    assert samples['ql_release_link_up{"kind": "tcp", "label": "127.0.0.1:7390"}'] == 1
    assert samples[f'ql_release_tool_frames_total{{"tool": "{tool}"}}'] == 43_120
    assert samples[f'ql_release_tool_recovered_samples_total{{"tool": "{tool}"}}'] == 36
    assert samples[f'ql_release_tool_rate_hertz{{"tool": "{tool}"}}'] == 100


def test_trouble_shows() -> None:
    (tool, figures) = next(iter(examples.HEALTH.tools.items()))
    away = figures.model_copy(update={"online": False, "rate_hz": None, "went_quiet": True})
    health = examples.HEALTH.model_copy(
        update={
            "tools": {tool: away},
            "problems": ["one", "two"],
            "outbox_depth": 3,
            "oldest_unsent_at": "2026-11-20T17:03:00.000Z",
        }
    )
    samples = told(health, connected=False)
    assert samples["ql_release_broker_connected{}"] == 0
    assert samples["ql_release_problems{}"] == 2
    assert samples["ql_release_outbox_events{}"] == 3
    assert samples["ql_release_outbox_oldest_seconds{}"] == 60
    assert samples[f'ql_release_tool_went_quiet{{"tool": "{tool}"}}'] == 1
    assert samples[f'ql_release_tool_rate_hertz{{"tool": "{tool}"}}'] == 0


def test_strangers_cannot_make_series_without_end() -> None:
    figures = next(iter(examples.HEALTH.tools.values()))
    crowd = {f"tool-{number:04}": figures for number in range(10 * MAX_TOOLS)}
    samples = told(examples.HEALTH.model_copy(update={"tools": crowd}))
    assert samples["ql_release_tools{}"] == 10 * MAX_TOOLS
    assert sum(name.startswith("ql_release_tool_online") for name in samples) == MAX_TOOLS


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings of a daemon that finds no broker."""
    path = tmp_path / "config.toml"
    path.write_text(
        f'[bridge]\nid = "pi"\n[mqtt]\nurls = ["mqtt://127.0.0.1:{free_port()}"]\n'
        f'[tcp]\nenabled = false\n[journal]\npath = "journal.db"\n[time]\nwait_s = 0\n'
        f"[metrics]\nenabled = true\nport = {free_port()}\n",
        encoding="utf-8",
    )
    return path


def port_in(config: Path) -> int:
    return int(config.read_text(encoding="utf-8").rpartition("port = ")[2])


def daemon(config: Path, program: str = "") -> subprocess.Popen[str]:
    code = f"{program}\nfrom ql_release.cli import main\nimport sys\nsys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, "run", "--config", str(config)],
        stderr=subprocess.PIPE,
        text=True,
        env=environ(),
    )


def test_the_daemon_answers_and_stops_in_good_order(config: Path) -> None:
    running = daemon(config)
    url = f"http://127.0.0.1:{port_in(config)}/metrics"
    assert running.stderr is not None
    try:
        while "Metrics are at" not in running.stderr.readline():
            assert running.poll() is None
        samples = [parsed(urllib.request.urlopen(url).read().decode()) for _ in range(2)]
        running.terminate()
        assert running.wait(60) == 0
    finally:
        running.kill()
        running.communicate()
    assert samples[0]["ql_release_broker_connected{}"] == 0
    assert samples[0]["ql_release_resident_memory_bytes{}"] > 1e6
    assert samples[1]["ql_release_uptime_seconds{}"] >= samples[0]["ql_release_uptime_seconds{}"]


def test_without_the_library_the_daemon_says_what_to_install(config: Path) -> None:
    done = daemon(config, "import sys; sys.modules['prometheus_client'] = None")
    _, said = done.communicate(timeout=60)
    assert done.returncode == 1
    assert "pip install 'ql-release[metrics]'" in said.splitlines()[-1]
    assert "Traceback" not in said


def test_a_port_in_use_is_told(config: Path) -> None:
    with socket.create_server(("127.0.0.1", port_in(config))):
        done = daemon(config)
        _, said = done.communicate(timeout=60)
    assert done.returncode == 1
    assert "metrics cannot be served on 127.0.0.1" in said.splitlines()[-1]
    assert "Traceback" not in said


def test_who_does_not_ask_loads_nothing(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("enabled = true", "enabled = false"), encoding="utf-8")
    # At its end the process says what it has loaded.
    watch = "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))"
    running = daemon(config, watch)
    assert running.stderr is not None
    try:
        while "cannot be reached" not in (line := running.stderr.readline()):
            assert line
        running.terminate()
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
    assert "ql_release.service" in said
    assert "prometheus_client" not in said


async def test_a_loop_that_does_not_answer_fails_the_request_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import asyncio  # noqa: PLC0415

    monkeypatch.setattr(metrics, "ANSWER_S", 0.1)
    port = free_port()

    async def never() -> Measured:
        await asyncio.Event().wait()
        raise AssertionError

    def ask() -> int:
        try:
            return int(urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    async with serve_metrics("127.0.0.1", port, never):
        assert await asyncio.to_thread(ask) == 500
