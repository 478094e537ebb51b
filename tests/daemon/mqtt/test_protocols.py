"""Brokers of either protocol version, TLS, and a daemon that dies without a word."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto, free_port
from mqtt_bench import Bench, EventFactory, Subscriber, make_certificate, until

from ql_release.mqtt import aiomqtt_port
from ql_release.mqtt.patient_client import PatientClient
from ql_release.mqtt.port import MqttVersion

LONELY_BRIDGE = Path(__file__).parent / "lonely_bridge.py"
STATUS = "ql_release/bridge/pi/status"


@pytest.fixture
def amqtt_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an amqtt broker, which speaks MQTT 3.1.1 only and says nothing to MQTT 5."""
    monkeypatch.setitem(aiomqtt_port.SILENCE_S, MqttVersion.V5, 0.3)
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "ql_release.demo.broker", str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as broker:
        yield f"mqtt://127.0.0.1:{port}"
        broker.terminate()


async def _emptied(bench: Bench) -> None:
    async def empty() -> bool:
        return await bench.journal.outbox_depth() == 0

    await until(empty)


async def test_a_broker_without_mqtt_5_is_served_by_3_1_1(
    bench: Bench, amqtt_url: str, event: EventFactory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    made = bench.publisher(amqtt_url)
    bench.run(made)
    await bench.journal_events(made, *(event(n) for n in range(50)))
    await _emptied(bench)
    assert "by MQTT 3.1.1" in caplog.text
    assert "does not accept" not in caplog.text


async def test_a_version_that_the_broker_does_not_speak_is_told(
    bench: Bench, amqtt_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    made = bench.publisher(amqtt_url, settings={"protocol": "5"})
    bench.run(made)
    await until(lambda: "does not accept MQTT 5" in caplog.text)
    assert not made.connected


@pytest.mark.parametrize(("protocol", "version"), [("auto", "5"), ("5", "5"), ("3.1.1", "3.1.1")])
async def test_mosquitto_is_spoken_to_as_configured(
    bench: Bench,
    mosquitto: Mosquitto,
    caplog: pytest.LogCaptureFixture,
    protocol: str,
    version: str,
) -> None:
    caplog.set_level("INFO")
    made = bench.publisher(mosquitto.url, settings={"protocol": protocol})
    bench.run(made)
    await until(lambda: f"by MQTT {version}." in caplog.text)


async def test_a_response_topic_comes_with_the_command(
    bench: Bench, mosquitto: Mosquitto, mosquitto_clients: object, subscriber: Subscriber
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    program = str(mosquitto_clients.pub)  # type: ignore[attr-defined]
    options = "-V 5 -q 1 -t ql_release/tool/mat/cmd -m x -D publish response-topic ql_release/r/1"
    process = await asyncio.create_subprocess_exec(
        program, "-p", str(mosquitto.port), *options.split()
    )
    assert await process.wait() == 0
    await until(lambda: bench.commands)
    assert bench.commands[0][1].response_topic == "ql_release/r/1"


async def test_the_broker_says_offline_for_a_daemon_that_dies(
    mosquitto: Mosquitto, subscriber: Subscriber, tmp_path: Path
) -> None:
    bridge = await asyncio.create_subprocess_exec(
        sys.executable, LONELY_BRIDGE, mosquitto.url, tmp_path / "journal.db"
    )
    await until(lambda: subscriber.at("ql_release/tool/mat/hello"))
    assert subscriber.at(STATUS) == [b"online"]
    bridge.kill()
    await bridge.wait()
    await until(lambda: subscriber.at(STATUS) == [b"online", b"offline"])


@pytest.fixture
def tls_broker(mosquitto: Mosquitto, tmp_path: Path) -> Path:
    """Make the broker speak TLS only, with a certificate of its own; return that."""
    certificate, key = make_certificate(tmp_path, "broker")
    mosquitto.configure(["allow_anonymous true", f"certfile {certificate}", f"keyfile {key}"])
    mosquitto.stop()
    mosquitto.start()
    return certificate


async def test_tls_with_an_authority_of_ones_own(
    bench: Bench, mosquitto: Mosquitto, tls_broker: Path, event: EventFactory
) -> None:
    url = mosquitto.url.replace("mqtt:", "mqtts:")
    made = bench.publisher(url, settings={"ca_file": tls_broker})
    running = bench.run(made)
    await bench.journal_events(made, event(1))
    await _emptied(bench)
    await made.stop()
    await running


async def test_a_client_certificate_is_shown_to_a_broker_that_asks_for_one(
    bench: Bench, mosquitto: Mosquitto, tls_broker: Path, tmp_path: Path, event: EventFactory
) -> None:
    certificate, key = make_certificate(tmp_path, "bridge")
    asking = ["require_certificate true", f"cafile {certificate}"]
    mosquitto.configure([*_lines(mosquitto), *asking])
    mosquitto.stop()
    mosquitto.start()
    url = mosquitto.url.replace("mqtt:", "mqtts:")
    stranger = bench.publisher(url, settings={"ca_file": tls_broker})
    bench.run(stranger)
    await until(lambda: "peer did not return a certificate" in mosquitto.log.read_text())
    assert not stranger.connected
    files = {"ca_file": tls_broker, "cert_file": certificate, "key_file": key}
    made = bench.publisher(url, settings=files)
    bench.run(made)
    await bench.journal_events(made, event(1))
    await _emptied(bench)


def _lines(mosquitto: Mosquitto) -> list[str]:
    """Return the broker's settings beyond those that every test's broker has."""
    lines = mosquitto.config.read_text().splitlines()
    return [line for line in lines if line.startswith(("allow", "certfile", "keyfile"))]


# The library leaves the closing of a socket whose handshake failed to the collector.
@pytest.mark.filterwarnings("ignore:.*SSLSocket:pytest.PytestUnraisableExceptionWarning")
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    bench: Bench, mosquitto: Mosquitto, tls_broker: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = bench.publisher(mosquitto.url.replace("mqtt:", "mqtts:"))
    bench.run(made)
    await until(lambda: "certificate verify failed" in caplog.text)
    assert not made.connected


async def test_a_broker_that_takes_few_messages_at_once_is_given_no_more(
    bench: Bench, mosquitto: Mosquitto, event: EventFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others than Mosquitto hang up on who has more on the way than their Receive Maximum."""
    mosquitto.configure(["allow_anonymous true", "max_inflight_messages 3"])
    mosquitto.stop()
    mosquitto.start()
    on_their_way: set[int] = set()
    acknowledged = PatientClient._on_publish

    def note(client: PatientClient, *arguments: Any) -> None:
        on_their_way.add(len(client._acknowledgements._awaited))
        acknowledged(client, *arguments)

    monkeypatch.setattr(PatientClient, "_on_publish", note)
    made = bench.publisher(mosquitto.url)
    await bench.journal_events(made, *(event(n) for n in range(200)))
    bench.run(made)
    await _emptied(bench)
    assert max(on_their_way) == 3
