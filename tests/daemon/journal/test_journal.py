"""What goes into the journal comes out of it, once, whole and in order."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Batch, FinishedSession, Journal, SegmentRecord, SegmentStart

EventFactory = Callable[..., HoldStarted]
RecordFactory = Callable[..., SegmentRecord]

DAY_US = 24 * 3600 * 1_000_000


async def test_events_are_numbered_in_the_order_of_journaling(
    journal: Journal, event: EventFactory
) -> None:
    stored = await journal.write(Batch("mat", events=[event(3), event(1), event(2)]))
    assert [(new.seq, new.id) for new in stored] == [
        (1, event(3).id),
        (2, event(1).id),
        (3, event(2).id),
    ]
    assert await journal.unsent(10) == stored


async def test_a_stored_event_says_what_was_written(journal: Journal, event: EventFactory) -> None:
    [stored] = await journal.write(Batch("mat", events=[event(7)]))
    assert (stored.tool, stored.family) == ("mat", "pressure")
    assert stored.decided_us == 1_790_000_000_007_000
    fields = json.loads(stored.body)
    assert fields["id"] == event(7).id
    assert not fields.keys() & {"epoch", "seq", "live"}


async def test_an_event_is_journaled_once_and_a_repetition_uses_up_no_number(
    journal: Journal, event: EventFactory
) -> None:
    await journal.write(Batch("mat", events=[event(1), event(2)]))
    for _ in range(5):
        assert await journal.write(Batch("mat", events=[event(1), event(2)])) == []
    [third] = await journal.write(Batch("mat", events=[event(2), event(3)]))
    assert third.seq == 3


async def test_a_repetition_keeps_the_first_content(journal: Journal, event: EventFactory) -> None:
    await journal.write(Batch("mat", events=[event(1)]))
    await journal.write(Batch("mat", events=[event(1).model_copy(update={"person": "ann"})]))
    [stored] = await journal.unsent(10)
    assert json.loads(stored.body)["person"] is None


async def test_what_is_sent_leaves_the_outbox_and_stays_in_the_history(
    journal: Journal, event: EventFactory
) -> None:
    await journal.write(Batch("mat", events=[event(n) for n in range(5)]))
    await journal.sent([1, 3])
    assert [left.seq for left in await journal.unsent(10)] == [2, 4, 5]
    assert [left.seq for left in await journal.unsent(1, after_seq=2)] == [4]
    assert await journal.outbox_depth() == 3
    assert await journal.oldest_unsent_us() == 1_790_000_000_001_000
    assert len((await journal.history()).events) == 5


async def test_an_empty_outbox_has_no_oldest_event(journal: Journal) -> None:
    assert await journal.outbox_depth() == 0
    assert await journal.oldest_unsent_us() is None


async def test_all_of_it_is_there_after_reopening(
    path: Path, event: EventFactory, segment: SegmentStart, record: RecordFactory
) -> None:
    async with await Journal.open(path) as first:
        epoch, nonce = first.epoch, first.nonce
        await first.write(
            Batch("mat", open_segment=segment, records=[record(1)], events=[event(1)])
        )
        await first.put_document("tool/mat", b"{}")
    async with await Journal.open(path) as again:
        assert again.epoch == epoch
        assert again.nonce != nonce
        assert [left.seq for left in await again.unsent(10)] == [1]
        assert [open_.tool for open_ in await again.open_segments()] == ["mat"]
        assert await again.documents("tool/") == {"tool/mat": b"{}"}


async def test_two_journals_have_two_epochs(tmp_path: Path) -> None:
    async with (
        await Journal.open(tmp_path / "one.db") as one,
        await Journal.open(tmp_path / "two.db") as two,
    ):
        assert one.epoch != two.epoch


async def test_records_come_back_in_the_order_they_were_written(
    journal: Journal, segment: SegmentStart, record: RecordFactory
) -> None:
    written = [record(n, "mark" if n % 7 == 0 else "frame") for n in range(600)]
    await journal.write(Batch("mat", open_segment=segment, records=written[:100]))
    await journal.write(Batch("mat", records=written[100:]))
    [open_] = await journal.open_segments()
    assert (open_.serial, open_.identity) == (segment.serial, segment.identity)
    assert [read async for read in journal.segment_records(open_.id)] == written


async def test_each_tool_has_a_segment_of_its_own(
    journal: Journal, segment: SegmentStart, record: RecordFactory
) -> None:
    await journal.write(Batch("mat", open_segment=segment, records=[record(1)]))
    await journal.write(Batch("ball", open_segment=segment, records=[record(2)]))
    await journal.write(Batch("mat", close_segment=True))
    [ball] = await journal.open_segments()
    assert ball.tool == "ball"
    assert [read async for read in journal.segment_records(ball.id)] == [record(2)]


async def test_opening_a_segment_closes_the_one_before(
    journal: Journal, segment: SegmentStart, record: RecordFactory
) -> None:
    await journal.write(Batch("mat", open_segment=segment, records=[record(1)]))
    later = SegmentStart(segment.serial, segment.identity, segment.opened_us + 1)
    await journal.write(Batch("mat", open_segment=later, records=[record(2)]))
    [open_] = await journal.open_segments()
    assert open_.opened_us == later.opened_us
    assert [read async for read in journal.segment_records(open_.id)] == [record(2)]


async def test_a_batch_is_written_whole_or_not_at_all(
    journal: Journal, event: EventFactory, record: RecordFactory
) -> None:
    with pytest.raises(ValueError, match="no open segment"):
        await journal.write(Batch("mat", records=[record(1)], events=[event(1)]))
    with pytest.raises(ValueError, match="no open segment"):
        await journal.write(Batch("mat", events=[event(1)], close_segment=True))
    assert await journal.unsent(10) == []


async def test_events_need_no_segment(journal: Journal, event: EventFactory) -> None:
    assert len(await journal.write(Batch("mat", events=[event(1)]))) == 1


async def test_the_last_session_is_the_one_that_ended_last(journal: Journal) -> None:
    def summary(name: str, ended_us: int) -> Batch:
        return Batch("mat", summary=FinishedSession(name, None, ended_us, name.encode()))

    assert await journal.last_session("mat") is None
    for name, ended_us in (("a", 2), ("b", 3), ("c", 1)):
        await journal.write(summary(name, ended_us))
    assert await journal.last_session("mat") == b"b"
    assert await journal.last_session("ball") is None


async def test_the_first_reply_to_a_command_is_kept_for_a_day(journal: Journal) -> None:
    await journal.remember_reply("c1", b"first", 1000)
    await journal.remember_reply("c1", b"second", 2000)
    assert await journal.recall_reply("c1", 2000) == b"first"
    assert await journal.recall_reply("c1", 1000 + DAY_US) == b"first"
    assert await journal.recall_reply("c1", 1001 + DAY_US) is None
    assert await journal.recall_reply("c2", 2000) is None


async def test_old_replies_are_forgotten_when_new_ones_come(journal: Journal) -> None:
    await journal.remember_reply("old", b"x", 0)
    await journal.remember_reply("new", b"y", DAY_US + 1)
    assert await journal.recall_reply("old", 0) is None
    assert await journal.recall_reply("new", DAY_US + 1) == b"y"


async def test_documents_and_profiles_are_replaced_and_forgotten(journal: Journal) -> None:
    await journal.put_document("tool/mat", b"1")
    await journal.put_document("tool/mat", b"2")
    await journal.put_document("bridge", b"3")
    assert await journal.documents("tool/") == {"tool/mat": b"2"}
    await journal.put_document("tool/mat", None)
    assert await journal.documents() == {"bridge": b"3"}
    await journal.put_profile("ann", b"1")
    await journal.put_profile("ann", b"2")
    assert await journal.profiles() == {"ann": b"2"}
