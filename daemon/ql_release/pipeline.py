"""One tool's pure path: what was journaled goes in, events come out.

The same records in the same order give the same events with the same ids, whether they come
from a live tool, from the journal after a crash or from a capture file. So there is no clock
and no I/O here: time-outs, commands and settings arrive as marks (see `marks`).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ql_release.context import Context, Limits, clock_line
from ql_release.events import Event
from ql_release.marks import Mark, MarkKind
from ql_release.payloads.session import Source
from ql_release.provisional import dated
from ql_release.sessions.tracker import Moment, SessionTracker, ToolIdentity
from ql_release.signal.calibrate import Calibrator
from ql_release.signal.detections import Detection
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock
from ql_release.signal.view import LiveView
from ql_release.units import MICROSECONDS
from ql_release.wire import messages
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.deviceclock import extend_us
from ql_release.wire.frames import SampleFrame
from ql_release.wire.stream import Gap, StreamAssembler

if TYPE_CHECKING:
    from ql_release.sessions.measuring import Cut, Measurement

LONGEST_PIECE_S = 5.0
"""Blocks are cut to this length: shorter than the pause that ends a session can be set, so that
a session's end never lies in the same piece as the end of its last contact."""
WATCHED_PIECE_S = 0.1
"""… and to this one for whoever watches: a slip takes a few tenths of a second, and a page has no
room for more of a session of minutes."""
STREAM_MASK = 0xFFFF
"""Frames name the low half of their stream's uid."""
MAX_COMING = 16
"""Calibrations that may wait for their sample: a tool tells of one at a time, and a broken one
must not fill the memory."""


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame as it arrived.

    Attributes:
        host_us: when it arrived, Unix microseconds.
        message: the frame's bytes, without transport framing.
    """

    host_us: int
    message: bytes


_End = Literal["stopped", "silence", "recording_end"]

Record = FrameRecord | Mark
Watch = Callable[["Pipeline", SampleBlock], None]
"""Is told of a piece of samples right after it was analysed: the pipeline is as it left it."""


class Pipeline:
    """Turns one tool's records into events.

    Args:
        identity: whose samples these are; enters event ids and payloads.
        context: what is in force at the first sample.
        index: index of the first sample that counts.
        source: "import" when the records come from a file.
        watch: is told of every piece of at most a tenth of a second, in order.
    """

    def __init__(
        self,
        identity: ToolIdentity,
        context: Context,
        index: int,
        *,
        source: Source = "tool",
        watch: Watch | None = None,
    ) -> None:
        self.identity = identity
        self._watch = watch
        self._longest_s = LONGEST_PIECE_S if watch is None else WATCHED_PIECE_S
        self.source = source
        self._tracker = SessionTracker(
            identity,
            context.limits,
            source=source,
            person=context.person,
            placement=context.placement,
        )
        self._measurement: Measurement | None = None
        self._begin_stream(context, index)

    @property
    def context(self) -> Context:
        """What is in force at the next sample."""
        return self._context

    @property
    def next_index(self) -> int:
        """Index of the first sample that has not been analysed."""
        return self._next

    @property
    def device_us(self) -> int:
        """Device time of the newest analysed sample, 64 bits, µs."""
        return self._device_us

    @property
    def calibration(self) -> bytes:
        """The newest calibration block that is known: in force, or waiting for its sample."""
        if self._pending:
            return bytes.fromhex(self._pending[-1].data["block"])
        return self._context.calibration

    @property
    def mask(self) -> int:
        """The zones that are measured under `calibration`, one bit each."""
        if self._pending:
            return int(self._pending[-1].data.get("mask", self._context.mask))
        return self._context.mask

    @property
    def gap(self) -> Gap | None:
        """The samples that hold up the line, or None."""
        return self._assembler.gap

    @property
    def idle(self) -> bool:
        """Whether nothing of the past matters any more: no contact, no open session.

        Nor anything that has come and waits for samples before it.
        """
        waiting = self._assembler.pending or self._pending
        return not waiting and self._detector.idle and self._tracker.idle

    @property
    def resume_index(self) -> int:
        """The first sample a new pipeline needs to reach this state while no session is open."""
        return self._detector.resume_index

    @property
    def view(self) -> LiveView:
        """The live values as of the last sample."""
        return self._detector.view

    @property
    def tracker(self) -> SessionTracker:
        """The session's state, to be read only."""
        return self._tracker

    @property
    def measurement(self) -> "Measurement | None":
        """The measurement of a threshold that goes on, or else the last one; to be read only."""
        return self._measurement

    @property
    def now(self) -> Moment:
        """The newest analysed sample."""
        return self._moment(max(0, self._next - 1), self._device_us / MICROSECONDS)

    def feed(self, record: Record) -> list[Event]:
        """Take the next record and return the events that it decided, in order."""
        if isinstance(record, Mark):
            return list(self._mark(record))
        frame = messages.decode_from_tool(record.message)
        if not isinstance(frame, SampleFrame):
            return []
        return self.feed_frame(frame)

    def feed_frame(self, frame: SampleFrame) -> list[Event]:
        """Take a sample frame that is decoded already; one of another stream is ignored."""
        if frame.stream != self._context.uid & STREAM_MASK:
            return []
        return [event for part in self._assembler.feed(frame) for event in self._frame(part)]

    def feed_block(self, block: SampleBlock) -> list[Event]:
        """Take samples that never were frames, such as a text recording's."""
        return list(self._samples(block))

    def device_time(self, frame: SampleFrame) -> int:
        """Return the 64-bit device time of a frame's first sample, µs.

        The index tells about how far the frame is, however long the tool was out of reach.
        """
        distance_us = (frame.index - self._next) * frame.period_us
        return extend_us(frame.t0_us, self._device_us + distance_us)

    def finish(self) -> list[Event]:
        """End here, as a recording does: what is open ends at its last sample."""
        return list(self._end("recording_end", self.now))

    def _begin_stream(self, context: Context, index: int) -> None:
        self._context = context
        self._pending: list[Mark] = []
        self._assembler = StreamAssembler(context.uid, index)
        self._detector = Detector(DetectorSettings(context.limits.limit_n), first_index=index)
        self._calibrator = _calibrator(context)
        self._next = index
        known_us = context.device_us
        self._device_us = context.line.device_us if known_us is None else known_us

    def _mark(self, mark: Mark) -> Iterator[Event]:
        if mark.kind is MarkKind.CONTEXT:
            yield from self._new_stream(mark)
        elif mark.uid != self._context.uid:
            return
        elif mark.kind is MarkKind.CALIBRATION and mark.index > self._next:
            self._pending = [*self._pending, mark][-MAX_COMING:]
        else:
            yield from self._obey(mark)

    def _obey(self, mark: Mark) -> Iterator[Event]:
        data = mark.data
        decided = replace(self.now, host_us=mark.host_us)
        match mark.kind:
            case MarkKind.GAP_CLOSED:
                for frame in self._assembler.close_gap(mark.index):
                    yield from self._frame(frame)
            case MarkKind.FELT:
                yield from self._tracker.felt(data, decided)
            case MarkKind.REASSIGNED:
                yield from self._tracker.reassign(moment=decided, **data)
            case MarkKind.THRESHOLD:
                self._begin_measurement(data["command"], data["person"])
            case MarkKind.STOP:
                yield from self._take_what_waits()
                yield from self._end("stopped", replace(self.now, host_us=mark.host_us))
            case MarkKind.SILENCE:
                yield from self._end("silence", decided)
            case MarkKind.RECORDING_END:
                yield from self._take_what_waits()
                yield from self._end("recording_end", self.now)
            case _:
                yield from self._put_in_force(mark, decided)

    def _take_what_waits(self) -> Iterator[Event]:
        """Analyse what has come behind gaps: it was measured before what is decided now."""
        while (gap := self.gap) is not None:
            for frame in self._assembler.close_gap(gap.first + gap.count):
                yield from self._frame(frame)

    def _put_in_force(self, mark: Mark, decided: Moment) -> Iterator[Event]:
        data = mark.data
        match mark.kind:
            case MarkKind.CLOCK:
                self._context = replace(self._context, line=clock_line(data))
            case MarkKind.DATED:
                self._give_dates(data["shift_us"])
            case MarkKind.CALIBRATION:
                self._calibrate(bytes.fromhex(data["block"]), data.get("mask"))
            case MarkKind.SETTINGS:
                self._set_limits(Limits.from_data(data))
            case MarkKind.PERSON:
                self._context = replace(self._context, person=data["person"])
                yield from self._tracker.set_person(data["person"], decided)
            case MarkKind.PLACE:
                self._context = replace(self._context, placement=data["placement"])
                yield from self._tracker.set_placement(data["placement"], decided)

    def _new_stream(self, mark: Mark) -> Iterator[Event]:
        """Go on in another stream: the tool restarted; an open session survives it."""
        context = Context.from_data(mark.uid, mark.data)
        yield from self._apply_all(self._detector.finish())
        self._cut_measurement("restarted")
        self._begin_stream(context, mark.index)
        self._tracker.rules = context.limits
        self._forget_passed_place()

    def _give_dates(self, shift_us: int) -> None:
        line = self._context.line
        self._context = replace(
            self._context, line=replace(line, host_us=dated(line.host_us, shift_us))
        )
        self._tracker.give_dates(shift_us)

    def _calibrate(self, block: bytes, mask: int | None) -> None:
        measured = self._context.mask if mask is None else mask
        self._context = replace(self._context, calibration=block, mask=measured)
        self._calibrator = _calibrator(self._context)
        if self._tracker.open is not None:
            self._tracker.open.zero.forget()

    def _set_limits(self, limits: Limits) -> None:
        self._context = replace(self._context, limits=limits)
        self._detector.settings = DetectorSettings(limits.limit_n)
        self._tracker.rules = limits

    def _frame(self, frame: SampleFrame) -> Iterator[Event]:
        """Analyse the next frame in line, cut where a pending mark takes effect."""
        device_us = self.device_time(frame)
        block = self._calibrator.block(frame, device_us)
        for mark in [mark for mark in self._pending if mark.index < frame.end]:
            self._pending.remove(mark)
            place = max(0, mark.index - block.index)
            if place:
                yield from self._samples(block.part(0, place))
            yield from self._obey(mark)
            rest = frame.after(block.index + place)
            assert rest is not None  # the mark lies before the frame's end
            rest_us = device_us + (rest.index - frame.index) * frame.period_us
            block = self._calibrator.block(rest, rest_us)
        yield from self._samples(block)

    def _samples(self, block: SampleBlock) -> Iterator[Event]:
        start = 0
        while start < len(block.t):
            stop = bisect_left(block.t, block.t[start] + self._longest_s, start + 1)
            if block.t[start] - self._device_us / MICROSECONDS > LONGEST_PIECE_S:
                stop = start + 1  # it may end a contact so long ago that the session is over, too
            whole = start == 0 and stop == len(block.t)
            yield from self._piece(block if whole else block.part(start, stop))
            self._forget_passed_place()
            start = stop

    def _piece(self, block: SampleBlock) -> Iterator[Event]:
        """Analyse a piece; where a session may end in it, sample by sample from there.

        So the same sample decides the end however the samples were cut into frames.
        """
        if self._tracker.paused:
            yield from self._measure(block)
            return
        due = self._tracker.ends_at(self._moment(block.index, block.t[0]))
        size = len(block.t)
        place = size if due is None else bisect_left(block.t, due)
        if place:
            yield from self._detect(block if place == size else block.part(0, place))
        while place < size:
            if due is None:
                yield from self._detect(block.part(place, size))
                return
            yield from self._detect(block.part(place, place + 1))
            sample = self.now
            yield from self._tracker.advance(sample, touched=not self._detector.idle)
            due = self._tracker.ends_at(sample)
            place += 1

    def _detect(self, block: SampleBlock) -> Iterator[Event]:
        self._next = block.index + len(block.t)
        self._device_us = round(block.t[-1] * MICROSECONDS)
        before = self._tracker.open
        detections = self._detector.feed(block)
        if detections:
            yield from self._apply_all(detections)
        session = self._tracker.open
        if session is not None:
            # What came before the sample that opened the session is not its own.
            begins = block.index if session is before else session.started.index + 1
            session.zero.take(block, begins - block.index)
        if self._watch is not None:
            self._watch(self, block)

    def _begin_measurement(self, command: str, person: str | None) -> None:
        from ql_release.sessions.measuring import Measurement  # noqa: PLC0415 - 0.3 MB, once a year

        if self._tracker.open is None and not self._tracker.paused:
            self._measurement = Measurement(command, person)
            self._tracker.pause()

    def _measure(self, block: SampleBlock) -> Iterator[Event]:
        """Follow a measurement sample by sample, and what comes after it in the piece."""
        measurement = self._measurement
        assert measurement is not None  # it has paused the tracker
        for place in range(len(block.t)):
            yield from self._detect(block.part(place, place + 1))
            if measurement.take(self.view):
                yield from self._end_measurement(measurement)
                if place + 1 < len(block.t):
                    yield from self._piece(block.part(place + 1, len(block.t)))
                return

    def _end_measurement(self, measurement: "Measurement") -> Iterator[Event]:
        """Let sessions go on, and tell of the threshold; a press that lasts opens no session."""
        lasts = not self._detector.idle
        yield from self._apply_all(self._detector.finish())
        self._tracker.resume(self.now, touched=lasts)
        result = measurement.routine.result
        if result is not None:
            yield self._tracker.calibrated(
                measurement.person,
                result.force_n,
                measurement.command,
                self.now,
                presses=result.presses,
                spread_pct=result.spread_pct,
                approach=result.approach,
            )

    def _cut_measurement(self, reason: "Cut") -> None:
        """End a measurement from outside, without a result."""
        if self._measurement is not None and self._tracker.paused:
            self._measurement.cut = reason
            self._tracker.resume(self.now, touched=False)

    def _apply_all(self, detections: list[Detection]) -> Iterator[Event]:
        for detection in detections:
            moment = self._moment(detection.index, detection.t)
            yield from self._tracker.apply(detection, moment)

    def _end(self, reason: _End, moment: Moment) -> Iterator[Event]:
        yield from self._apply_all(self._detector.finish())
        self._cut_measurement(reason)
        yield from self._tracker.end(moment, reason)
        self._forget_passed_place()

    def _forget_passed_place(self) -> None:
        """Have a spot of the plan in force no longer than until the plan has gone on from it."""
        if self._context.placement is not None and self._tracker.placed is None:
            self._context = replace(self._context, placement=None)

    def _moment(self, index: int, t: float) -> Moment:
        line = self._context.line
        return Moment(self._context.uid, index, t, line.at(t * MICROSECONDS))


def _calibrator(context: Context) -> Calibrator:
    """Return what gives the samples their units; zones that are not measured give nothing."""
    calibration = decode_calibration(context.calibration)
    zones = tuple(
        zone if context.mask >> number & 1 else replace(zone, n_per_count=0.0)
        for number, zone in enumerate(calibration.zones)
    )
    return Calibrator(replace(calibration, zones=zones))
