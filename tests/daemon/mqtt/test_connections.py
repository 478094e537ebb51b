"""What is left over when a connection ends, and what a broker refuses; without a broker."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from mqtt_bench import EventFactory, HurriedClock, until

from ql_release.backoff import Backoff
from ql_release.clock import SystemClock
from ql_release.journal import Batch, Journal
from ql_release.journal import writer as writer_module
from ql_release.journal.errors import DiskTroubleError
from ql_release.mqtt import nonces
from ql_release.mqtt.documents import Documents
from ql_release.mqtt.inbox import Inbox
from ql_release.mqtt.nonces import remember_nonce
from ql_release.mqtt.outbox import IN_FLIGHT, Outbox
from ql_release.mqtt.passing import MAX_REPLIES, Replies
from ql_release.mqtt.port import (
    ConnectionLostError,
    Incoming,
    PublishRefusedError,
    UnreachableError,
)
from ql_release.mqtt.publisher import STEADY_S, Publisher
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.settings import MqttSettings


class Port:
    """A connection on which everything is accepted that is not refused.

    Attributes:
        sent: what was accepted, in order.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.refuses: Callable[[str], bool] = lambda _topic: False
        self.lost = False

    async def connect(self) -> None:
        """Be there."""

    async def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Take a message, after a turn for others."""
        await asyncio.sleep(0)
        if self.lost:
            raise ConnectionLostError("gone")
        if self.refuses(topic):
            raise PublishRefusedError("not authorised")
        self.sent.append((topic, payload))

    def publish_now(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Take none at once."""
        return False

    async def subscribe(self, topic_filters: list[str], *, qos: int) -> list[str]:
        """Grant everything."""
        return []

    async def receive(self) -> Incoming:
        """Bring nothing."""
        await asyncio.Event().wait()
        raise AssertionError

    async def close(self) -> None:
        """Go."""

    def abort(self) -> None:
        """Go at once."""


Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Let something go on beside the test, which ends it."""
    running: list[asyncio.Task[None]] = []
    yield lambda work: running.append(asyncio.create_task(work))
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_replies_left_over_go_out_on_the_next_connection(run: Run) -> None:
    replies, first, second = Replies(), Port(), Port()
    first.lost = True
    for number in range(3):
        replies.put(f"reply/{number}", b"{}")
    with pytest.raises(ConnectionLostError):
        await replies.run(first)
    run(replies.run(second))
    await until(lambda: len(second.sent) == 3)
    assert [topic for topic, _ in second.sent] == ["reply/0", "reply/1", "reply/2"]


async def test_of_too_many_replies_the_oldest_fall_out(run: Run) -> None:
    replies, port = Replies(), Port()
    for number in range(MAX_REPLIES + 5):
        replies.put(f"reply/{number}", b"{}")
    run(replies.run(port))
    replies.put("reply/last", b"{}")
    await until(lambda: port.sent and port.sent[-1][0] == "reply/last")
    assert (len(port.sent), port.sent[0][0]) == (MAX_REPLIES, "reply/6")


async def test_a_refused_document_is_tried_again(run: Run) -> None:
    documents, port = Documents(HurriedClock()), Port()
    port.refuses = lambda topic: topic == "hello"
    documents.set("hello", b"old", 1)
    documents.set("state", b"1", 1)
    documents.set("gone", b"1", 1)
    run(documents.run(port))
    run(documents.try_refused_again())
    await until(lambda: len(port.sent) == 2)
    await documents.settled()
    documents.set("hello", b"new", 1)
    await documents.settled()
    port.refuses = lambda _topic: False
    await until(lambda: ("hello", b"new") in port.sent)
    assert [topic for topic, _ in port.sent] == ["state", "gone", "hello"]


async def test_a_refused_document_that_was_dropped_stays_away(run: Run) -> None:
    documents, port = Documents(HurriedClock()), Port()
    port.refuses = lambda topic: topic == "hello"
    documents.set("hello", b"{}", 1)
    run(documents.run(port))
    await documents.settled()
    documents.drop("hello")
    port.refuses = lambda _topic: False
    run(documents.try_refused_again())
    documents.set("state", b"1", 1)
    await asyncio.sleep(0.4)
    assert port.sent == [("state", b"1")]


async def test_those_beside_a_refused_event_arrive_and_are_noted(
    journal: Journal, topics: Topics, event: EventFactory, run: Run
) -> None:
    """They are not sent again and again with the one that is refused."""
    port = Port()
    port.refuses = lambda topic: "/other/" in topic
    events = [event(n, tool="other" if n == 3 else "mat") for n in range(1, IN_FLIGHT + 1)]
    await journal.write(Batch("mat", events=events))
    outbox = Outbox(journal, topics, HurriedClock())
    run(outbox.run(port))
    outbox.wake()
    await until(lambda: _only(journal, 3))
    seqs = [json.loads(payload)["seq"] for _, payload in port.sent]
    assert seqs == [n for n in range(1, IN_FLIGHT + 1) if n != 3]
    port.refuses = lambda _topic: False
    await until(lambda: len(port.sent) == IN_FLIGHT)


async def _only(journal: Journal, seq: int) -> bool:
    return [one.seq for one in await journal.unsent(100)] == [seq]


async def test_numbers_of_another_journal_take_nothing_out(
    journal: Journal, event: EventFactory
) -> None:
    await journal.write(Batch("mat", events=[event(1), event(2)]))
    await journal.sent([1, 2], "0" * 16)
    assert await journal.outbox_depth() == 2
    await journal.sent([1], journal.epoch)
    assert await journal.outbox_depth() == 1


async def test_a_journal_that_is_another_one_is_sent_from_its_beginning(
    tmp_path: Path, topics: Topics, event: EventFactory, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    """As one that was rescued when its disk had room again: the same events, new numbers."""
    monkeypatch.setattr(writer_module, "REOPEN_S", 0.0)
    path = tmp_path / "journal.db"
    async with await Journal.open(path, window_s=0) as before:
        await before.write(Batch("mat", events=[event(n) for n in range(1, 6)]))
        await before.sent([1, 2])
    with monkeypatch.context() as patch:
        patch.setattr("ql_release.journal.opening.open_database", _full)
        journal = await Journal.open(path, window_s=0)
    monkeypatch.setattr(journal._writer, "_reopened", time.monotonic() + 3600)
    port = Port()
    outbox = Outbox(journal, topics, HurriedClock())
    run(outbox.run(port))
    outbox.wake()
    await until(lambda: len(port.sent) == 3)
    path.rename(tmp_path / "elsewhere.db")
    monkeypatch.setattr(journal._writer, "_reopened", 0.0)
    new = [event(n) for n in range(10, 14)]
    await journal.write(Batch("mat", events=new))
    outbox.wake()
    await until(lambda: len(port.sent) == 7)
    told = [json.loads(payload) for _, payload in port.sent[3:]]
    assert [one["id"] for one in told] == [one.id for one in new]
    assert {one["epoch"] for one in told} == {journal.epoch}
    assert [one["seq"] for one in told] == [1, 2, 3, 4]
    await until(lambda: _all_sent(journal))
    await journal.close()


def _full(_path: Path) -> None:
    raise DiskTroubleError("the disk is full")


async def _all_sent(journal: Journal) -> bool:
    return await journal.outbox_depth() == 0


class _Hours(SystemClock):
    """A clock whose waits are noted, and take no time."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.now = 0.0

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Note a wait."""
        self.waits.append(seconds)
        self.now += seconds


async def test_a_broker_that_does_not_answer_is_waited_for_longer_and_longer(
    journal: Journal, topics: Topics
) -> None:
    """However long it takes to find out: that was no connection that stood."""
    clock = _Hours()

    class Deaf(Port):
        async def connect(self) -> None:
            """Take long, and come to nothing."""
            clock.now += 2 * STEADY_S
            raise UnreachableError("no answer within 20 s")

    publisher = Publisher(
        MqttSettings(urls=["mqtt://broker"]),
        topics,
        journal,
        clock,
        on_command=_nothing,
        make_port=lambda _broker, _version: Deaf(),
        backoff=Backoff(8.0, 60.0),
    )
    for _ in range(5):
        await publisher._attempt()
    assert clock.waits[0] <= 8
    assert clock.waits[-1] >= 30


async def _nothing(_topic: CommandTopic, _message: Incoming) -> None:
    """Carry nothing out."""


async def test_a_stop_does_not_wait_for_a_journal_that_hangs(
    journal: Journal, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = asyncio.Event()

    async def hang(_prefix: str = "") -> dict[str, bytes]:
        hangs.set()
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(journal, "documents", hang)
    publisher = Publisher(
        MqttSettings(urls=["mqtt://broker"]),
        topics,
        journal,
        SystemClock(),
        on_command=_nothing,
        make_port=lambda _broker, _version: Port(),
    )
    running = asyncio.create_task(publisher.run())
    await hangs.wait()
    await publisher.stop()
    await running


async def test_on_a_full_disk_the_past_is_known_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    async with await Journal.open(path) as journal:
        assert await remember_nonce(journal, lambda: None) == []
        first = journal.nonce
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ql_release.journal.opening.open_database", _full)
        async with await Journal.open(path) as journal:
            before = journal.problems
            assert await remember_nonce(journal, lambda: None) == [first]
            assert journal.problems == before == ["the disk is full"]
    assert nonces.MAX_NONCES > 1


def test_what_is_watched_is_subscribed_to_apart(topics: Topics) -> None:
    """Of it any number of retained messages may come at once; each filter is named once."""
    inbox = Inbox(topics, None, SystemClock(), _nothing)  # type: ignore[arg-type]
    for _ in range(2):
        inbox.watch(topics.tool_hellos, lambda _message: None)
    assert inbox.watched_filters == [topics.tool_hellos]
    assert topics.tool_hellos not in inbox.own_filters
