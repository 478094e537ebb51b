"""Brokers that die, connections that are cut: every event arrives, under one id and content."""

import asyncio
import json
import logging
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto
from mqtt_bench import (
    Bench,
    EventFactory,
    Login,
    Relay,
    Subscriber,
    set_rights,
    signal_broker,
    until,
)
from paho.mqtt import client

from ql_release.journal import Batch, Journal
from ql_release.mqtt import patient_client, publisher
from ql_release.mqtt.aiomqtt_port import AiomqttPort
from ql_release.mqtt.port import MqttPort, MqttVersion
from ql_release.mqtt.publisher import Publisher
from ql_release.settings import BrokerAddress, MqttSettings

EVENTS = 400


def _contents(events: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Return what was said under each id, apart from `live`, which is set at each send."""
    said: dict[str, set[str]] = {}
    for fields in events:
        rest = {name: value for name, value in fields.items() if name != "live"}
        said.setdefault(fields["id"], set()).add(json.dumps(rest, sort_keys=True))
    return said


async def _history(journal: Journal) -> list[dict[str, Any]]:
    """Return what a consumer that was away reads page by page."""
    events: list[dict[str, Any]] = []
    page = await journal.history()
    events += map(json.loads, page.events)
    while page.more:
        page = await journal.history(page.next_seq, page.epoch)
        events += map(json.loads, page.events)
    return events


async def _emptied(journal: Journal) -> None:
    async def empty() -> bool:
        return await journal.outbox_depth() == 0

    await until(empty)


async def test_a_broker_that_is_killed_and_comes_back_empty_loses_nothing(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, event: EventFactory
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    for n in range(EVENTS):
        await bench.journal_events(made, event(n))
        if n == EVENTS // 3:
            mosquitto.kill()
        if n == 2 * EVENTS // 3:
            await until(lambda: not made.connected)
            mosquitto.start()
    await _emptied(bench.journal)
    # What went out between the broker's return and the subscriber's is gone for the
    # subscriber, whose session is clean; the contract's answer to that is `history`.
    heard = [*subscriber.events(), *await _history(bench.journal)]
    said = _contents(heard)
    assert set(said) == {f"{n:032x}" for n in range(EVENTS)}
    assert all(len(contents) == 1 for contents in said.values())


async def test_a_broker_killed_again_and_again_gets_each_event_from_the_outbox(
    bench: Bench, mosquitto: Mosquitto, event: EventFactory
) -> None:
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    chance = random.Random(4)  # noqa: S311 - chooses moments, guards nothing
    for round_ in range(5):
        await until(lambda: made.connected)
        await bench.journal_events(made, *(event(100 * round_ + n) for n in range(100)))
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        mosquitto.kill()
        await until(lambda: not made.connected)
        mosquitto.start()
    await _emptied(bench.journal)
    assert len(await _history(bench.journal)) == 500


async def test_a_connection_cut_at_any_byte_loses_nothing_and_keeps_the_order(
    bench: Bench, relay: Relay, subscriber: Subscriber, event: EventFactory
) -> None:
    """Each connection dies after a few more bytes of what it sends than the one before."""
    made = bench.publisher(await relay.start())
    bench.run(made)
    await until(lambda: made.connected)
    count = 0
    for budget in range(1, 900, 31):
        relay.budget = budget
        await bench.journal_events(made, *(event(count + n) for n in range(4)))
        count += 4
        await until(lambda: relay.budget is None)
        await until(lambda: made.connected)
    await _emptied(bench.journal)
    await until(lambda: len(_contents(subscriber.events())) == count)
    said = _contents(subscriber.events())
    assert all(len(contents) == 1 for contents in said.values())
    firsts = list(dict.fromkeys(fields["seq"] for fields in subscriber.events()))
    assert firsts == sorted(firsts)


async def test_a_connection_cut_in_the_greeting_is_noticed_at_once(
    bench: Bench, relay: Relay, subscriber: Subscriber
) -> None:
    """CONNECT passes, SUBSCRIBE does not: nobody may wait for its answer until a time-out."""
    relay.first_budget = 120
    made = bench.publisher(await relay.start())
    bench.run(made)
    async with asyncio.timeout(patient_client.ANSWER_TIMEOUT_S / 2):
        await until(lambda: relay.connections == 2 and made.connected)


async def test_an_absent_broker_is_told_of_once_and_found_when_it_comes(
    bench: Bench, mosquitto: Mosquitto, event: EventFactory, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto.stop()
    waits: list[float] = []
    made = bench.publisher(mosquitto.url)
    made._clock = _Counting(waits)
    bench.run(made)
    await bench.journal_events(made, event(1))
    await until(lambda: len(waits) >= 4)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "cannot be reached (connection refused): events are kept" in lines[0]
    assert waits[0] < waits[2] < waits[3] * 2
    mosquitto.start()
    await _emptied(bench.journal)


async def test_a_refused_password_is_tried_again_slowly(
    bench: Bench, mosquitto: Mosquitto, login: Login
) -> None:
    login.require("pi", "right")
    waits: list[float] = []
    settings = {"username": "pi", "password_file": login.file("wrong")}
    made = bench.publisher(mosquitto.url, settings=settings)
    made._clock = _Counting(waits)
    bench.run(made)
    await until(lambda: len(waits) >= 3)
    assert min(waits) >= publisher.REFUSED_WAIT_S


class _Counting:
    """A clock whose waits are noted and over at once."""

    def __init__(self, waits: list[float]) -> None:
        self._waits = waits

    def monotonic(self) -> float:
        return 0.0

    def now_us(self) -> int:
        return 0

    async def sleep(self, seconds: float) -> None:
        self._waits.append(seconds)
        await asyncio.sleep(0.01)


async def test_a_wrong_password_is_told_once_in_one_line_and_mended_without_a_restart(
    bench: Bench,
    mosquitto: Mosquitto,
    event: EventFactory,
    login: Login,
    caplog: pytest.LogCaptureFixture,
) -> None:
    login.require("pi", "right")
    password_file = login.file("wrong")
    settings = {"username": "pi", "password_file": password_file}
    made = bench.publisher(mosquitto.url, settings=settings)
    bench.run(made)
    await bench.journal_events(made, event(1))
    await until(lambda: login.refusals() >= 3)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 1
    assert "refuses the login" in lines[0]
    assert "check mqtt.username and mqtt.password_file" in lines[0]
    assert "wrong" not in caplog.text
    login.file("right")
    await _emptied(bench.journal)


async def test_a_password_file_that_is_gone_is_told_and_waited_for(
    bench: Bench, mosquitto: Mosquitto, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    login.require("pi", "right")
    missing = login.folder / "password"
    settings = {"username": "pi", "password_file": missing}
    made = bench.publisher(mosquitto.url, settings=settings)
    bench.run(made)
    await until(lambda: "cannot be read" in caplog.text)
    login.file("right")
    await until(lambda: made.connected)


async def test_an_event_that_the_broker_refuses_is_kept_and_sent_when_it_may(
    bench: Bench,
    mosquitto: Mosquitto,
    subscriber: Subscriber,
    event: EventFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_rights(mosquitto, "topic readwrite #", "topic deny ql_release/tool/mat/event/#")
    mosquitto.stop()
    mosquitto.start()
    await subscriber.back()
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await bench.journal_events(made, event(1), event(2))
    await until(lambda: "does not accept events" in caplog.text)
    assert made.connected
    assert await bench.journal.outbox_depth() == 2
    set_rights(mosquitto, "topic readwrite #")
    signal_broker(mosquitto, signal.SIGHUP)
    await _emptied(bench.journal)


async def test_an_event_that_the_disk_has_spoilt_is_told_and_holds_up_no_other(
    bench: Bench,
    mosquitto: Mosquitto,
    subscriber: Subscriber,
    event: EventFactory,
    *,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await bench.journal.write(Batch("mat", events=[event(1), event(2), event(3)]))
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection, connection:
        connection.execute("UPDATE events SET body = x'7b00' WHERE seq = 2")
    bench.run(bench.publisher(mosquitto.url))
    await _emptied(bench.journal)
    await until(lambda: len(subscriber.events()) == 2)
    assert [fields["seq"] for fields in subscriber.events()] == [1, 3]
    assert caplog.text.count("Event 2 of mat cannot be sent") == 1


class _Hesitant(AiomqttPort):
    """A connection to a node of a cluster without a leader: its broker refuses subscriptions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refusals = 2

    async def subscribe(self, topic_filters: list[str], *, qos: int) -> list[str]:
        """Refuse one filter, twice; then hand it on."""
        if topic_filters == ["ql_release/bridge/pi/cmd"] and self._refusals:
            self._refusals -= 1
            return topic_filters
        return await super().subscribe(topic_filters, qos=qos)


async def test_a_refused_subscription_is_tried_again(
    bench: Bench,
    mosquitto: Mosquitto,
    subscriber: Subscriber,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A connection on which commands never arrive would be as good as none for `history`."""
    caplog.set_level(logging.INFO)

    def make_port(broker: BrokerAddress, version: MqttVersion) -> MqttPort:
        settings = MqttSettings(urls=[mosquitto.url])
        topic = "ql_release/bridge/pi/status"
        return _Hesitant(
            broker, version, settings, identifier="pi", will_topic=topic, will=b"offline"
        )

    made = bench.publisher(mosquitto.url, make_port=make_port)
    bench.run(made)
    await until(lambda: "now allows subscribing" in caplog.text)
    assert caplog.text.count("does not allow subscribing to") == 1
    await subscriber.say("ql_release/bridge/pi/cmd", b"{}")
    await until(lambda: bench.commands)


async def test_a_broker_that_hangs_is_left_and_nothing_is_lost(
    bench: Bench,
    mosquitto: Mosquitto,
    subscriber: Subscriber,
    event: EventFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patient_client, "ANSWER_TIMEOUT_S", 0.3)
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    signal_broker(mosquitto, signal.SIGSTOP)
    await bench.journal_events(made, event(1))
    await until(lambda: not made.connected)
    signal_broker(mosquitto, signal.SIGCONT)
    await _emptied(bench.journal)
    await until(subscriber.events)


@pytest.mark.parametrize("talking", [False, True], ids=["idle", "with states"])
async def test_a_broker_that_hangs_is_noticed_by_the_keep_alive_alone(
    bench: Bench, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch, talking: bool
) -> None:
    """With no event on its way nothing waits for an answer; states are sent into the void."""
    monkeypatch.setattr(client, "time_func", lambda: time.monotonic() * 20)
    made = bench.publisher(mosquitto.url, settings={"keepalive_s": 5})
    bench.run(made)
    await until(lambda: made.connected)
    signal_broker(mosquitto, signal.SIGSTOP)

    def noticed() -> bool:
        if talking:
            made.publish_state("ql_release/tool/mat/state", b"{}", retain=False)
        return not made.connected

    await until(noticed)
    signal_broker(mosquitto, signal.SIGCONT)
    await until(lambda: made.connected)


async def test_a_stop_does_not_wait_for_a_broker_that_hangs(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, event: EventFactory
) -> None:
    """Its answer would take for ever; the broker says `offline` itself once it goes on."""
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    await until(lambda: made.connected)
    signal_broker(mosquitto, signal.SIGSTOP)
    await bench.journal_events(made, event(1))
    await asyncio.wait_for(made.stop(), patient_client.ANSWER_TIMEOUT_S / 2)
    signal_broker(mosquitto, signal.SIGCONT)
    await until(lambda: subscriber.at("ql_release/bridge/pi/status")[-1] == b"offline")
    assert await bench.journal.outbox_depth() == 1


async def test_a_stop_does_not_wait_for_a_connection_that_never_comes_about(
    bench: Bench, silent_server: str
) -> None:
    made = bench.publisher(silent_server)
    running = bench.run(made)
    await asyncio.sleep(0.05)
    await asyncio.wait_for(made.stop(), patient_client.ANSWER_TIMEOUT_S / 2)
    await running


async def test_the_next_broker_takes_over_when_one_is_gone(
    bench: Bench, mosquitto: Mosquitto, subscriber: Subscriber, relay: Relay, event: EventFactory
) -> None:
    first = await relay.start()
    made = bench.publisher(f"{first} {mosquitto.url}")
    bench.run(made)
    await until(lambda: made.connected)
    assert relay.connections == 1
    await relay.close()
    await until(lambda: len(subscriber.at("ql_release/bridge/pi/status")) >= 3)
    await bench.journal_events(made, event(1))
    await until(subscriber.events)


def _publisher_is_lean(made: Publisher) -> bool:
    """Return whether nothing of what was published is still held in memory."""
    return not made._outbox._page and not made._outbox._acknowledged


async def test_a_long_absence_holds_no_events_in_memory(
    bench: Bench, mosquitto: Mosquitto, event: EventFactory
) -> None:
    mosquitto.stop()
    made = bench.publisher(mosquitto.url)
    bench.run(made)
    for n in range(0, 3000, 500):
        await bench.journal_events(made, *(event(n + step) for step in range(500)))
        for step in range(500):
            made.publish_state("ql_release/tool/mat/state", b"%d" % step, retain=False)
    assert _publisher_is_lean(made)
    assert not made._states._latest
    mosquitto.start()
    await _emptied(bench.journal)
