"""What must be kept to rebuild one tool's open session, and when it goes to the journal.

While nobody is on the tool its records are kept in memory only, and only back to the point
from which the pipeline could be rebuilt: an idle tool never writes to the disk. When a session
opens, or the measurement of a threshold begins, a segment is begun with everything in force
there, followed by the records.
"""

import json
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from ql_release.events import Event, SessionEnded
from ql_release.follower import Taken
from ql_release.journal import Batch, FinishedSession, SegmentRecord, SegmentStart
from ql_release.marks import Mark, MarkKind
from ql_release.payloads.base import unix_us
from ql_release.payloads.session import Source
from ql_release.pipeline import Pipeline
from ql_release.sessions.session import summary_of

FLUSH_AFTER_US = 1_000_000
"""Records of an open session wait this long at most for their commit: one write a second is
kind to an SD card, and a tool's ring replays far more than that."""
MAX_WAITING = 4096
"""Records of a session kept while the journal cannot be written: about five minutes at 100 Hz,
1 MB."""
MAX_SESSIONS = 8
"""Sessions that are over, and whose records are kept meanwhile: about four days, 8 MB …"""
MAX_EVENTS = 4096
"""… and of all others the events: weeks, 12 MB. Beyond that the oldest are lost."""
DECISIONS = frozenset({MarkKind.PERSON, MarkKind.PLACE, MarkKind.SETTINGS, MarkKind.THRESHOLD})
"""What people decided and no tool can replay is written at once."""
POSITION = "position/"
"""Journal documents of where each tool's last session left off, by the tool's id."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a tool's stream before which no sample is of interest any more.

    Attributes:
        uid: the stream's uid.
        index: the first sample of interest.
    """

    uid: int
    index: int

    @classmethod
    def of(cls, pipeline: Pipeline) -> Self:
        """Return where an idle pipeline goes on."""
        return cls(pipeline.context.uid, pipeline.next_index)

    def document(self, tool: str) -> dict[str, bytes]:
        """Return it as the journal keeps it."""
        fields = {"uid": self.uid, "index": self.index}
        return {f"{POSITION}{tool}": json.dumps(fields).encode()}

    @classmethod
    def from_document(cls, document: bytes) -> Self:
        """Return what `document` made."""
        return cls(**json.loads(document))


@dataclass(slots=True)
class _Waiting:
    start: SegmentStart | None = None
    records: list[SegmentRecord] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    close: bool = False
    ended: Position | None = None
    decided: bool = False
    since_us: int | None = None


class Recorder:
    """Decides what of a tool's records is journaled.

    Args:
        tool: the tool's id.
        serial: its hardware serial number.
        open_segment: whether the pipeline was rebuilt from a segment that goes on.
    """

    def __init__(self, tool: str, serial: bytes, *, open_segment: bool = False) -> None:
        self._tool = tool
        self._serial = serial
        self._open = open_segment
        self._idle: deque[Taken] = deque()
        self._over: deque[_Waiting] = deque()
        self._waiting = _Waiting()

    def add(self, taken: Taken, pipeline: Pipeline) -> None:
        """Note what the pipeline has just taken.

        Args:
            taken: the frame or mark, and what it decided.
            pipeline: the pipeline, after it.
        """
        if self._open:
            _keep(self._waiting.records, _stored(taken))
        else:
            self._add_idle(taken, pipeline)
        waiting = self._waiting
        waiting.decided |= self._open and _is_decision(taken)
        waiting.events.extend(taken.events)
        if self._open and pipeline.tracker.person is not None:
            waiting.people.add(pipeline.tracker.person)
        if waiting.since_us is None and (waiting.records or waiting.events):
            waiting.since_us = taken.record.host_us
        if self._open and pipeline.idle:
            waiting.close, self._open = True, False
            waiting.ended = Position.of(pipeline)

    def owe(self, events: Sequence[Event]) -> None:
        """Note events of the open session that were decided before this began."""
        self._waiting.events.extend(events)

    def due(self, now_us: int) -> bool:
        """Return whether something waits that must be written now."""
        waiting = self._waiting
        if self._over or waiting.events or waiting.close or waiting.decided:
            return True
        # The clock may have been set back meanwhile.
        return waiting.since_us is not None and abs(now_us - waiting.since_us) >= FLUSH_AFTER_US

    @property
    def behind(self) -> bool:
        """Whether sessions wait that were over before the present one began."""
        return bool(self._over)

    def take(self) -> Batch | None:
        """Return what is to be written next in one transaction; None if nothing is."""
        if self._over:
            waiting = self._over.popleft()
        else:
            waiting, self._waiting = self._waiting, _Waiting()
        if not (waiting.records or waiting.events or waiting.close):
            return None
        return Batch(
            tool=self._tool,
            open_segment=waiting.start,
            records=waiting.records,
            events=waiting.events,
            summary=finished_session(waiting.events),
            close_segment=waiting.close,
            documents={} if waiting.ended is None else waiting.ended.document(self._tool),
            people=waiting.people,
        )

    def _add_idle(self, taken: Taken, pipeline: Pipeline) -> None:
        if taken.before.uid != pipeline.context.uid:
            self._idle.clear()  # another stream began: nothing before it matters
            return
        self._idle.append(taken)
        if pipeline.tracker.open is not None or pipeline.tracker.paused:
            self._begin(pipeline)
        else:
            self._let_go(pipeline)

    def _let_go(self, pipeline: Pipeline) -> None:
        """Drop the records that a rebuild can do without.

        It can begin at any record before which everything had been taken that came until then:
        no sample waited behind a gap, no calibration for its sample.
        """
        needless, complete_at = 0, 0
        for number, taken in enumerate(self._idle):
            if taken.expected > pipeline.resume_index:
                break
            if complete_at <= taken.expected:
                needless = number
            complete_at = max(complete_at, _done_at(taken))
        else:
            if complete_at <= min(pipeline.next_index, pipeline.resume_index):
                needless = len(self._idle)
        for _ in range(max(needless, len(self._idle) - MAX_WAITING)):
            self._idle.popleft()

    def _put_away(self) -> None:
        """Keep a session that is over and not written apart from the one that begins."""
        self._over.append(self._waiting)
        self._waiting = _Waiting()
        whole = [waiting for waiting in self._over if waiting.records]
        for waiting in whole[:-MAX_SESSIONS]:
            _LOGGER.warning("%s: a session's raw frames are lost, its events are kept", self._tool)
            waiting.start, waiting.records, waiting.close = None, [], False
        while sum(len(waiting.events) for waiting in self._over) > MAX_EVENTS:
            lost = self._over.popleft()
            _LOGGER.error("%s: %d events of a session are lost", self._tool, len(lost.events))

    def _begin(self, pipeline: Pipeline) -> None:
        if self._waiting.close:
            self._put_away()
        first = self._idle[0]
        before, opened_us = first.before, first.record.host_us
        # The clock line in force may be hours old: too far from the samples' 32-bit times.
        data = replace(before, device_us=pipeline.device_us).to_data()
        start = Mark(MarkKind.CONTEXT, before.uid, first.expected, opened_us, data)
        self._waiting.start = SegmentStart(
            self._serial, json.dumps({"source": pipeline.source}), opened_us
        )
        self._waiting.records = [_stored_mark(start), *map(_stored, self._idle)]
        self._idle.clear()
        self._open = True


def stored_source(identity: str) -> Source:
    """Return where a segment's samples came from, as its start tells."""
    return "import" if json.loads(identity)["source"] == "import" else "tool"


def _done_at(taken: Taken) -> int:
    """Return the sample that must be due before nothing of this waits any more."""
    if taken.index > taken.expected and isinstance(taken.record, Mark):
        return taken.index + 1  # it takes effect with its sample
    return taken.end


def _is_decision(taken: Taken) -> bool:
    return isinstance(taken.record, Mark) and taken.record.kind in DECISIONS


def _keep(records: list[SegmentRecord], record: SegmentRecord) -> None:
    """Add a record; when there are too many the oldest frame goes, for a mark is needed more."""
    records.append(record)
    if len(records) > MAX_WAITING:
        del records[next((at for at, kept in enumerate(records) if kept.kind == "frame"), 0)]


def _stored(taken: Taken) -> SegmentRecord:
    record = taken.record
    if isinstance(record, Mark):
        return _stored_mark(record)
    return SegmentRecord("frame", record.host_us, taken.before.uid, taken.index, record.message)


def _stored_mark(mark: Mark) -> SegmentRecord:
    return SegmentRecord("mark", mark.host_us, mark.uid, mark.index, mark.to_json())


def finished_session(events: Sequence[Event]) -> FinishedSession | None:
    """Return the last session that ended among some events."""
    for event in reversed(events):
        if isinstance(event, SessionEnded):
            summary = summary_of(event)
            body = summary.model_dump_json().encode()
            return FinishedSession(summary.session, event.person, unix_us(event.at), body)
    return None
