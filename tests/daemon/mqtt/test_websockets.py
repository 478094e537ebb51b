"""MQTT carried by a WebSocket, as brokers behind a web server offer it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from broker import Mosquitto, free_port
from mqtt_bench import Bench, EventFactory, Subscriber, make_certificate, until

STATUS = "ql_release/bridge/pi/status"

HALF_MADE = pytest.mark.filterwarnings(
    "ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"
)
"""The library leaves the closing of a socket whose handshake failed to the collector."""


def _listen(mosquitto: Mosquitto, *lines: str) -> int:
    """Have the broker listen for WebSockets, too; return at which port."""
    port = free_port()
    mosquitto.configure(
        ["allow_anonymous true", f"listener {port} 127.0.0.1", "protocol websockets", *lines]
    )
    mosquitto.stop()
    mosquitto.start()
    return port


async def _emptied(bench: Bench) -> None:
    async def empty() -> bool:
        return await bench.journal.outbox_depth() == 0

    await until(empty)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_everything_goes_through_a_websocket(
    bench: Bench,
    mosquitto: Mosquitto,
    subscriber: Subscriber,
    event: EventFactory,
    protocol: str,
) -> None:
    port = _listen(mosquitto)
    await subscriber.back()
    made = bench.publisher(f"ws://127.0.0.1:{port}", settings={"protocol": protocol})
    running = bench.run(made)
    await bench.journal_events(made, *(event(n) for n in range(300)))
    await until(lambda: len(subscriber.events()) >= 300)
    assert [heard["seq"] for heard in subscriber.events()] == list(range(1, 301))
    await subscriber.say(bench.topics.command("mat"), b"x" * 5000)
    await until(lambda: bench.commands)
    assert bench.commands[0][1].payload == b"x" * 5000
    await _emptied(bench)
    await made.stop()
    await running
    await until(lambda: subscriber.at(STATUS)[-2:] == [b"online", b"offline"])


async def test_a_websocket_broker_that_dies_is_found_again(
    bench: Bench, mosquitto: Mosquitto, event: EventFactory, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    port = _listen(mosquitto)
    made = bench.publisher(f"ws://127.0.0.1:{port}")
    bench.run(made)
    await until(lambda: made.connected)
    assert f"Connected to ws://127.0.0.1:{port}/mqtt by MQTT 5." in caplog.text
    mosquitto.kill()
    await until(lambda: not made.connected)
    await bench.journal_events(made, event(1))
    mosquitto.start()
    await _emptied(bench)


async def test_a_websocket_within_tls(
    bench: Bench, mosquitto: Mosquitto, tmp_path: Path, event: EventFactory
) -> None:
    certificate, key = make_certificate(tmp_path, "broker")
    port = _listen(mosquitto, f"certfile {certificate}", f"keyfile {key}")
    made = bench.publisher(f"wss://127.0.0.1:{port}/", settings={"ca_file": certificate})
    running = bench.run(made)
    await bench.journal_events(made, *(event(n) for n in range(50)))
    await _emptied(bench)
    await made.stop()
    await running


@HALF_MADE
async def test_a_port_without_websockets_is_told(
    bench: Bench, mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    made = bench.publisher(f"ws://127.0.0.1:{mosquitto.port}")
    bench.run(made)
    await until(lambda: "is there a WebSocket at that path?" in caplog.text)
    assert not made.connected


@dataclass
class WebServer:
    """Answers every request alike, and hangs up."""

    answer: bytes = b""
    requests: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note a request and answer it."""
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        await writer.drain()
        writer.close()


@pytest.fixture
async def web_server() -> AsyncIterator[WebServer]:
    """A web server that has no WebSocket."""
    made = WebServer()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@HALF_MADE
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nSec-WebSocket-Accept:x\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nSec-WebSocket-Accept: \xff\r\n\r\n",
        b"\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_that_makes_no_websocket_is_told_once_and_tried_again(
    bench: Bench, web_server: WebServer, answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    web_server.answer = answer
    made = bench.publisher(f"{web_server.url}/some/path")
    bench.run(made)
    await until(lambda: len(web_server.requests) >= 3)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "cannot be reached (websocket handshake error" in lines[0]
    host = web_server.url.removeprefix("ws://")
    assert web_server.requests[0].startswith("GET /some/path HTTP/1.1\r\n")
    assert f"\r\nHost: {host}\r\n" in web_server.requests[0]


@HALF_MADE
async def test_a_websocket_that_never_answers_does_not_hold_up_a_stop(
    bench: Bench, silent_server: str
) -> None:
    made = bench.publisher(silent_server.replace("mqtt:", "ws:"))
    running = bench.run(made)
    await asyncio.sleep(0)
    await asyncio.wait_for(made.stop(), 60)
    await running
