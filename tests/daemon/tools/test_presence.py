"""Which tools a bridge speaks for, and what stands at the broker of each."""

import json
from typing import cast

import pytest
from live_bench import BenchTool, HandClock, Notice, SmallDaemon, settle

from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics
from ql_release.tools.presence import HELLO_WAIT_S, Presences

HELLO = json.dumps({"bridge": "pi", "tool": "mat"}).encode()
THEIRS = json.dumps({"bridge": "attic", "tool": "mat"}).encode()
TOPICS = Topics("ql_release", "pi")
AT_HELLO, AT_AVAILABILITY = TOPICS.hello("mat"), TOPICS.availability("mat")


@pytest.fixture
def broker() -> Notice:
    return Notice()


@pytest.fixture
def presences(broker: Notice) -> Presences:
    return Presences(cast("Publisher", broker), TOPICS, HandClock(), {})


def states(broker: Notice) -> list[str]:
    """Return what was said of the tool's availability, in order."""
    return [told["state"] for at, told in broker.told if at == AT_AVAILABILITY and told]


def test_a_tool_is_online_then_offline(broker: Notice, presences: Presences) -> None:
    presences.arrived("mat", HELLO)
    presences.left("mat")
    presences.left("mat")
    assert states(broker) == ["online", "offline"]
    assert broker.documents[AT_HELLO]["bridge"] == "pi"


def test_a_tool_that_another_bridge_took_over_is_left_alone(
    broker: Notice, presences: Presences
) -> None:
    presences.arrived("mat", HELLO)
    broker.arrive(AT_HELLO, THEIRS, retained=False)
    presences.left("mat")
    assert states(broker) == ["online"]
    assert presences.is_elsewhere("mat")
    assert broker.documents == {}
    assert None not in [told for _, told in broker.told]


def test_a_tool_that_comes_back_from_another_bridge_is_spoken_for_again(
    broker: Notice, presences: Presences
) -> None:
    presences.arrived("mat", HELLO)
    broker.arrive(AT_HELLO, THEIRS, retained=False)
    presences.arrived("mat", HELLO)
    presences.left("mat")
    assert states(broker) == ["online", "online", "offline"]
    assert not presences.is_elsewhere("mat")


def test_what_stood_there_before_the_tool_came_takes_nothing_away(
    broker: Notice, presences: Presences
) -> None:
    presences.arrived("mat", HELLO)
    broker.arrive(AT_HELLO, THEIRS, retained=True)
    presences.left("mat")
    assert states(broker) == ["online", "offline"]


@pytest.mark.parametrize(
    "payload", [HELLO, b"", b"{", b"[]", b"7", b'{"bridge": 7}', b"{}", b"[" * 5000]
)
def test_only_a_hello_that_names_another_bridge_takes_a_tool_away(
    broker: Notice, presences: Presences, payload: bytes
) -> None:
    presences.arrived("mat", HELLO)
    broker.arrive(AT_HELLO, payload, retained=False)
    presences.left("mat")
    assert states(broker) == ["online", "offline"]


def test_a_forgotten_tool_is_emptied_and_told_of_no_more(
    broker: Notice, presences: Presences
) -> None:
    presences.arrived("mat", HELLO)
    presences.session_ended("mat", b"{}")
    presences.forget("mat")
    presences.left("mat")
    presences.session_ended("mat", b"{}")
    assert broker.documents == {}
    assert [at for at, told in broker.told if told is None] == [
        AT_HELLO,
        AT_AVAILABILITY,
        TOPICS.session_last("mat"),
    ]


async def test_nothing_is_said_of_absent_tools_before_a_broker_has_said_what_it_has(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.stop()
    await daemon.start(connected=False)
    await daemon.turn(60)
    assert daemon.broker.told == []
    daemon.broker.connected = True
    await daemon.turn(2 * HELLO_WAIT_S)
    assert daemon.presence() == "offline"


async def test_an_emptied_broker_gets_all_of_a_known_tool_again(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(60, 5)
    await daemon.ask("mat", "stop")
    stood = dict(daemon.broker.documents)
    await daemon.stop()
    await daemon.start()
    assert daemon.broker.documents == {}
    await daemon.settled_broker()
    assert daemon.presence() == "offline"
    for topic in (AT_HELLO, TOPICS.session_last("mat")):
        assert daemon.broker.documents[topic] == stood[topic]


async def test_a_known_tool_that_is_back_in_time_never_was_offline(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.stop()
    await daemon.start()
    await daemon.connect(tool)
    await daemon.turn(10)
    assert states(daemon.broker) == ["online"]


async def test_a_known_tool_that_moved_meanwhile_is_left_to_its_new_bridge(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.stop()
    await daemon.start()
    daemon.broker.arrive(AT_HELLO, THEIRS, retained=True)
    await daemon.settled_broker()
    assert daemon.broker.told == []
    assert not daemon.fleet.knows("mat")


async def test_a_tool_that_moves_away_is_not_called_offline_when_its_link_ends(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    daemon.broker.arrive(AT_HELLO, THEIRS, retained=False)
    tool.hang_up()
    await daemon.turn(5)
    await settle()
    assert states(daemon.broker) == ["online"]
