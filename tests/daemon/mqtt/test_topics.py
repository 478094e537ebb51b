"""Topics as docs/mqtt.md names them."""

import pytest

from ql_release.mqtt.topics import CommandTopic, TopicParts, Topics, matches

TOPICS = Topics("home/ql_release", "pi")


def test_every_topic_of_the_contract_is_under_the_prefix() -> None:
    assert TOPICS.bridge_status == "home/ql_release/bridge/pi/status"
    assert TOPICS.bridge_health == "home/ql_release/bridge/pi/health"
    assert TOPICS.bridge_command == "home/ql_release/bridge/pi/cmd"
    assert TOPICS.bridge_reply == "home/ql_release/bridge/pi/reply"
    assert TOPICS.hello("mat") == "home/ql_release/tool/mat/hello"
    assert TOPICS.availability("mat") == "home/ql_release/tool/mat/availability"
    assert TOPICS.state("mat") == "home/ql_release/tool/mat/state"
    assert TOPICS.event("mat", "pressure") == "home/ql_release/tool/mat/event/pressure"
    assert TOPICS.session_last("mat") == "home/ql_release/tool/mat/session/last"
    assert TOPICS.command("mat") == "home/ql_release/tool/mat/cmd"
    assert TOPICS.reply("mat") == "home/ql_release/tool/mat/reply"


@pytest.mark.parametrize(
    ("topic", "parts"),
    [
        ("bridge/pi/status", TopicParts("bridge", "pi", "status")),
        ("tool/mat/event/session", TopicParts("tool", "mat", "event/session")),
        ("integration/one/status", TopicParts("integration", "one", "status")),
        ("tool/mat", None),
        ("tool/Mat/state", None),
        ("tool//state", None),
        (f"tool/{'a' * 33}/state", None),
        ("person/ann/state", None),
    ],
)
def test_a_topic_is_taken_apart(topic: str, parts: TopicParts | None) -> None:
    assert TOPICS.parse(f"home/ql_release/{topic}") == parts


def test_a_topic_of_another_prefix_is_none_of_ours() -> None:
    assert TOPICS.parse("home/ql_releases/tool/mat/state") is None
    assert TOPICS.parse("ql_release/tool/mat/state") is None


def test_commands_are_for_this_bridge_and_for_tools() -> None:
    of_bridge = CommandTopic("bridge", "pi", TOPICS.bridge_reply)
    assert TOPICS.parse_command(TOPICS.bridge_command) == of_bridge
    of_tool = CommandTopic("tool", "mat", TOPICS.reply("mat"))
    assert TOPICS.parse_command(TOPICS.command("mat")) == of_tool
    assert TOPICS.parse_command("home/ql_release/bridge/other/cmd") is None
    assert TOPICS.parse_command(TOPICS.state("mat")) is None


@pytest.mark.parametrize(
    ("topic", "honoured"),
    [
        ("home/ql_release/replies/app-1", True),
        ("home/ql_release", False),
        ("home/ql_releases/x", False),
        ("homeassistant/switch/door/set", False),
        ("home/ql_release/#", False),
        ("home/ql_release/+/x", False),
        (None, False),
    ],
)
def test_replies_go_only_where_the_prefix_rules(topic: str | None, honoured: bool) -> None:
    assert TOPICS.honours(topic) is honoured


@pytest.mark.parametrize(
    ("topic_filter", "topic", "matching"),
    [
        ("a/b", "a/b", True),
        ("a/+/c", "a/b/c", True),
        ("a/+", "a/b/c", False),
        ("a/#", "a/b/c", True),
        ("a/#", "a", True),
        ("#", "a/b", True),
        ("a/b", "a/c", False),
        ("+/+", "a/b", True),
        ("a/b/#", "a", False),
    ],
)
def test_filters_match_as_mqtt_says(topic_filter: str, topic: str, matching: bool) -> None:
    assert matches(topic_filter, topic) is matching
