"""The rights that docs/mqtt.md gives for NATS, at a real server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiomqtt
import pytest
from broker import accepts, free_port
from mqtt_bench import until
from program_paths import program
from rights import ALL, COMMANDS, READS, ROLES, WRITES

DOCUMENT = Path(__file__).parents[3] / "docs" / "mqtt.md"
EVERYONE = '{ user: "admin", password: "all", permissions { publish: ">", subscribe: ">" } }'
CLIENTS = 'allowed_connection_types: ["MQTT", "MQTT_WS"]'


def _rights() -> str:
    """Return the documented configuration, with a password for each and one user more."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("### NATS")[2].split("```")[1]
    for role in ROLES:
        text = text.replace(f'"ql-release-{role}", password: "…"', f'"{role}", password: "{role}"')
    assert "…" not in text
    assert text.count(CLIENTS) == len(ROLES)
    return text.replace("users = [", f"users = [\n{EVERYONE}", 1)


@pytest.fixture
async def nats_port(tmp_path: Path) -> AsyncIterator[int]:
    """Where a server with these rights takes MQTT."""
    port = free_port()
    config = tmp_path / "nats.conf"
    config.write_text(
        f'server_name: one\nlisten: "127.0.0.1:{free_port()}"\n'
        f'jetstream {{ store_dir: "{tmp_path}" }}\nmqtt {{ listen: "127.0.0.1:{port}" }}\n'
        + _rights()
    )
    log = tmp_path / "nats.log"
    command = [program("nats-server"), "-c", config, "-l", log]
    server = await asyncio.create_subprocess_exec(*command)
    await until(lambda: accepts(port) or server.returncode is not None)
    assert server.returncode is None, log.read_text()
    yield port
    server.terminate()
    await server.wait()


def _client(port: int, user: str, password: str | None = None) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier=f"test-{user}",
        username=user,
        password=password or user,
        protocol=aiomqtt.ProtocolVersion.V311,
    )


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_do_in_nats_what_it_may_at_mosquitto(nats_port: int, role: str) -> None:
    async with _client(nats_port, "admin", "all") as admin, _client(nats_port, role) as client:
        await admin.subscribe("#", 1)
        for topic in ALL:
            await client.publish(topic, role, qos=1)
        await admin.publish("end", "", qos=1)
        heard = {message.topic.value async for message in _until_end(admin)}
        codes = {topic: (await client.subscribe(topic, 1))[0] for topic in ALL}
    assert heard == WRITES[role]
    assert {topic for topic, code in codes.items() if _granted(code)} == READS[role]


async def _until_end(client: aiomqtt.Client) -> AsyncIterator[aiomqtt.Message]:
    async for message in client.messages:
        if message.topic.value == "end":
            return
        yield message


def _granted(code: object) -> bool:
    return getattr(code, "value", code) == 1


async def test_nobody_is_let_in_without_a_password(nats_port: int) -> None:
    for user in ROLES:
        with pytest.raises(aiomqtt.MqttError):
            await _client(nats_port, user, "guessed").__aenter__()
    with pytest.raises(aiomqtt.MqttError):
        await aiomqtt.Client("127.0.0.1", nats_port).__aenter__()


async def test_the_commands_can_be_subscribed_to_for_all_tools(nats_port: int) -> None:
    async with _client(nats_port, "bridge") as client:
        for topic in COMMANDS:
            codes = await client.subscribe(topic.replace("/x/", "/+/"), 1)
            assert _granted(codes[0])
