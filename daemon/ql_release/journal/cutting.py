"""One session's records out of those of a segment.

A segment begins from an idle pipeline and ends with the next one. Nearly always that is one
session; but when somebody is on the tool again just as a session ends, the next one's records
follow in the same segment. Then the segment is played, and what a new pipeline needs to tell of
the one session is kept: other people's time on the tool is not handed on where that is possible.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ql_release.context import Context
from ql_release.events import Event, SessionEnded, SessionStarted, body
from ql_release.journal.records import SegmentRecord
from ql_release.marks import ANSWERS, Mark, MarkKind
from ql_release.payloads.session import Source
from ql_release.pipeline import FrameRecord, Pipeline, Record
from ql_release.sessions.moment import ToolIdentity


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A record at which a new pipeline could have begun.

    Attributes:
        number: of the record, in the segment.
        context: what is in force before it.
        index: the sample that is due there.
    """

    number: int
    context: Context
    index: int

    def mark(self, host_us: int) -> SegmentRecord:
        """Return the mark that begins a segment here."""
        uid = self.context.uid
        mark = Mark(MarkKind.CONTEXT, uid, self.index, host_us, self.context.to_data())
        return SegmentRecord("mark", host_us, uid, self.index, mark.to_json())


class Segment:
    """A segment's records, to be cut.

    Args:
        identity: the tool, as the bridge called it.
        source: where the samples came from.
        records: all of them, in order.
    """

    def __init__(
        self, identity: ToolIdentity, source: Source, records: Sequence[SegmentRecord]
    ) -> None:
        self._identity = identity
        self._source = source
        self._records = records

    def cut(self, session: str) -> list[SegmentRecord]:
        """Return what gives a session's events again, and as little besides as can be.

        Args:
            session: its id; it is in this segment.

        Raises:
            ValueError: when a record is none that this version can read.
        """
        beginning, last = self._bounds(session)
        whole = self._about(session, self._records[: last + 1])
        if beginning is None:
            return whole
        records = self._records[beginning.number : last + 1]
        own = [beginning.mark(records[0].host_us), *self._about(session, records)]
        return own if self._told(own, session) == self._told(whole, session) else whole

    def _bounds(self, session: str) -> tuple[_Beginning | None, int]:
        """Return where the session could begin if it is not the first, and its last record."""
        beginnings: deque[_Beginning] = deque()
        begun: _Beginning | None = None
        first = True
        pipeline: Pipeline | None = None
        for number, stored in enumerate(self._records):
            record = _record(stored)
            if pipeline is None:
                pipeline = self._begin(record)
                continue
            _note(beginnings, number, pipeline)
            events = pipeline.feed(record)
            _let_go(beginnings, pipeline)
            for event in events:
                if isinstance(event, SessionStarted):
                    if event.id == session and not first:
                        begun = beginnings[0] if beginnings else None
                    first = False
                elif isinstance(event, SessionEnded) and event.session == session:
                    return begun, number
        return begun, len(self._records) - 1

    def _told(self, records: Sequence[SegmentRecord], session: str) -> list[bytes]:
        """Return what a new pipeline tells of a session from some records."""
        pipeline: Pipeline | None = None
        events: list[Event] = []
        for stored in records:
            record = _record(stored)
            if pipeline is None:
                pipeline = self._begin(record)
            else:
                events += pipeline.feed(record)
        return [body(event) for event in events if event.session == session]

    def _begin(self, record: Record) -> Pipeline | None:
        if not isinstance(record, Mark) or record.kind is not MarkKind.CONTEXT:
            return None
        context = Context.from_data(record.uid, record.data)
        return Pipeline(self._identity, context, record.index, source=self._source)

    @staticmethod
    def _about(session: str, records: Sequence[SegmentRecord]) -> list[SegmentRecord]:
        """Return the records without answers about other sessions."""
        return [record for record in records if not _is_other_answer(record, session)]


def _note(beginnings: deque[_Beginning], number: int, pipeline: Pipeline) -> None:
    """Note a record as a beginning if nothing that came before it still waits."""
    context = pipeline.context
    if beginnings and beginnings[-1].context.uid != context.uid:
        beginnings.clear()  # another stream began: nothing before it matters
    calibrated = (pipeline.calibration, pipeline.mask) == (context.calibration, context.mask)
    if pipeline.gap is None and calibrated:
        known = replace(context, device_us=pipeline.device_us)
        beginnings.append(_Beginning(number, known, pipeline.next_index))


def _let_go(beginnings: deque[_Beginning], pipeline: Pipeline) -> None:
    """Drop the beginnings that lie before one which is early enough."""
    while len(beginnings) > 1 and beginnings[1].index <= pipeline.resume_index:
        beginnings.popleft()


def _record(stored: SegmentRecord) -> Record:
    if stored.kind == "mark":
        return Mark.from_json(stored.data)
    return FrameRecord(stored.host_us, stored.data)


def _is_other_answer(stored: SegmentRecord, session: str) -> bool:
    if stored.kind != "mark":
        return False
    mark = Mark.from_json(stored.data)
    return mark.kind in ANSWERS and mark.data.get("session") != session
