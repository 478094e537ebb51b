"""Erasing a person removes all that is theirs and nothing else."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ql_release.events import Felt, HoldStarted
from ql_release.journal import (
    Batch,
    FinishedSession,
    Journal,
    JournalError,
    Limits,
    SegmentRecord,
    SegmentStart,
)
from ql_release.journal.upkeep import Upkeep
from ql_release.marks import Mark, MarkKind

EventFactory = Callable[..., HoldStarted]
RecordFactory = Callable[..., SegmentRecord]


SessionWriter = Callable[[Journal, str, int], Awaitable[None]]


@pytest.fixture
def write_session(
    event: EventFactory, segment: SegmentStart, record: RecordFactory
) -> SessionWriter:
    """Journal the n-th session of all, a finished one of somebody."""

    async def write(journal: Journal, person: str, n: int) -> None:
        batch = Batch(
            "mat",
            open_segment=segment,
            records=[record(n)],
            events=[event(n, person=person)],
            summary=FinishedSession(f"s{n}", person, n, b"{}"),
            close_segment=True,
        )
        await journal.write(batch)

    return write


async def test_what_is_theirs_goes_and_what_is_others_stays(
    journal: Journal, record: RecordFactory, write_session: SessionWriter
) -> None:
    await write_session(journal, "ann", 1)
    await write_session(journal, "bob", 2)
    await journal.put_profile("ann", b"{}")
    await journal.put_profile("bob", b"{}")
    erased = await journal.erase("ann")
    assert (erased.events, erased.sessions, erased.segments) == (1, 1, 1)
    assert [left.seq for left in await journal.unsent(10)] == [2]
    assert list(await journal.profiles()) == ["bob"]
    assert [read async for read in journal.segment_records(1)] == []
    assert [read async for read in journal.segment_records(2)] == [record(2)]


async def test_numbers_of_erased_events_are_not_given_again(
    journal: Journal, event: EventFactory, write_session: SessionWriter
) -> None:
    await write_session(journal, "ann", 1)
    await journal.erase("ann")
    [stored] = await journal.write(Batch("mat", events=[event(2)]))
    assert stored.seq == 2


async def test_nothing_is_erased_while_their_session_is_open(
    journal: Journal, event: EventFactory, segment: SegmentStart, record: RecordFactory
) -> None:
    await journal.write(
        Batch("mat", open_segment=segment, records=[record(1)], events=[event(1, person="ann")])
    )
    with pytest.raises(JournalError, match="open session"):
        await journal.erase("ann")
    assert await journal.outbox_depth() == 1


async def test_no_trace_is_left_in_the_files(path: Path, write_session: SessionWriter) -> None:
    async with await Journal.open(path, window_s=0) as journal:
        await write_session(journal, "ann-who-left", 1)
        await journal.erase("ann-who-left")
        assert b"ann-who-left" not in _contents(path.parent)


def _contents(folder: Path) -> bytes:
    """Return everything in the journal's files, as a thief of the card would find it."""
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize("compressed", [False, True])
async def test_an_answer_given_while_somebody_else_is_on_the_tool_takes_no_frames(
    journal: Journal,
    event: EventFactory,
    segment: SegmentStart,
    record: RecordFactory,
    write_session: SessionWriter,
    *,
    compressed: bool,
) -> None:
    """Ann answers about her session during Bob's; of his only her answer goes."""
    await write_session(journal, "ann", 1)
    release = "b" * 32
    answer = Felt.model_validate(
        event(3, person="ann").model_dump(exclude={"family", "type"})
        | {"release": release, "felt": True}
    )
    data = {"command": "c1", "release": release, "felt": True, "person": "ann"}
    mark = Mark(MarkKind.FELT, 7, 25, segment.opened_us + 3, data)
    stored = SegmentRecord("mark", mark.host_us, mark.uid, mark.index, mark.to_json())
    garbage = SegmentRecord("mark", mark.host_us, mark.uid, mark.index, b"{")
    await journal.write(
        Batch(
            "mat",
            open_segment=segment,
            records=[record(2), stored, garbage, record(3)],
            events=[event(2, person="bob"), answer],
        )
    )
    if compressed:
        await journal.write(Batch("mat", close_segment=True))
        upkeep = Upkeep(Limits(2**60, 2**60, 2**60, 2**60))
        while await journal._tidy(upkeep, segment.opened_us):
            pass
    erased = await journal.erase("ann")
    assert (erased.events, erased.segments) == (2, 1)
    left = [read async for read in journal.segment_records(2)]
    assert left == [record(2), garbage, record(3)]
