"""Journals and events to test them with."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ql_release.events import HoldStarted
from ql_release.journal import Journal, SegmentRecord, SegmentStart
from ql_release.payloads.base import rfc3339

START_US = 1_790_000_000_000_000

EventFactory = Callable[..., HoldStarted]
RecordFactory = Callable[..., SegmentRecord]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's journal is."""
    return tmp_path / "journal.db"


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[Journal]:
    """A new journal, whose writes do not wait for company."""
    async with await Journal.open(path, window_s=0) as opened:
        yield opened


@pytest.fixture
def event() -> EventFactory:
    """Make the n-th event of a tool; n names it."""

    def make(n: int, *, tool: str = "mat", person: str | None = None) -> HoldStarted:
        moment = rfc3339(START_US + n * 1000)
        return HoldStarted(
            id=f"{n:032x}",
            bridge="pi",
            tool=tool,
            at=moment,
            decided_at=moment,
            session="a" * 32,
            person=person,
            placement=None,
        )

    return make


@pytest.fixture
def segment() -> SegmentStart:
    """The beginning of a segment."""
    return SegmentStart(serial=b"\1\2\3\4\5\6\7\x08", identity='{"zones":4}', opened_us=START_US)


@pytest.fixture
def record() -> RecordFactory:
    """Make the n-th record of a segment."""

    def make(n: int, kind: str = "frame", uid: int = 2**64 - 1) -> SegmentRecord:
        return SegmentRecord(kind, START_US + n, uid, n * 10, f"{kind} {n}".encode())

    return make
