"""A session that was open when the daemon last stopped, as the journal left it."""

from collections.abc import AsyncIterator

from ql_release.context import Context
from ql_release.events import Event
from ql_release.journal import Journal, OpenSegment, SegmentRecord
from ql_release.marks import Mark, MarkKind
from ql_release.pipeline import FrameRecord, Pipeline, Record
from ql_release.sessions.tracker import ToolIdentity
from ql_release.tools.recorder import stored_source


async def rebuilt(
    journal: Journal, segment: OpenSegment, bridge: str
) -> tuple[Pipeline | None, list[Event]]:
    """Return the pipeline that a segment's records lead to, and what it decided.

    The pipeline is None when not even the segment's beginning was written.

    Args:
        journal: holds the records.
        segment: the segment.
        bridge: the id of this bridge.

    Raises:
        ValueError: when a record is none that this version can read.
        JournalError: when the journal cannot be read.
    """
    identity = ToolIdentity(segment.serial, segment.tool, bridge)
    pipeline: Pipeline | None = None
    events: list[Event] = []
    try:
        source = stored_source(segment.identity)
        async for record in _records(journal.segment_records(segment.id)):
            if pipeline is not None:
                events += pipeline.feed(record)
            elif isinstance(record, Mark) and record.kind is MarkKind.CONTEXT:
                context = Context.from_data(record.uid, record.data)
                pipeline = Pipeline(identity, context, record.index, source=source)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a mark lacks {error}") from error
    except ArithmeticError as error:
        raise ValueError(f"a mark is not what it should be: {error}") from error
    return pipeline, events


async def _records(stored: AsyncIterator[SegmentRecord]) -> AsyncIterator[Record]:
    async for record in stored:
        if record.kind == "mark":
            yield Mark.from_json(record.data)
        else:
            yield FrameRecord(record.host_us, record.data)
