"""History in pages: by epoch and number, at most 200 events and 64 kB."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Batch, HistoryPage, Journal

EventFactory = Callable[..., HoldStarted]

KIB = 1024


async def _fill(journal: Journal, event: EventFactory, count: int) -> None:
    await journal.write(Batch("mat", events=[event(n) for n in range(count)]))


def _seqs(page: HistoryPage) -> list[int]:
    return [json.loads(document)["seq"] for document in page.events]


async def test_paging_gives_every_event_once_and_in_order(
    journal: Journal, event: EventFactory
) -> None:
    await _fill(journal, event, 500)
    seen: list[int] = []
    page = await journal.history()
    while True:
        assert len(page.events) <= 200
        assert sum(map(len, page.events)) < 64 * KIB
        seen += _seqs(page)
        if not page.more:
            break
        page = await journal.history(page.next_seq, page.epoch)
    assert seen == list(range(1, 501))


async def test_each_event_is_complete_and_not_live(journal: Journal, event: EventFactory) -> None:
    await _fill(journal, event, 1)
    page = await journal.history()
    fields = json.loads(page.events[0])
    assert (fields["epoch"], fields["seq"], fields["live"]) == (journal.epoch, 1, False)


async def test_the_limit_is_kept_and_never_above_the_contracts(
    journal: Journal, event: EventFactory
) -> None:
    await _fill(journal, event, 250)
    assert _seqs(await journal.history(limit=3)) == [1, 2, 3]
    assert len((await journal.history(limit=1000, max_bytes=KIB * KIB)).events) == 200


async def test_a_page_ends_before_it_is_too_long(journal: Journal, event: EventFactory) -> None:
    await _fill(journal, event, 50)
    page = await journal.history(max_bytes=4 * KIB)
    assert 0 < len(page.events) < 50
    assert sum(map(len, page.events)) <= 3 * KIB
    assert page.more


async def test_an_event_longer_than_a_page_is_a_page_of_its_own(
    journal: Journal, event: EventFactory
) -> None:
    await _fill(journal, event, 2)
    page = await journal.history(max_bytes=1)
    assert _seqs(page) == [1]
    assert _seqs(await journal.history(page.next_seq, page.epoch, max_bytes=1)) == [2]


async def test_another_epoch_means_from_the_oldest(journal: Journal, event: EventFactory) -> None:
    await _fill(journal, event, 3)
    assert _seqs(await journal.history(2, "0" * 16)) == [1, 2, 3]
    assert _seqs(await journal.history(2, None)) == [1, 2, 3]
    assert _seqs(await journal.history(2, journal.epoch)) == [3]


async def test_a_number_that_was_not_given_yet_means_from_the_oldest(
    journal: Journal, event: EventFactory
) -> None:
    await _fill(journal, event, 3)
    assert _seqs(await journal.history(4, journal.epoch)) == [1, 2, 3]


@pytest.mark.parametrize("after", [None, 0])
async def test_an_empty_journal_has_an_empty_page(journal: Journal, after: int | None) -> None:
    page = await journal.history(after, journal.epoch)
    assert (page.events, page.next_seq, page.more, page.oldest_seq) == ([], 0, False, None)


async def test_who_is_up_to_date_gets_nothing_and_the_same_place(
    journal: Journal, event: EventFactory
) -> None:
    await _fill(journal, event, 3)
    page = await journal.history(3, journal.epoch)
    assert (page.events, page.next_seq, page.more, page.oldest_seq) == ([], 3, False, 1)


@pytest.mark.parametrize("spoilt", [b"\x00\x01", b'{"v":1,', b"[]}", "text", None, 7])
async def test_an_event_that_the_disk_has_spoilt_holds_up_no_other(
    journal: Journal,
    path: Path,
    event: EventFactory,
    spoilt: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _fill(journal, event, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET body = ? WHERE seq = 2", (spoilt or b"",))
    page = await journal.history(limit=2)
    assert (_seqs(page), page.next_seq, page.more) == ([1], 2, True)
    page = await journal.history(page.next_seq, page.epoch)
    assert (_seqs(page), page.more) == ([3], False)
    assert caplog.messages == ["Event 2 cannot be read any more and is left out of the history."]


async def test_a_letter_that_the_disk_has_spoilt_holds_up_no_other(
    journal: Journal, path: Path, event: EventFactory
) -> None:
    await _fill(journal, event, 3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE events SET tool = CAST(x'6dff74' AS TEXT) WHERE seq = 2")
    assert [stored.seq for stored in await journal.unsent(10)] == [1, 2, 3]
    assert _seqs(await journal.history()) == [1, 2, 3]
