"""Follows a tool's frames: makes the marks that the frames themselves call for.

A new stream, a new calibration: the frames tell of both, and the pipeline learns of them by
marks, so that a replay has them in the right place. Pure, like the pipeline; used live and for
captures.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ql_release.context import ALL_ZONES, ClockLine, Context, Limits
from ql_release.events import Event
from ql_release.marks import Mark, MarkKind
from ql_release.payloads.session import Source
from ql_release.pipeline import STREAM_MASK, FrameRecord, Pipeline, Record, Watch
from ql_release.sessions.tracker import ToolIdentity
from ql_release.wire.frames import SampleFrame, StatusFrame
from ql_release.wire.limits import U32


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that the pipeline has taken.

    Attributes:
        record: the frame or mark.
        index: the first sample of the frame, or the mark's.
        end: the index after the frame's last sample; for a mark its index.
        before: what was in force before it.
        expected: the next sample that was due before it.
        events: what it decided.
    """

    record: Record
    index: int
    end: int
    before: Context
    expected: int
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Announced:
    """A stream of which no sample has come yet.

    Attributes:
        uid: its uid.
        calibration: the calibration block in force.
        index: index of its next sample.
        mask: zones that are measured, one bit each.
    """

    uid: int
    calibration: bytes
    index: int
    mask: int = ALL_ZONES


class Follower:
    """Feeds one tool's pipeline.

    Args:
        identity: the tool.
        limits: in force when the first stream begins.
        on_taken: is told of every record right after the pipeline took it.
        source: "import" when the frames come from a file.
        pipeline: one that was rebuilt, to go on with.
        watch: sees the samples as they are analysed; see `Pipeline`.
    """

    def __init__(
        self,
        identity: ToolIdentity,
        limits: Limits,
        on_taken: Callable[[Taken], None],
        *,
        source: Source = "tool",
        pipeline: Pipeline | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._identity = identity
        self._source = source
        self._watch = watch
        self._on_taken = on_taken
        self._announced: Announced | None = None
        self.pipeline = pipeline
        self.limits = limits
        self.person = None if pipeline is None else pipeline.context.person
        self.placement = None if pipeline is None else pipeline.context.placement

    @property
    def announced(self) -> bool:
        """Whether a stream is expected of which no sample has come yet."""
        return self._announced is not None

    def announce(self, stream: Announced, host_us: int) -> bool:
        """Note which stream the tool sends now; return whether it is another than before."""
        pipeline = self.pipeline
        if pipeline is None or pipeline.context.uid != stream.uid:
            self._announced = stream
            return True
        if pipeline.calibration != stream.calibration:
            self._recalibrate(pipeline.next_index, stream.calibration, pipeline.mask, host_us)
        return False

    def status(self, status: StatusFrame, host_us: int) -> bool:
        """Take a status frame; return whether it tells of another stream."""
        block, mask = status.calibration_block, _measured(status)
        announced, pipeline = self._announced, self.pipeline
        if announced is not None and announced.uid == status.uid:
            self._announced = replace(announced, calibration=block, mask=mask)
        elif pipeline is None or pipeline.context.uid != status.uid:
            return self.announce(Announced(status.uid, block, status.index, mask), host_us)
        elif (pipeline.calibration, pipeline.mask) != (block, mask):
            self._recalibrate(status.index, block, mask, host_us)
        return False

    def samples(self, message: bytes, frame: SampleFrame, host_us: int) -> bool:
        """Take a sample frame; return whether it belongs to the stream that is followed."""
        if self._announced is not None and frame.stream == self._announced.uid & STREAM_MASK:
            self._begin(self._announced, frame, host_us)
        pipeline = self.pipeline
        if pipeline is None or frame.stream != pipeline.context.uid & STREAM_MASK:
            return False
        before, expected = pipeline.context, pipeline.next_index
        events = pipeline.feed_frame(frame)
        record = FrameRecord(host_us, message)
        self._on_taken(Taken(record, frame.index, frame.end, before, expected, events))
        return True

    def mark(
        self, kind: MarkKind, host_us: int, data: dict[str, Any], index: int | None = None
    ) -> list[Event]:
        """Make a decision take effect, before the next sample unless an index is given.

        Returns:
            The events that it leads to; none before the first stream.
        """
        pipeline = self.pipeline
        if pipeline is None:
            return []
        place = pipeline.next_index if index is None else index
        return self.feed(Mark(kind, pipeline.context.uid, place, host_us, data))

    def feed(self, mark: Mark) -> list[Event]:
        """Take a mark as it is; the first one of a capture may begin the first stream."""
        if self.pipeline is None:
            if mark.kind is MarkKind.CONTEXT:
                self._open(Context.from_data(mark.uid, mark.data), mark.index)
            return []
        before, expected = self.pipeline.context, self.pipeline.next_index
        events = self.pipeline.feed(mark)
        self._on_taken(Taken(mark, mark.index, mark.index, before, expected, events))
        return events

    def _begin(self, stream: Announced, frame: SampleFrame, host_us: int) -> None:
        """Take up a stream with the first of its samples that came."""
        self._announced = None
        ahead = max(0, frame.index - stream.index)
        since_us = frame.t0_us - ahead * frame.period_us & U32
        newest_us = since_us + (ahead + frame.n - 1) * frame.period_us
        context = Context(
            uid=stream.uid,
            line=ClockLine(newest_us, host_us),
            calibration=stream.calibration,
            limits=self.limits,
            person=self.person,
            placement=self.placement,
            device_us=since_us if ahead else None,
            mask=stream.mask,
        )
        if self.pipeline is None:
            self._open(context, stream.index)
        else:
            self.feed(Mark(MarkKind.CONTEXT, stream.uid, stream.index, host_us, context.to_data()))

    def _open(self, context: Context, index: int) -> None:
        self.pipeline = Pipeline(
            self._identity, context, index, source=self._source, watch=self._watch
        )

    def _recalibrate(self, index: int, block: bytes, mask: int, host_us: int) -> None:
        self.mark(MarkKind.CALIBRATION, host_us, {"block": block.hex(), "mask": mask}, index)


def _measured(status: StatusFrame) -> int:
    """Return the zones that are measured; a tool may set bits of zones that it lacks, or not."""
    lacking = ALL_ZONES << status.n_force
    return (status.mask | lacking) & ALL_ZONES
