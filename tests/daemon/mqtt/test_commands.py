"""Commands: fresh, whole and once, whatever arrives."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from mqtt_bench import EventFactory

from ql_release.clock import SystemClock
from ql_release.journal import Batch, Journal, JournalError
from ql_release.mqtt.commands import CommandDesk
from ql_release.mqtt.history_op import history_reply
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.payloads.base import rfc3339
from ql_release.payloads.commands import Command, History
from ql_release.payloads.reading import CommandError
from ql_release.payloads.replies import BridgeReply, ErrorCode, Reply, ToolReply

SECOND = 1_000_000


class Counter:
    """A desk with two ops that count how often they are carried out."""

    def __init__(self, topics: Topics, journal: Journal) -> None:
        self.replies: list[tuple[str, dict[str, Any]]] = []
        self.done: list[str] = []
        self.gate: asyncio.Event | None = None
        self.failure: Exception | None = None
        self.topics = topics
        self.desk = CommandDesk(
            topics,
            journal,
            SystemClock(),
            reply=lambda topic, payload: self.replies.append((topic, json.loads(payload))),
            knows_tool=lambda tool: tool == "mat",
        )
        self.desk.register("tool", "tare", self._obey)
        self.desk.register("bridge", "history", self._obey, remembered=False)

    async def send(
        self,
        fields: dict[str, Any] | bytes,
        *,
        tool: str | None = "mat",
        retained: bool = False,
        response_topic: str | None = None,
    ) -> dict[str, Any] | None:
        """Have a payload arrive; return the reply to it."""
        before = len(self.replies)
        payload = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
        topic = self.topics.bridge_command if tool is None else self.topics.command(tool)
        at = self.topics.parse_command(topic)
        assert at is not None
        await self.desk.handle(at, Incoming(topic, payload, retained, response_topic))
        return self.replies[-1][1] if len(self.replies) > before else None

    async def _obey(self, topic: CommandTopic, command: Command) -> Reply:
        self.done.append(command.id)
        if self.gate is not None:
            await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return ToolReply(id=command.id, ok=True, op=command.op, calibration_id=len(self.done))


def _command(**fields: Any) -> dict[str, Any]:
    now = rfc3339(time.time_ns() // 1000)
    return {"id": "c1", "sent": now, "op": "tare", **fields}


def _sent(seconds: float) -> str:
    return rfc3339(time.time_ns() // 1000 + round(seconds * SECOND))


@pytest.fixture
def counter(topics: Topics, journal: Journal) -> Counter:
    """A desk that counts."""
    return Counter(topics, journal)


async def test_a_command_is_obeyed_and_replied_to(counter: Counter) -> None:
    reply = await counter.send(_command())
    assert reply == {"v": 1, "id": "c1", "ok": True, "op": "tare", "calibration_id": 1}
    assert counter.replies[0][0] == counter.topics.reply("mat")


async def test_a_repeated_command_is_obeyed_once_and_gets_the_first_reply_again(
    counter: Counter,
) -> None:
    first = await counter.send(_command())
    assert await counter.send(_command()) == first
    assert await counter.send(_command(sent=_sent(-3600))) == first
    assert counter.done == ["c1"]


async def test_the_first_reply_outlives_the_daemon(
    counter: Counter, topics: Topics, journal: Journal
) -> None:
    first = await counter.send(_command())
    again = Counter(topics, journal)
    assert await again.send(_command()) == first
    assert again.done == []


async def test_a_command_that_is_repeated_while_it_is_obeyed_is_obeyed_once(
    counter: Counter,
) -> None:
    counter.gate = asyncio.Event()
    first = asyncio.create_task(counter.send(_command()))
    await asyncio.sleep(0.05)
    assert await counter.send(_command()) is None
    counter.gate.set()
    await first
    assert counter.done == ["c1"]
    assert len(counter.replies) == 1


async def test_one_id_for_a_tool_and_for_the_bridge_are_two_commands(counter: Counter) -> None:
    await counter.send(_command())
    await counter.send(_command(op="history"), tool=None)
    assert counter.done == ["c1", "c1"]
    assert [topic for topic, _ in counter.replies] == [
        counter.topics.reply("mat"),
        counter.topics.bridge_reply,
    ]


async def test_an_op_that_only_reads_is_answered_anew(counter: Counter) -> None:
    await counter.send(_command(op="history"), tool=None)
    await counter.send(_command(op="history"), tool=None)
    assert counter.done == ["c1", "c1"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sent": -31}, "stale"),
        ({"sent": 40}, "stale"),
        ({"sent": None}, "stale"),
        ({"sent": "yesterday"}, "stale"),
        ({"sent": "2026-11-20T17:03:09"}, "stale"),
        ({"op": "dance"}, "unknown_op"),
        ({"v": 2}, "unsupported_version"),
        ({"zones": ["one"]}, "invalid"),
        ({"op": "stop"}, "unsupported"),
    ],
)
async def test_what_cannot_be_obeyed_is_refused_with_a_code_and_a_sentence(
    counter: Counter, change: dict[str, Any], code: str
) -> None:
    """A number for `sent` stands for seconds from now, None for no such field."""
    fields = _command(**change)
    if isinstance(fields["sent"], int):
        fields["sent"] = _sent(fields["sent"])
    elif fields["sent"] is None:
        del fields["sent"]
    reply = await counter.send(fields)
    assert reply is not None
    assert (reply["id"], reply["ok"], reply["error"]) == ("c1", False, code)
    assert reply["message"]
    assert counter.done == []


async def test_a_refusal_is_not_the_reply_to_the_same_id_for_ever(counter: Counter) -> None:
    await counter.send(_command(sent=_sent(-31)))
    reply = await counter.send(_command())
    assert reply is not None
    assert reply["ok"]


async def test_a_command_sent_29_s_ago_is_still_meant(counter: Counter) -> None:
    reply = await counter.send(_command(sent=_sent(-29)))
    assert reply is not None
    assert reply["ok"]


async def test_a_retained_command_is_refused(counter: Counter) -> None:
    reply = await counter.send(_command(), retained=True)
    assert reply is not None
    assert reply["error"] == "retained"
    assert counter.done == []


@pytest.mark.parametrize(
    "payload", [b"", b"{}", b"[1]", b"null", b"\xff\xfe", b"{" * 20_000, b'{"op": "tare"}']
)
async def test_what_has_no_id_gets_no_reply(counter: Counter, payload: bytes) -> None:
    assert await counter.send(payload) is None
    assert counter.done == []


async def test_another_bridges_tool_is_left_to_it(counter: Counter) -> None:
    assert await counter.send(_command(), tool="ball") is None
    assert counter.done == []


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("ql_release/replies/app", "ql_release/replies/app"),
        ("homeassistant/lock/door/set", "ql_release/tool/mat/reply"),
        ("ql_release/#", "ql_release/tool/mat/reply"),
    ],
)
async def test_a_reply_goes_where_asked_only_under_the_prefix(
    counter: Counter, asked: str, used: str
) -> None:
    await counter.send(_command(), response_topic=asked)
    assert counter.replies[0][0] == used


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (CommandError(ErrorCode.IN_CONTACT, "somebody is on the tool"), "in_contact", "somebody"),
        (JournalError("the journal's disk is full"), "failed", "disk is full"),
        (RuntimeError("secret detail"), "failed", "its log says how"),
    ],
)
async def test_a_failure_is_the_reply_and_is_remembered(
    counter: Counter, failure: Exception, code: str, words: str
) -> None:
    counter.failure = failure
    reply = await counter.send(_command())
    assert reply is not None
    assert (reply["error"], reply["ok"]) == (code, False)
    assert words in reply["message"]
    counter.failure = None
    assert await counter.send(_command()) == reply


async def test_a_journal_that_fails_does_not_stop_commands(
    topics: Topics, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = await Journal.open(tmp_path / "broken.db")
    await broken.close()
    counter = Counter(topics, broken)
    reply = await counter.send(_command())
    assert reply is not None
    assert reply["ok"]
    assert "could not be kept" in caplog.text


async def test_a_page_of_history_is_a_reply_within_64_kb(
    journal: Journal, event: EventFactory
) -> None:
    await journal.write(Batch("mat", events=[event(n) for n in range(450)]))
    asked = History(id="h1", sent=_sent(0), op="history")
    seqs: list[int] = []
    while True:
        reply = await history_reply(journal, asked)
        document = reply.to_json()
        assert len(document) <= 64 * 1024
        page = BridgeReply.model_validate_json(document)
        assert page.events is not None
        assert page.oldest is not None
        assert page.oldest.seq == 1
        assert not any(fields["live"] for fields in page.events)
        seqs += [fields["seq"] for fields in page.events]
        if not page.more:
            break
        asked = asked.model_copy(update={"after": page.next})
    assert seqs == list(range(1, 451))


async def test_an_empty_history_says_where_to_go_on(journal: Journal) -> None:
    reply = json.loads(
        (await history_reply(journal, History(id="h", sent=_sent(0), op="history"))).to_json()
    )
    assert (reply["events"], reply["more"]) == ([], False)
    assert reply["next"] == {"epoch": journal.epoch, "seq": 0}
    assert "oldest" not in reply
