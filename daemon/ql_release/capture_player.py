"""Plays a capture's records through a pipeline, as fast as they are read.

The marks in a capture are obeyed. A capture that holds none, such as one made by another
program, gets those that its frames call for, and its gaps are given up as a live tool's are.
One that was cut out of a journal holds every mark there was, and gives its session's events.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ql_release.context import Limits
from ql_release.events import Event
from ql_release.follower import Announced, Follower, Taken
from ql_release.links.capture import CaptureReader, CaptureRecord, RecordKind
from ql_release.links.capture_frames import captured_frame
from ql_release.links.captured_session import CapturedSession
from ql_release.marks import Mark, MarkKind
from ql_release.pipeline import Watch
from ql_release.sessions.tracker import ToolIdentity
from ql_release.toolid import id_from
from ql_release.wire.control import ToolInfo, parse_info
from ql_release.wire.frames import SampleFrame, StatusFrame
from ql_release.wire.stream import Gap

ANALYSIS_BRIDGE = "analysis"
"""The bridge's id in events that no bridge has journaled."""
GAP_PATIENCE_US = 2_000_000
"""A gap that no mark closes is given up after so much more was captured, as a live one is."""


class CapturePlayer:
    """Plays one capture.

    Args:
        reader: the capture, of which only the place is used, for messages.
        watch: sees the samples as they are analysed; see `Pipeline`.

    Attributes:
        first_us: Unix microseconds of the first sample; 0 before it.
    """

    def __init__(self, reader: CaptureReader, watch: Watch | None = None) -> None:
        self.first_us = 0
        self._watch = watch
        self._reader = reader
        self._info: ToolInfo | None = None
        self._session: CapturedSession | None = None
        self._calibration: bytes | None = None
        self._follower: Follower | None = None
        self._events: list[Event] = []
        self._gap: Gap | None = None
        self._gap_since_us = 0

    def take(self, record: CaptureRecord) -> list[Event]:
        """Take the next record and return the events that it decided.

        Raises:
            DamagedRecording: when it is not what its kind says, or a mark turns out not to be.
        """
        with self._blaming_the_file():
            self._take(record)
        return self._decided()

    def finish(self) -> list[Event]:
        """End here: gaps are closed, and what is open ends at the last sample.

        Raises:
            DamagedRecording: when a mark turns out not to be what its kind says.
        """
        with self._blaming_the_file():
            return self._finish()

    @contextmanager
    def _blaming_the_file(self) -> Iterator[None]:
        """Raise what is wrong with a record as damage; a mark may show it only when it is used."""
        try:
            yield
        except ValueError as error:
            raise self._reader.damage(str(error)) from error
        except (ArithmeticError, LookupError, TypeError) as error:
            raise self._reader.damage(f"a mark is not what its kind says: {error}") from error

    def _finish(self) -> list[Event]:
        follower = self._follower
        pipeline = None if follower is None else follower.pipeline
        if follower is None or pipeline is None:
            return []
        while (gap := pipeline.gap) is not None:
            self._close(follower, gap, pipeline.now.host_us)
        self._events += pipeline.finish()
        return self._decided()

    def _take(self, record: CaptureRecord) -> None:
        match record.kind:
            case RecordKind.INFO:
                self._info = parse_info(record.data)
            case RecordKind.CALIBRATION:
                self._calibration = record.data
            case RecordKind.SESSION:
                self._session = CapturedSession.from_json(record.data)
            case RecordKind.MARK:
                self._following().feed(Mark.from_json(record.data))
            case RecordKind.FRAME:
                self._frame(self._following(), record)

    def _following(self) -> Follower:
        """Return the follower of the tool that the capture told of."""
        if self._follower is None:
            if self._info is None:
                raise ValueError("the capture does not tell which tool it is from")
            self._follower = self._follower_of(self._info)
        return self._follower

    def _follower_of(self, info: ToolInfo) -> Follower:
        session = self._session
        if session is None:
            identity = ToolIdentity(info.serial, id_from(info.serial, info.name), ANALYSIS_BRIDGE)
            return Follower(identity, Limits(), self._on_taken, source="import", watch=self._watch)
        identity = ToolIdentity(info.serial, session.tool, session.bridge)
        return Follower(
            identity, Limits(), self._on_taken, source=session.source, watch=self._watch
        )

    def _frame(self, follower: Follower, record: CaptureRecord) -> None:
        match captured_frame(record.data):
            case SampleFrame() as frame:
                self._announce(follower, frame, record.host_us)
                follower.samples(record.data, frame, record.host_us)
                self._note_first(follower, frame)
            case StatusFrame() as status:
                follower.status(status, record.host_us)
        if self._session is None:
            self._judge_gap(follower, record.host_us)

    def _announce(self, follower: Follower, frame: SampleFrame, host_us: int) -> None:
        """Begin the stream that INFO told of, where no mark and no status frame did."""
        if follower.pipeline is not None or follower.announced:
            return
        if self._info is None or self._calibration is None:
            raise ValueError("the capture does not tell the tool's calibration")
        follower.announce(Announced(self._info.uid, self._calibration, frame.index), host_us)

    def _note_first(self, follower: Follower, frame: SampleFrame) -> None:
        pipeline = follower.pipeline
        if self.first_us == 0 and pipeline is not None:
            self.first_us = pipeline.context.line.at(pipeline.device_time(frame))

    def _judge_gap(self, follower: Follower, host_us: int) -> None:
        gap = None if follower.pipeline is None else follower.pipeline.gap
        if gap != self._gap:
            self._gap, self._gap_since_us = gap, host_us
        elif gap is not None and host_us - self._gap_since_us >= GAP_PATIENCE_US:
            self._close(follower, gap, host_us)

    def _close(self, follower: Follower, gap: Gap, host_us: int) -> None:
        follower.mark(MarkKind.GAP_CLOSED, host_us, {}, gap.first + gap.count)

    def _on_taken(self, taken: Taken) -> None:
        self._events += taken.events

    def _decided(self) -> list[Event]:
        events, self._events = self._events, []
        if self._session is None:
            return events
        return [event for event in events if event.session == self._session.session]
