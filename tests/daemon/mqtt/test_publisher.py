"""What the publisher tells a real broker, and when."""

import asyncio
import json
import re
import signal
import time
from pathlib import Path
from typing import Any, cast

import pytest
from broker import Mosquitto
from mqtt_bench import Bench, EventFactory, Subscriber, signal_broker, until

from ql_release.journal import Journal
from ql_release.mqtt import aiomqtt_port, publisher
from ql_release.mqtt.aiomqtt_port import AiomqttPort
from ql_release.mqtt.guard import DuplicateBridgeError
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.topics import Topics
from ql_release.payloads.base import rfc3339

STATUS = "ql_release/bridge/pi/status"
HEALTH = "ql_release/bridge/pi/health"
STATE = "ql_release/tool/mat/state"
HELLO = "ql_release/tool/mat/hello"


def _health(journal: Journal, started_us: int, uptime_s: float = 10.0) -> bytes:
    fields: dict[str, Any] = {
        "start_nonce": journal.nonce,
        "uptime_s": uptime_s,
        "at": rfc3339(started_us + round(uptime_s * 1_000_000)),
    }
    return json.dumps(fields).encode()


async def _retained(mosquitto: Mosquitto, topic: str) -> list[bytes]:
    """Return what a client that comes now finds standing at a topic."""
    late = Subscriber(mosquitto.port)
    await late.start()
    await late.say("test/end", b"")
    await until(lambda: late.at("test/end"))
    await late.stop()
    return [bytes(m.payload) for m in late.heard if m.topic.value == topic and m.retain]


async def test_events_arrive_complete_in_order_and_leave_the_outbox(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, event: EventFactory
) -> None:
    made = bench.publisher(mosquitto.url)
    await bench.journal_events(made, *(event(n) for n in range(250)))
    bench.run(made)
    await bench.journal_events(made, *(event(n) for n in range(250, 500)))
    await until(lambda: len(subscriber.events()) >= 500)
    assert [heard["seq"] for heard in subscriber.events()] == list(range(1, 501))
    assert {heard["epoch"] for heard in subscriber.events()} == {bench.journal.epoch}
    assert {m.topic.value for m in subscriber.heard if "event" in m.topic.value} == {
        "ql_release/tool/mat/event/pressure"
    }

    async def empty() -> bool:
        return await bench.journal.outbox_depth() == 0

    await until(empty)


async def test_an_event_is_live_only_within_a_minute_of_its_deciding_sample(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, event: EventFactory
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await bench.journal_events(made, event(1, age_s=65), event(2, age_s=5))
    await until(lambda: len(subscriber.events()) == 2)
    assert [heard["live"] for heard in subscriber.events()] == [False, True]


async def test_a_stop_says_offline_and_lets_run_return(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    made = bench.publisher(mosquitto.url)
    running = bench.run(made)
    await until(lambda: made.connected)
    await made.stop()
    await running
    await until(lambda: subscriber.at(STATUS) == [b"online", b"offline"])
    assert not made.connected
    assert await _retained(mosquitto, STATUS) == [b"offline"]


async def test_what_is_waiting_at_a_stop_still_goes_out(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, event: EventFactory
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    await bench.journal_events(made, event(1))
    made.set_document(HELLO, b"{}")
    await made.stop()
    await until(lambda: subscriber.at(STATUS) == [b"online", b"offline"])
    assert len(subscriber.events()) == 1
    assert subscriber.at(HELLO) == [b"{}"]
    assert await bench.journal.outbox_depth() == 0


def test_the_steps_of_a_stop_fit_into_a_second() -> None:
    steps = publisher.FAREWELL_S + publisher.OFFLINE_S + aiomqtt_port.CLOSE_TIMEOUT_S
    assert steps < 1.0


async def test_documents_stand_at_the_broker_in_their_latest_form(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    made = bench.publisher(mosquitto.url)
    for version in range(20):
        made.set_document(HELLO, b"%d" % version)
    bench.run(made)
    await until(lambda: made.connected)
    made.set_document(HELLO, b"last")

    async def there() -> bool:
        return await _retained(mosquitto, HELLO) == [b"last"]

    await until(there)
    made.set_document(HELLO, None)

    async def gone() -> bool:
        return await _retained(mosquitto, HELLO) == []

    await until(gone)


async def test_a_document_removed_while_away_is_removed_at_the_next_connection(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    await subscriber.say(HELLO, b"old", retain=True)
    made = bench.publisher(mosquitto.url)
    made.set_document(HELLO, None)
    bench.run(made)

    async def gone() -> bool:
        return await _retained(mosquitto, HELLO) == []

    await until(gone)


async def test_documents_come_back_after_a_broker_that_forgot_everything(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    made = bench.publisher(mosquitto.url)
    made.set_document(HELLO, b"{}")
    bench.run(made)
    await until(lambda: made.connected)
    mosquitto.kill()
    await until(lambda: not made.connected)
    mosquitto.start()

    async def back() -> bool:
        return await _retained(mosquitto, HELLO) == [b"{}"] and await _retained(
            mosquitto, STATUS
        ) == [b"online"]

    await until(back)


async def test_values_are_dropped_while_away(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    made = bench.publisher(mosquitto.url)
    for n in range(10_000):
        made.publish_state(STATE, b"away %d" % n, retain=False)
    bench.run(made)
    await until(lambda: made.connected)
    made.publish_state(STATE, b"here", retain=False)
    await until(lambda: subscriber.at(STATE))
    assert subscriber.at(STATE) == [b"here"]


async def test_of_the_values_that_a_hung_broker_does_not_take_only_the_latest_is_kept(
    bench: Bench, mosquitto: Mosquitto
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    signal_broker(mosquitto, signal.SIGSTOP)
    for n in range(20_000):
        made.publish_state(STATE, b"%05d" % n + bytes(1000), retain=False)
        await asyncio.sleep(0)
    port = cast("AiomqttPort", made._states._port)
    assert len(port._client._client._out_packet) <= 2  # one half written, one waited for
    assert list(made._states._latest) == [STATE]
    assert made._states._latest[STATE].payload.startswith(b"19999")
    signal_broker(mosquitto, signal.SIGCONT)
    await until(lambda: not made._states._latest)


async def test_whoever_wants_to_is_told_of_each_connection(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    def again() -> None:
        made.publish_state(STATE, b"again", retain=True)

    made = bench.publisher(mosquitto.url, on_connected=again)
    bench.run(made)
    await until(lambda: subscriber.at(STATE) == [b"again"])
    mosquitto.kill()
    await until(lambda: not made.connected)
    mosquitto.start()
    await subscriber.back()
    await until(lambda: len(subscriber.at(STATE)) == 2)


async def test_only_commands_are_subscribed_to_at_qos_1(bench: Bench, mosquitto: Mosquitto) -> None:
    """In a cluster each subscription at QoS 1 is kept on several nodes."""
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    log = mosquitto.log.read_text()
    subscribed = dict(re.findall(r"(ql_release/\S+) \(QoS (\d)\)", log))
    assert subscribed.pop("ql_release/bridge/pi/cmd") == "1"
    assert subscribed.pop("ql_release/tool/+/cmd") == "1"
    assert set(subscribed.values()) == {"0"}


async def test_who_says_we_are_offline_is_contradicted(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    await subscriber.say(STATUS, b"offline", retain=True)
    await until(lambda: subscriber.at(STATUS) == [b"online", b"offline", b"online"])
    assert await _retained(mosquitto, STATUS) == [b"online"]


async def test_commands_arrive_and_replies_go_out(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, topics: Topics
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    await subscriber.say(topics.command("mat"), b"one")
    await subscriber.say(topics.bridge_command, b"two")
    await subscriber.say("ql_release/bridge/other/cmd", b"three")
    await until(lambda: len(bench.commands) == 2)
    assert [(t.owner, t.id, m.payload) for t, m in bench.commands] == [
        ("tool", "mat", b"one"),
        ("bridge", "pi", b"two"),
    ]
    assert not bench.commands[0][1].retained
    made.reply(topics.reply("mat"), b"done")
    await until(lambda: subscriber.at(topics.reply("mat")) == [b"done"])


async def test_a_command_that_is_retained_is_told_from_a_new_one(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, topics: Topics
) -> None:
    await subscriber.say(topics.command("mat"), b"old", retain=True)
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: bench.commands)
    assert bench.commands[0][1].retained


async def test_a_command_that_fails_or_hangs_harms_nothing_else(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, topics: Topics
) -> None:
    async def clumsy(_topic: object, message: Incoming) -> None:
        if message.payload == b"hang":
            await asyncio.Event().wait()
        raise RuntimeError(message.payload)

    made = bench.publisher(mosquitto.url, on_command=clumsy)
    bench.run(made)
    await until(lambda: made.connected)
    await subscriber.say(topics.command("mat"), b"hang")
    await subscriber.say(topics.command("mat"), b"fail")
    await subscriber.say(STATUS, b"offline", retain=True)
    await until(lambda: subscriber.at(STATUS)[-2:] == [b"offline", b"online"])
    assert made.connected


async def test_others_may_watch_topics_of_their_own(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, topics: Topics
) -> None:
    seen: list[Incoming] = []
    made = bench.publisher(mosquitto.url)
    made.watch(topics.integration_statuses, seen.append)
    await subscriber.say("ql_release/integration/home/status", b"online", retain=True)
    bench.run(made)
    await until(lambda: seen)
    assert (seen[0].payload, seen[0].retained) == (b"online", True)


async def test_a_second_daemon_of_the_same_id_stops_and_the_first_stays(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, tmp_path: Path
) -> None:
    async with await Journal.open(tmp_path / "second.db") as second_journal:
        started_us = time.time_ns() // 1000
        first = bench.publisher(mosquitto.url)
        first.set_health(_health(bench.journal, started_us - 50_000_000))
        running = bench.run(first)
        await until(lambda: first.connected)
        second = bench.publisher(mosquitto.url, journal=second_journal)
        second.set_health(_health(second_journal, started_us - 20_000_000))
        with pytest.raises(DuplicateBridgeError):
            await asyncio.wait_for(second.run(), 30)
        await until(lambda: first.connected)
        assert not running.done()
        assert await _retained(mosquitto, STATUS) == [b"online"]
