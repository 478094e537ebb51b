"""The roles of docs/cluster.md on a real NATS: each line of them, allowed and refused.

MQTT 3.1.1 has no word for a refused publish: the broker confirms it and drops it. So what counts
is what arrives, at somebody who may hear everything.
"""

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from broker import free_port
from chain import Process
from drill import shipped
from mqtt_bench import until
from rights import ALL, READS, WRITES

ALL_SEEING = "auditor"
"""A user of the test's own with every right, beside those of the document."""
GRANTED = 1
REFUSED = 0x80

PUBLISHED = {
    "bridge": (
        "bridge/pi/status",
        "bridge/pi/health",
        "bridge/pi/reply",
        "tool/mat/hello",
        "tool/mat/availability",
        "tool/mat/state",
        "tool/mat/event/session",
        "tool/mat/event/pressure",
        "tool/mat/event/release",
        "tool/mat/session/last",
        "tool/mat/reply",
    ),
    "home": ("bridge/pi/cmd", "tool/mat/cmd", "integration/ha/status"),
    "viewer": (),
}
"""By role, the topics of the contract that it may publish to; all others it may not."""
HEARD = {
    "bridge": (
        "bridge/pi/status",
        "bridge/pi/health",
        "bridge/pi/cmd",
        "tool/+/cmd",
        "tool/+/hello",
        "integration/+/status",
    ),
    "home": (
        "bridge/+/status",
        "bridge/+/health",
        "bridge/+/reply",
        "tool/+/hello",
        "tool/+/availability",
        "tool/+/state",
        "tool/+/event/+",
        "tool/+/session/last",
        "tool/+/reply",
        "integration/+/status",
    ),
    "viewer": (
        "bridge/+/status",
        "bridge/+/health",
        "tool/+/hello",
        "tool/+/availability",
        "tool/+/state",
    ),
}
"""By role, the filters under the prefix that it may subscribe to."""
UNHEARD = {
    "bridge": ("#", "tool/+/event/+", "tool/mat/event/session", "tool/+/session/last", "tool/#"),
    "home": ("#", "tool/#", "bridge/+/cmd", "tool/+/cmd", "tool/mat/cmd", "tool/+/secret"),
    "viewer": (
        "#",
        "tool/#",
        "tool/+/+",
        "bridge/+/+",
        "tool/+/event/+",
        "tool/mat/event/release",
        "tool/mat/session/last",
        "tool/mat/reply",
        "bridge/pi/reply",
        "tool/mat/cmd",
        "bridge/pi/cmd",
        "integration/+/status",
    ),
}
"""By role, filters that it may not subscribe to."""
OUTSIDE = ("homeassistant/device/mat/config", "homeassistant/status", "elsewhere/x", "$SYS/x")
"""Topics outside the prefix."""
PUBLISHED_OUTSIDE = {
    "bridge": ("homeassistant/device/mat/config",),
    "home": ("homeassistant/device/mat/config", "homeassistant/status"),
    "viewer": (),
}
EVERY_TOPIC = sorted({topic for topics in PUBLISHED.values() for topic in topics})
ROLES = sorted(PUBLISHED)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A single NATS with the shipped roles."""

    port: int
    process: Process

    def refusals(self) -> int:
        """Return how many publishes it has refused."""
        return self.process.said.count("Publish Violation")

    def client(self, user: str | None, password: str | None = None, **more: Any) -> aiomqtt.Client:
        """Return a client with a role's password, or another."""
        if password is None and user is not None:
            password = {**shipped.PASSWORDS, ALL_SEEING: ALL_SEEING}[user]
        return aiomqtt.Client(
            "127.0.0.1",
            self.port,
            username=user,
            password=password,
            **{"protocol": aiomqtt.ProtocolVersion.V311, **more},
        )


@pytest.fixture
async def guarded(nats_program: Path, tmp_path: Path) -> AsyncIterator[Guarded]:
    """Start a NATS with the shipped roles, and one user more who may do everything."""
    port = free_port()
    one_more = f"users: [ {{ user: {ALL_SEEING}, password: {ALL_SEEING} }}"
    roles = shipped.block(shipped.ROLES_FILE).replace("users: [", one_more, 1)
    (tmp_path / "roles.conf").write_text(roles)
    (tmp_path / "passwords.conf").write_text(shipped.passwords())
    config = tmp_path / "node.conf"
    config.write_text(
        f"server_name: one\nlisten: 127.0.0.1:{free_port()}\n"
        f"jetstream {{ store_dir: {tmp_path}/data, max_memory_store: 64M, max_file_store: 64M }}\n"
        f"mqtt {{ listen: 127.0.0.1:{port} }}\ninclude ./roles.conf\n"
    )
    process = Process([str(nats_program), "-c", str(config)], tmp_path / "nats.log")
    await process.start()
    await until(lambda: process.code is not None or "Server is ready" in process.said)
    assert process.code is None, process.said
    yield Guarded(port, process)
    await process.end()


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_publishes_what_it_may_and_nothing_else(guarded: Guarded, role: str) -> None:
    """Every topic of the contract and some beyond, retained or not."""
    topics = [f"ql_release/{topic}" for topic in EVERY_TOPIC] + list(OUTSIDE)
    allowed = {f"ql_release/{topic}" for topic in PUBLISHED[role]} | set(PUBLISHED_OUTSIDE[role])
    async with guarded.client(ALL_SEEING) as auditor, guarded.client(role) as client:
        await auditor.subscribe([("#", 1), ("$SYS/#", 1)])
        for topic in topics:
            await client.publish(topic, b"said", qos=1)
        # In order after all of them, so that nothing is still on its way.
        await auditor.publish("the/end", b"", qos=1)
        heard = {topic async for topic in _until_the_end(auditor)}
    assert heard == allowed


async def _until_the_end(client: aiomqtt.Client) -> AsyncIterator[str]:
    async for message in client.messages:
        if message.topic.value == "the/end":
            return
        yield message.topic.value


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_subscribes_to_what_it_may_and_nothing_else(
    guarded: Guarded, role: str
) -> None:
    """A filter that reaches further than the rights is refused whole."""
    async with guarded.client(role) as client:
        for topic in HEARD[role]:
            assert await _answer(client, f"ql_release/{topic}") == GRANTED, topic
        for topic in UNHEARD[role]:
            assert await _answer(client, f"ql_release/{topic}") == REFUSED, topic
        for topic in ("#", "+/#", "elsewhere/#"):
            assert await _answer(client, topic) == REFUSED, topic


async def _answer(client: aiomqtt.Client, topic: str) -> int:
    (code,) = await client.subscribe(topic, qos=1)
    return code if isinstance(code, int) else code.value


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_do_in_nats_what_it_may_at_mosquitto(guarded: Guarded, role: str) -> None:
    """Topic by topic, as the access lists of docs/mosquitto are tested."""
    async with guarded.client(ALL_SEEING) as auditor, guarded.client(role) as client:
        await auditor.subscribe("#", qos=1)
        for topic in ALL:
            await client.publish(topic, b"said", qos=1)
        await auditor.publish("the/end", b"", qos=1)
        heard = {topic async for topic in _until_the_end(auditor)}
        granted = {topic for topic in ALL if await _answer(client, topic) == GRANTED}
    assert (heard, granted) == (WRITES[role], READS[role])


async def test_home_assistant_may_do_what_its_mqtt_needs(guarded: Guarded) -> None:
    """Its own discovery, birth and will, with the same user as the integration."""
    async with guarded.client("home") as client:
        for topic in ("homeassistant/#", "homeassistant/+/+/config", "homeassistant/status"):
            assert await _answer(client, topic) == GRANTED, topic


async def test_a_retained_document_is_there_for_who_may_read_it(guarded: Guarded) -> None:
    async with guarded.client("bridge") as bridge, guarded.client("viewer") as viewer:
        await bridge.publish("ql_release/tool/mat/hello", b"mat", qos=1, retain=True)
        await viewer.subscribe("ql_release/tool/+/hello", qos=1)
        message = await anext(viewer.messages)
        assert (message.payload, message.retain) == (b"mat", True)


@pytest.mark.parametrize("role", ["bridge", "viewer"])
async def test_only_home_leaves_a_command_behind(guarded: Guarded, role: str) -> None:
    """Neither as a retained message nor as a will."""
    topic = "ql_release/tool/mat/cmd"
    async with guarded.client(ALL_SEEING) as auditor:
        await auditor.subscribe("#", qos=1)
        async with guarded.client(role) as client:
            await client.publish(topic, b"retained", qos=1, retain=True)
        with contextlib.suppress(aiomqtt.MqttError):
            async with guarded.client(role, will=aiomqtt.Will(topic, b"will", qos=1)) as client:
                _cut(client)
                await anext(client.messages)
        await until(lambda: guarded.refusals() == len(("retained", "will")))
        async with guarded.client(ALL_SEEING) as later:
            await later.subscribe("#", qos=1)
            await auditor.publish("the/end", b"", qos=1)
            for client in (auditor, later):
                assert [topic async for topic in _until_the_end(client)] == []


async def test_a_bridge_that_dies_is_told_to_be_offline(guarded: Guarded) -> None:
    """The same way, with a will that is within the rights: so the test above can fail."""
    will = aiomqtt.Will("ql_release/bridge/pi/status", b"offline", qos=1, retain=True)
    async with guarded.client("home") as home:
        await home.subscribe("ql_release/bridge/+/status", qos=1)
        with contextlib.suppress(aiomqtt.MqttError):
            async with guarded.client("bridge", will=will) as client:
                _cut(client)
                await anext(client.messages)
        assert (await anext(home.messages)).payload == b"offline"


def _cut(client: aiomqtt.Client) -> None:
    """End a connection without a word, as a power cut does."""
    connection = client._client.socket()
    assert isinstance(connection, socket.socket)
    connection.shutdown(socket.SHUT_RDWR)


async def test_mqtt_5_is_refused_at_once(guarded: Guarded) -> None:
    """So a daemon that is left to find out itself loses no time before it speaks 3.1.1."""
    with pytest.raises(aiomqtt.MqttError, match="protocol version"):
        async with guarded.client("bridge", protocol=aiomqtt.ProtocolVersion.V5):
            pass


@pytest.mark.parametrize(
    ("user", "password"),
    [(None, None), ("home", "wrong"), ("home", ""), ("nobody", "x")],
)
async def test_strangers_are_refused(
    guarded: Guarded, user: str | None, password: str | None
) -> None:
    """Nameless, or with a wrong password or none."""
    with pytest.raises(aiomqtt.MqttError):
        async with guarded.client(user, password):
            pass
