"""Which broker is tried next, and in which version."""

import pytest

from ql_release.mqtt.brokers import Brokers
from ql_release.mqtt.port import (
    ConnectionLostError,
    LoginRefusedError,
    MqttTroubleError,
    MqttVersion,
    NotSpokenError,
    PublishRefusedError,
    UnreachableError,
)
from ql_release.settings import MqttSettings

THREE = MqttSettings(urls=["mqtt://a", "mqtts://b", "mqtt://c:1999"])


def test_brokers_are_tried_in_turn_and_a_round_ends_after_the_last() -> None:
    brokers = Brokers(THREE)
    labels, rounds = [], []
    for _ in range(4):
        labels.append(brokers.candidate().label)
        rounds.append(brokers.failed())
    assert labels == ["mqtt://a:1883", "mqtts://b:8883", "mqtt://c:1999", "mqtt://a:1883"]
    assert rounds == [False, False, True, False]


def test_a_broker_without_mqtt_5_is_tried_with_3_1_1_once() -> None:
    brokers = Brokers(THREE)
    assert brokers.candidate().version is MqttVersion.V5
    assert brokers.not_spoken()
    assert brokers.candidate().version is MqttVersion.V311
    assert brokers.candidate().label == "mqtt://a:1883"
    assert not brokers.not_spoken()


def test_after_a_failure_the_next_attempt_begins_with_mqtt_5_again() -> None:
    brokers = Brokers(THREE)
    brokers.not_spoken()
    brokers.failed()
    assert brokers.candidate().version is MqttVersion.V5


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_configured_version_is_the_only_one(protocol: str) -> None:
    brokers = Brokers(THREE.model_copy(update={"protocol": protocol}))
    assert brokers.candidate().version == protocol
    assert not brokers.not_spoken()
    assert brokers.candidate().version == protocol


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LoginRefusedError("not authorized"), ["refuses the login", "mqtt.password_file"]),
        (NotSpokenError("hung up"), ["does not accept MQTT 5", "mqtt.protocol"]),
        (UnreachableError("connection refused"), ["cannot be reached", "events are kept"]),
        (ConnectionLostError("keep alive"), ["was lost", "events are kept"]),
        (PublishRefusedError("quota"), ["does not accept", "rights"]),
    ],
)
def test_each_trouble_is_one_sentence_with_the_brokers_name(
    error: MqttTroubleError, words: list[str]
) -> None:
    sentence = Brokers(THREE).candidate().sentence(error)
    assert "mqtt://a:1883" in sentence
    assert str(error) in sentence
    assert all(word in sentence for word in words)
    assert sentence.endswith(".")
