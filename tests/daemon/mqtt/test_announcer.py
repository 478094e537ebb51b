"""When discovery stands at the broker, and that it comes back with everything else."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from broker import Mosquitto
from mqtt_bench import Bench, Subscriber, until

from ql_release.clock import VirtualClock
from ql_release.journal import Journal
from ql_release.mqtt.announcer import QUIET_S, Announcer
from ql_release.mqtt.birth import JITTER_S, BirthWatch
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics
from ql_release.payloads import examples
from ql_release.tools.presence import Presences

BRIDGE = "homeassistant/device/ql_release_bridge_pi/config"
TOOL = f"homeassistant/device/ql_release_{examples.HELLO.serial}/config"
HELLO = "ql_release/tool/mat/hello"
INTEGRATION = "ql_release/integration/ha/status"
SPEED = 50.0
"""Times real time: half a minute of quiet takes 0.6 s."""


def _hello(bridge: str = "pi", tool: str = "mat") -> bytes:
    return (
        examples.HELLO.model_copy(update={"bridge": bridge, "tool": tool})
        .model_dump_json()
        .encode()
    )


class House:
    """A bridge with discovery at a real broker, and somebody who listens."""

    def __init__(self, bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber) -> None:
        self.bench = bench
        self.broker = mosquitto
        self.subscriber = subscriber
        self.clock = VirtualClock(SPEED, 0.0)
        self.refreshed = 0
        self._tasks: list[asyncio.Task[Any]] = []

    async def begin(self, mode: Any = "auto", journal: Journal | None = None) -> Publisher:
        """Start a bridge; return its publisher once it is connected."""
        made = self.bench.publisher(self.broker.url, on_connected=self._on_connected)
        journal = journal or self.bench.journal
        self.announcer = Announcer(
            made, self.bench.topics, journal, self.clock, mode=mode, prefix="homeassistant"
        )
        birth = BirthWatch(made, "homeassistant", self.clock, self._refresh)
        self._tasks += [asyncio.create_task(one.run()) for one in (self.announcer, birth)]
        self.bench.run(made)
        await until(lambda: made.connected)
        return made

    def stands(self, topic: str) -> bool:
        """Return whether something was published at a topic last, not its removal."""
        heard = self.subscriber.at(topic)
        return bool(heard) and heard[-1] != b""

    async def quiet(self, seconds: float = QUIET_S + 5) -> None:
        """Let so much of the bridge's time pass."""
        end = self.clock.monotonic() + seconds
        await until(lambda: self.clock.monotonic() >= end)

    async def close(self) -> None:
        """End what runs beside the publishers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _on_connected(self) -> None:
        self.announcer.connected()
        self._refresh()

    def _refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
async def house(bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber) -> AsyncIterator[House]:
    """A house without a bridge so far."""
    made = House(bench, mosquitto, subscriber)
    yield made
    await made.close()


async def test_bridge_and_tools_are_told_of_once_it_has_been_quiet(house: House) -> None:
    began = house.clock.monotonic()
    made = await house.begin()
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    assert house.clock.monotonic() - began >= QUIET_S
    assert json.loads(house.subscriber.at(TOOL)[-1])["device"]["name"] == "QL Release mat"


async def test_nothing_is_told_while_an_integration_is_there(house: House) -> None:
    await house.subscriber.say(INTEGRATION, b"online", retain=True)
    made = await house.begin()
    made.set_document(HELLO, _hello())
    await house.quiet()
    assert house.subscriber.at(BRIDGE) == house.subscriber.at(TOOL) == []


async def test_it_is_withdrawn_when_an_integration_comes_and_back_when_it_is_removed(
    house: House,
) -> None:
    made = await house.begin()
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    await house.subscriber.say(INTEGRATION, b"online", retain=True)
    await until(lambda: not house.stands(BRIDGE) and not house.stands(TOOL))
    gone = house.clock.monotonic()
    await house.subscriber.say(INTEGRATION, b"", retain=True)
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    assert house.clock.monotonic() - gone >= QUIET_S


async def test_one_of_two_integrations_is_enough(house: House) -> None:
    other = "ql_release/integration/other/status"
    await house.subscriber.say(INTEGRATION, b"online", retain=True)
    await house.subscriber.say(other, b"online", retain=True)
    await house.begin()
    await house.subscriber.say(other, b"", retain=True)
    await house.quiet()
    assert house.subscriber.at(BRIDGE) == []


@pytest.mark.parametrize("mode", ["on", "off"])
async def test_on_is_always_and_off_is_never(house: House, mode: str) -> None:
    await house.subscriber.say(INTEGRATION, b"online", retain=True)
    made = await house.begin(mode)
    made.set_document(HELLO, _hello())
    await house.quiet()
    assert house.stands(BRIDGE) == house.stands(TOOL) == (mode == "on")


async def test_what_an_earlier_start_has_left_is_withdrawn(house: House) -> None:
    made = await house.begin("on")
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    await made.stop()
    await house.begin("off")
    await until(lambda: not house.stands(BRIDGE) and not house.stands(TOOL))


async def test_a_tool_that_is_forgotten_is_withdrawn_and_the_bridge_stays(house: House) -> None:
    made = await house.begin("on")
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(TOOL))
    made.set_document(HELLO, None)
    await until(lambda: not house.stands(TOOL))
    assert house.stands(BRIDGE)


async def test_a_tool_that_another_bridge_has_now_is_left_to_it(house: House) -> None:
    made = await house.begin("on")
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(TOOL))
    made.drop_document(HELLO)
    await house.subscriber.say(TOOL, b"{}", retain=True)
    await house.subscriber.say(HELLO, _hello("other"), retain=True)
    made.set_document("ql_release/tool/roll/hello", _hello(tool="roll"))
    await until(lambda: b"roll" in house.subscriber.at(TOOL)[-1])
    await made.stop()
    assert house.subscriber.at(TOOL)[-2] == b"{}"


async def test_a_tool_of_another_name_stays_the_same_device(house: House) -> None:
    made = await house.begin("on")
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(TOOL))
    made.set_document("ql_release/tool/roll/hello", _hello(tool="roll"))
    await until(lambda: b"QL Release roll" in house.subscriber.at(TOOL)[-1])
    made.set_document(HELLO, None)
    await house.quiet(5)
    assert house.stands(TOOL)


@pytest.mark.parametrize("payload", [b"{", b"[]", b'{"bridge": "pi"}', b"\xff"])
async def test_what_is_no_hello_announces_nothing(house: House, payload: bytes) -> None:
    await house.begin("on")
    await house.subscriber.say(HELLO, payload, retain=True)
    await until(lambda: house.stands(BRIDGE))
    await house.quiet(5)
    assert not house.stands(TOOL)


async def test_a_broker_that_comes_back_empty_gets_everything_again(
    house: House, topics: Topics, bench: Bench
) -> None:
    """Hello, availability and last session at once; discovery once it has been quiet again."""
    made = await house.begin()
    presences = Presences(made, topics, house.clock, {})
    presences.arrived("mat", _hello())
    presences.session_ended("mat", b'{"v": 1}')
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    refreshed = house.refreshed
    house.broker.kill()
    await until(lambda: not made.connected)
    house.subscriber.heard.clear()
    began = house.clock.monotonic()
    house.broker.start()
    await house.subscriber.back()
    await until(lambda: all(house.stands(topic) for topic in _of_a_tool(topics)))
    assert house.refreshed == refreshed + 1
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    assert house.clock.monotonic() - began >= QUIET_S


def _of_a_tool(topics: Topics) -> list[str]:
    return [
        topics.bridge_status,
        topics.hello("mat"),
        topics.availability("mat"),
        topics.session_last("mat"),
    ]


async def test_everything_is_told_again_when_home_assistant_has_started(
    house: House, topics: Topics
) -> None:
    made = await house.begin("on")
    made.set_document(HELLO, _hello())
    await until(lambda: house.stands(BRIDGE) and house.stands(TOOL))
    refreshed, again = house.refreshed, _counter(house.subscriber, HELLO, BRIDGE, TOOL)
    await house.subscriber.say("homeassistant/status", b"offline")
    await house.subscriber.say("homeassistant/status", b"online")
    await until(lambda: again() == 3)
    await until(lambda: house.refreshed == refreshed + 1)
    await house.quiet(JITTER_S)
    assert again() == 3


async def test_a_birth_that_was_retained_is_no_news(house: House) -> None:
    await house.subscriber.say("homeassistant/status", b"online", retain=True)
    await house.begin("on")
    await until(lambda: house.stands(BRIDGE))
    refreshed = house.refreshed
    await house.quiet(2 * JITTER_S)
    assert house.refreshed == refreshed


def _counter(subscriber: Subscriber, *topics: str) -> Callable[[], int]:
    """Return what counts the messages at some topics from now on."""

    def total() -> int:
        return sum(len(subscriber.at(topic)) for topic in topics)

    before = total()
    return lambda: total() - before


async def test_a_new_connection_with_an_integration_sends_no_discovery(house: House) -> None:
    """A broker that was restarted may have got the integration while we were away."""
    made = await house.begin()
    await until(lambda: house.stands(BRIDGE))
    house.broker.kill()
    await until(lambda: not made.connected)
    house.subscriber.heard.clear()
    house.broker.start()
    await house.subscriber.back()
    await house.subscriber.say(INTEGRATION, b"online", retain=True)
    await until(lambda: made.connected)
    await house.quiet()
    assert not house.stands(BRIDGE)
