"""What goes into the journal and what comes out of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ql_release.events import Event

RecordKind = Literal["frame", "mark"]


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """One input of the pipeline, as it must be fed again to get the same events.

    Attributes:
        kind: a frame of the tool, or a mark of the host.
        host_us: when it arrived or was decided, Unix µs.
        uid: the stream it belongs to, 64 bits.
        index: the sample it begins with or takes effect before.
        data: the wire message, or the mark's JSON.
    """

    kind: RecordKind
    host_us: int
    uid: int
    index: int
    data: bytes


@dataclass(frozen=True, slots=True)
class SegmentStart:
    """Begins a segment: the inputs from an idle pipeline on.

    Attributes:
        serial: the tool's hardware serial number.
        identity: what else the pipeline must know of the tool, as JSON.
        opened_us: when, Unix µs.
    """

    serial: bytes
    identity: str
    opened_us: int


@dataclass(frozen=True, slots=True)
class FinishedSession:
    """The summary of a session that is over.

    Attributes:
        session: its id.
        person: whose it was, or None.
        ended_us: when it ended, Unix µs.
        body: the summary as published.
    """

    session: str
    person: str | None
    ended_us: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ProfileRecord:
    """A person's profile, to be kept in place of the one before.

    Attributes:
        person: whose.
        document: its JSON.
    """

    person: str
    document: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What one tool adds to the journal in one transaction, in the order of the attributes.

    Attributes:
        tool: the tool's id.
        open_segment: begins a segment; one that was open is closed.
        records: inputs of the open segment.
        events: what was decided; those already journaled are left out.
        summary: a session that is over.
        close_segment: the open segment is complete, nothing will need it again.
        profiles: by the id of one of the events, what it makes of a person's profile; left out
            with the event when that is journaled already.
        documents: small documents to keep in place of those before, by their keys.
        people: who used the tool meanwhile, besides those whose the events are.
    """

    tool: str
    open_segment: SegmentStart | None = None
    records: Sequence[SegmentRecord] = ()
    events: Sequence[Event] = ()
    summary: FinishedSession | None = None
    close_segment: bool = False
    profiles: Mapping[str, ProfileRecord] = field(default_factory=dict)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    people: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event that is committed.

    Attributes:
        seq: its number in the journal.
        id: its id.
        tool: the tool that measured it.
        family: session, pressure or release.
        decided_us: when its deciding sample was measured, Unix µs.
        body: its JSON without `epoch`, `seq` and `live`.
    """

    seq: int
    id: str
    tool: str
    family: str
    decided_us: int
    body: bytes


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """A segment that was not closed when the daemon last stopped.

    Attributes:
        id: names it for `Journal.segment_records`.
        tool: the tool's id.
        serial: the tool's hardware serial number.
        identity: what `SegmentStart` held.
        opened_us: when it began, Unix µs.
    """

    id: int
    tool: str
    serial: bytes
    identity: str
    opened_us: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of what was journaled.

    Attributes:
        epoch: the journal's epoch; all numbers below are of it.
        events: complete events, `live` false, in the order of `seq`.
        next_seq: ask for what comes after this number next.
        more: whether there is more now.
        oldest_seq: the oldest event that is still kept; None in an empty journal.
    """

    epoch: str
    events: Sequence[bytes]
    next_seq: int
    more: bool
    oldest_seq: int | None


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a person was erased.

    Attributes:
        events: events.
        sessions: summaries.
        segments: stretches of raw frames.
    """

    events: int
    sessions: int
    segments: int
