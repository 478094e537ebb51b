"""The shipped access lists, each line, at a real Mosquitto that knows users by their passwords."""

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto
from mqtt_bench import Bench, EventFactory, until
from rights import ALL, DEVICE, READS, ROLES, WRITES

from ql_release.mqtt.aiomqtt_port import AiomqttPort
from ql_release.mqtt.announcer import Announcer
from ql_release.mqtt.birth import BirthWatch
from ql_release.mqtt.port import LoginRefusedError, MqttVersion, PublishRefusedError
from ql_release.mqtt.topics import Topics, matches
from ql_release.payloads import examples
from ql_release.settings import MqttSettings
from ql_release.tools.presence import Presences

FOLDER = Path(__file__).parents[3] / "docs" / "mosquitto"
EVERYONE = "admin"
"""A user of the test's own who may do everything."""

LAST = "ql_release/bridge/x/status"
"""A topic that every role reads: what came before it has come by then."""


@dataclass(frozen=True)
class Guarded:
    """A broker with the shipped settings, and a password for each user."""

    broker: Mosquitto
    folder: Path

    def settings(self, user: str) -> MqttSettings:
        """Return a user's settings."""
        return MqttSettings(
            urls=[self.broker.url],
            username=f"ql-release-{user}",
            password_file=self.folder / f"{user}.password",
        )

    def port(self, settings: MqttSettings, version: MqttVersion = MqttVersion.V5) -> AiomqttPort:
        """Return a connection that is not made yet."""
        return AiomqttPort(
            settings.brokers[0],
            version,
            settings,
            identifier=settings.username or "nobody",
            will_topic="nowhere",
            will=b"",
        )


@pytest.fixture
def guarded(mosquitto: Mosquitto, mosquitto_clients: Any, tmp_path: Path) -> Guarded:
    """The broker as docs/mosquitto sets it up."""
    acl, passwords = tmp_path / "ql-release.acl", tmp_path / "ql-release.passwd"
    lists = [(FOLDER / f"{role}.acl").read_text() for role in ROLES]
    acl.write_text("\n".join([*lists, f"user ql-release-{EVERYONE}\ntopic readwrite #\n"]))
    passwords.touch()
    for path in (acl, passwords):
        path.chmod(0o600)
    for user in (*ROLES, EVERYONE):
        (tmp_path / f"{user}.password").write_text(f"secret of {user}")
        command = [mosquitto_clients.passwd, "-b", passwords, f"ql-release-{user}"]
        subprocess.run([*command, f"secret of {user}"], check=True)
    settings = (FOLDER / "ql-release.conf").read_text().replace("/etc/mosquitto", str(tmp_path))
    mosquitto.configure(settings.splitlines())
    mosquitto.stop()
    mosquitto.start()
    return Guarded(mosquitto, tmp_path)


@pytest.fixture
async def admin(guarded: Guarded) -> AsyncIterator[AiomqttPort]:
    """Whoever may do everything, connected."""
    port = guarded.port(guarded.settings(EVERYONE))
    await port.connect()
    yield port
    await port.close()


async def _heard_until_last(port: AiomqttPort) -> set[str]:
    """Return the topics of what arrives up to the message that says that it is the last."""
    heard = set()
    while True:
        message = await port.receive()
        heard.add(message.topic)
        if message.payload == b"last":
            return heard


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_writes_what_it_may_and_nothing_else(
    guarded: Guarded, admin: AiomqttPort, role: str
) -> None:
    assert await admin.subscribe(["#"], qos=1) == []
    port = guarded.port(guarded.settings(role))
    await port.connect()
    refused = set()
    for topic in ALL:
        try:
            await port.publish(topic, role.encode(), qos=1, retain=False)
        except PublishRefusedError:
            refused.add(topic)
    await admin.publish(LAST, b"last", qos=1, retain=False)
    heard = await _heard_until_last(admin)
    await port.close()
    assert set(ALL) - refused == WRITES[role]
    assert heard - {LAST} == WRITES[role] - {LAST}


@pytest.mark.parametrize("version", list(MqttVersion))
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reads_what_it_may_and_nothing_else(
    guarded: Guarded, admin: AiomqttPort, role: str, version: MqttVersion
) -> None:
    for topic in ALL:
        await admin.publish(topic, b"retained", qos=1, retain=True)
    port = guarded.port(guarded.settings(role), version)
    await port.connect()
    await port.subscribe(["#", *ALL], qos=1)
    for topic in ALL:
        await admin.publish(topic, b"live", qos=1, retain=False)
    await admin.publish(LAST, b"last", qos=1, retain=False)
    heard = await _heard_until_last(port)
    await port.close()
    assert heard == READS[role]


async def test_nobody_is_let_in_without_a_name_or_with_a_wrong_password(guarded: Guarded) -> None:
    for role in ROLES:
        (guarded.folder / f"{role}.password").write_text("guessed")
    strangers = [MqttSettings(urls=[guarded.broker.url]), *map(guarded.settings, ROLES)]
    for settings in strangers:
        port = guarded.port(settings)
        with pytest.raises(LoginRefusedError):
            await port.connect()


def _granted(line: str) -> set[tuple[str, str]]:
    """Return what a line of an access list grants of all topics."""
    _, access, pattern = line.split()
    kinds = {"readwrite": ("read", "write")}.get(access, (access,))
    return {(kind, topic) for topic in ALL for kind in kinds if matches(pattern, topic)}


@pytest.mark.parametrize("role", ROLES)
def test_every_line_grants_something_that_no_other_does(role: str) -> None:
    """So the tests above, which look at all topics, look at every line."""
    lines = (FOLDER / f"{role}.acl").read_text().splitlines()
    rights = [line for line in lines if line.startswith("topic ")]
    assert [line for line in lines if line and not line.startswith(("#", "user ", "topic "))] == []
    assert f"user ql-release-{role}" in lines
    for line in rights:
        others = [_granted(other) for other in rights if other != line]
        assert _granted(line) - set().union(*others), line


async def test_a_bridge_needs_no_more_than_its_role(
    guarded: Guarded,
    admin: AiomqttPort,
    bench: Bench,
    event: EventFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """All that a daemon does at the broker goes through, without a word about rights."""
    caplog.set_level("INFO")
    assert await admin.subscribe(["ql_release/#", "homeassistant/#"], qos=1) == []
    settings = guarded.settings("bridge").model_dump(exclude={"urls"}, exclude_defaults=True)
    made = bench.publisher(guarded.broker.url, settings=settings)
    made.set_health(b"{}")
    topics, clock = bench.topics, made._clock
    presences = Presences(made, topics, clock, {})
    Announcer(made, topics, bench.journal, clock, mode="on", prefix="homeassistant")
    BirthWatch(made, "homeassistant", clock, made.wake)
    running = bench.run(made)
    await until(lambda: made.connected)
    hello = examples.HELLO.model_copy(update={"bridge": topics.bridge, "tool": "mat"})
    presences.arrived("mat", hello.model_dump_json().encode())
    presences.session_ended("mat", b"{}")
    made.set_document(DEVICE, b"{}")
    made.publish_state(topics.state("mat"), b"{}", retain=False)
    made.reply(topics.reply("mat"), b"{}")
    made.reply(topics.bridge_reply, b"{}")
    await bench.journal_events(made, event(1))
    wanted = _of_a_bridge(topics)
    heard: set[str] = set()
    while not wanted <= heard:
        heard.add((await admin.receive()).topic)
    await made.stop()
    await running
    assert "rights" not in caplog.text


def _of_a_bridge(topics: Topics) -> set[str]:
    return {
        topics.bridge_status,
        topics.bridge_health,
        topics.bridge_reply,
        topics.hello("mat"),
        topics.availability("mat"),
        topics.state("mat"),
        topics.event("mat", "pressure"),
        topics.session_last("mat"),
        topics.reply("mat"),
        DEVICE,
    }
