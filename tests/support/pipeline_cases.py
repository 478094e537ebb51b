"""A simulated body as raw samples, the pure live side of a tool, and a restart of it.

The samples can be cut into frames in any way; the live side is the follower and the recorder as
`tools/live.py` joins them, without its clock; the disk keeps what the journal would.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle
from struct import Struct
from typing import Any, cast

from ql_release import simulate
from ql_release.context import ALL_ZONES, ClockLine, Context, Limits
from ql_release.events import Event, body
from ql_release.follower import Announced, Follower, Taken
from ql_release.journal import Batch, Journal, OpenSegment, SegmentRecord, SegmentStart
from ql_release.marks import MarkKind
from ql_release.pipeline import FrameRecord, Pipeline
from ql_release.sessions.tracker import ToolIdentity
from ql_release.tools.rebuilding import rebuilt
from ql_release.tools.recorder import Recorder, finished_session
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind
from ql_release.wire.frames import BATTERY_UNKNOWN, NEVER, SampleFrame, StatusFrame, max_samples
from ql_release.wire.limits import MAX_ZONES, U32

RATE_HZ = 100.0
PERIOD_US = 10_000
UID = 0x0123_4567_89AB_CDEF
OTHER_UID = 0xFEDC_BA98_7654_3210
HOST_US = 1_795_194_000_000_000
"""2026-11-20T17:00:00Z, when a tape's first sample was measured."""
IDENTITY = ToolIdentity(bytes.fromhex("24587ccdb0a1f00d"), "lounge", "home")
SOON = Limits(end_after_s=10.0)
"""Sessions end soon, so that a story with two of them is short."""

_N_PER_COUNT = 2.0**-10
_OFFSET = 1000
_ACCEL = 2.0**-8
_GYRO = 2.0**-10
_MOTION = Struct("<6h")
_UNITS = (_ACCEL,) * 3 + (_GYRO,) * 3


def calibration(zones: int = MAX_ZONES, cal_id: int = 1, scale: float = 1.0) -> Calibration:
    """Return a calibration that makes `scale` times the force that was measured of the counts."""
    zone = ZoneCalibration(ZoneKind.LOAD_CELL, _OFFSET, _N_PER_COUNT * scale)
    return Calibration(cal_id, (zone,) * zones, _ACCEL, _GYRO, (1, 2, 3))


BLOCK = calibration().encode()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame and when it arrives."""

    frame: SampleFrame | StatusFrame
    host_us: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What the host decides; before the next sample unless an index is given."""

    kind: MarkKind
    host_us: int
    data: dict[str, Any] = field(default_factory=dict)
    index: int | None = None


Step = Arrival | Decision


@dataclass(frozen=True, slots=True)
class Tape:
    """Evenly spaced raw samples of one stream.

    Attributes:
        samples: each sample's bytes in a frame's body.
        zones: force channels of each sample.
        imu: whether each has motion, too.
        uid: of the stream.
        zero_us: device time of the first sample, 64 bits.
        host_us: wall time of the first sample.
    """

    samples: tuple[bytes, ...]
    zones: int
    imu: bool = False
    uid: int = UID
    zero_us: int = 0
    host_us: int = HOST_US

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.samples)

    def at(self, index: int) -> int:
        """Return the wall time of a sample."""
        return self.host_us + index * PERIOD_US

    def frame(self, start: int, end: int, *, replayed: bool = False) -> SampleFrame:
        """Return the samples of these indices as one frame."""
        return SampleFrame(
            flags=0,
            stream=self.uid & 0xFFFF,
            index=start,
            t0_us=(self.zero_us + start * PERIOD_US) & U32,
            period_us=PERIOD_US,
            n_force=self.zones,
            imu=int(self.imu),
            n=end - start,
            body=b"".join(self.samples[start:end]),
            replayed=replayed,
        )

    def frames(
        self, sizes: Iterable[int], start: int = 0, end: int | None = None
    ) -> list[SampleFrame]:
        """Return the samples as frames of these sizes in turn, from the first again and again."""
        last = len(self) if end is None else end
        most = max_samples(self.zones, int(self.imu))
        frames: list[SampleFrame] = []
        for size in cycle(sizes):
            if start >= last:
                break
            stop = min(last, start + min(size, most))
            frames.append(self.frame(start, stop))
            start = stop
        return frames

    def arrivals(
        self, sizes: Iterable[int] = (10,), start: int = 0, end: int | None = None
    ) -> list[Step]:
        """Return the frames, each arriving as its last sample is measured."""
        return [self.arrival(frame) for frame in self.frames(sizes, start, end)]

    def arrival(self, frame: SampleFrame) -> Arrival:
        """Return a frame that arrives as its last sample is measured."""
        return Arrival(frame, self.at(frame.end - 1))

    def status(self, index: int, block: bytes = BLOCK, mask: int = ALL_ZONES) -> Arrival:
        """Return what the tool says of itself before a sample."""
        device_us = self.zero_us + index * PERIOD_US
        frame = StatusFrame(
            flags=0,
            stream=self.uid & 0xFFFF,
            index=index,
            t0_us=device_us & U32,
            period_us=PERIOD_US,
            n_force=self.zones,
            imu=int(self.imu),
            uid=self.uid,
            device_us=device_us,
            host_us=0,
            time_age_s=NEVER,
            battery=BATTERY_UNKNOWN,
            mask=mask,
            limit_n=0.0,
            calibration=calibration(),
            calibration_block=block,
        )
        return Arrival(frame, self.at(index))

    def decision(
        self, second: float, kind: MarkKind, data: dict[str, Any] | None = None
    ) -> Decision:
        """Return a decision made when the tape has played for so long."""
        return Decision(kind, self.at(round(second * RATE_HZ)), data or {})

    def context(self, limits: Limits = SOON, **others: Any) -> Context:
        """Return what is in force at the first sample."""
        line = ClockLine(self.zero_us, self.host_us)
        return Context(self.uid, line, BLOCK, limits, **others)

    def pipeline(self, limits: Limits = SOON, **others: Any) -> Pipeline:
        """Return a pipeline that begins with the first sample."""
        return Pipeline(IDENTITY, self.context(limits, **others), 0)


def counts(newtons: float) -> bytes:
    """Return a force as a frame's body holds it."""
    return (round(newtons / _N_PER_COUNT) + _OFFSET).to_bytes(3, "little", signed=True)


def pressed(*spans: tuple[float, float | tuple[float, ...]], **fields: Any) -> Tape:
    """Return a tape of steady forces: seconds, and newtons or those of each zone."""
    samples: list[bytes] = []
    zones = 1
    for seconds, force in spans:
        forces = force if isinstance(force, tuple) else (force,)
        zones = len(forces)
        samples += [b"".join(map(counts, forces))] * round(seconds * RATE_HZ)
    return Tape(tuple(samples), zones, **fields)


def tape_of(scenario: simulate.Scenario) -> Tape:
    """Return a simulated body's samples as its tool would count them, evenly spaced."""
    samples = [
        b"".join(map(counts, forces)) + (_motion(motion) if motion else b"")
        for _, forces, motion in simulate.rows(scenario)
    ]
    return Tape(tuple(samples), scenario.sensor.zones, scenario.sensor.imu)


def _motion(motion: Sequence[float]) -> bytes:
    return _MOTION.pack(*(round(value / unit) for value, unit in zip(motion, _UNITS, strict=True)))


@cache
def story() -> Tape:
    """Return a short evening: a hold with a release, one with a slip, and 14 s later another."""
    holds = (
        simulate.Hold(
            force_n=88.0, lasts=32.0, happenings=(simulate.Release(18.0, fall=0.2),), rest_s=2.0
        ),
        simulate.Hold(force_n=84.0, lasts=14.0, happenings=(simulate.Slip(8.0),), rest_s=4.0),
        simulate.Hold(force_n=60.0, lasts=6.0, rest_s=14.0),
    )
    sensor = simulate.Sensor(zones=2, rate_hz=RATE_HZ)
    calm = simulate.Body(breath_depth=0.02, sway=0.003)
    scenario = simulate.Scenario(holds=holds, body=calm, sensor=sensor, seed=7, end_rest_s=14.0)
    return tape_of(scenario)


def told(events: Iterable[Event]) -> list[bytes]:
    """Return everything that events say, ids included."""
    return [body(event) for event in events]


def names(events: Iterable[Event]) -> list[str]:
    """Return the types of events."""
    return [event.type for event in events]


class Disk:
    """What the journal would hold of the tool.

    Attributes:
        start: the open segment's start; None between segments.
        records: the open segment's records.
        events: every event's body by its id, in the order of journaling.
    """

    def __init__(self) -> None:
        self.start: SegmentStart | None = None
        self.records: list[SegmentRecord] = []
        self.events: dict[str, bytes] = {}

    def write(self, batch: Batch) -> None:
        """Write a batch; an event that is decided anew must say what it said before."""
        if batch.open_segment is not None:
            self.start, self.records = batch.open_segment, []
        assert self.start is not None or not (batch.records or batch.close_segment)
        self.records += batch.records
        for event in batch.events:
            assert self.events.setdefault(event.id, body(event)) == body(event), event.type
        if batch.close_segment:
            self.start, self.records = None, []

    async def segment_records(self, _segment: int) -> AsyncIterator[SegmentRecord]:
        """Yield the open segment's records, as the journal does."""
        for record in self.records:
            yield record

    def rebuild(self) -> tuple[Pipeline | None, list[Event]]:
        """Return what the open segment leads to, by the daemon's own code."""
        assert self.start is not None
        start = self.start
        segment = OpenSegment(1, IDENTITY.tool, start.serial, start.identity, start.opened_us)
        return asyncio.run(rebuilt(cast("Journal", self), segment, IDENTITY.bridge))


@dataclass(frozen=True, slots=True)
class Written:
    """A batch, and how many steps had been taken when it was taken from the recorder."""

    batch: Batch
    steps: int


class Live:
    """One tool's live side without its clock.

    Args:
        stream: which stream the tool sends, as its link's START told.
        limits: in force when the first stream begins.
        pipeline: one that was rebuilt, to go on with.
        eager: write after every step instead of when the recorder says that it is due.

    Attributes:
        events: everything that was decided.
        written: everything that went to the journal.
    """

    def __init__(
        self,
        stream: Announced,
        *,
        limits: Limits = SOON,
        pipeline: Pipeline | None = None,
        eager: bool = False,
    ) -> None:
        self.events: list[Event] = []
        self.taken: list[Taken] = []
        self.written: list[Written] = []
        self.follower = Follower(IDENTITY, limits, self._on_taken, pipeline=pipeline)
        self.recorder = Recorder(IDENTITY.tool, IDENTITY.serial, open_segment=pipeline is not None)
        self._eager = eager
        self._steps = 0
        self.follower.announce(stream, HOST_US)

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline; there is one from the first sample on."""
        assert self.follower.pipeline is not None
        return self.follower.pipeline

    def play(self, steps: Iterable[Step]) -> "Live":
        """Take steps one after the other; return itself."""
        for step in steps:
            self._steps += 1
            self._take(step)
            if self._eager or self.recorder.due(step.host_us):
                self.write()
        return self

    def write(self) -> None:
        """Write what the recorder has."""
        batch = self.recorder.take()
        if batch is not None:
            self.written.append(Written(batch, self._steps))

    def marks(self, kind: MarkKind) -> list[Taken]:
        """Return the marks of a kind that were made."""
        return [
            taken
            for taken in self.taken
            if not isinstance(taken.record, FrameRecord) and taken.record.kind is kind
        ]

    def _take(self, step: Step) -> None:
        match step:
            case Arrival(frame=SampleFrame() as frame):
                self.follower.samples(frame.encode(), frame, step.host_us)
            case Arrival(frame=StatusFrame() as frame):
                self.follower.status(frame, step.host_us)
            case Decision():
                remind(self.follower, [step])
                self.follower.mark(step.kind, step.host_us, step.data, step.index)

    def _on_taken(self, taken: Taken) -> None:
        self.taken.append(taken)
        self.events += taken.events
        self.recorder.add(taken, self.pipeline)


def live(tape: Tape, **options: Any) -> Live:
    """Return the live side of a tool that begins to send a tape."""
    return Live(Announced(tape.uid, BLOCK, 0), **options)


def played(tape: Tape, sizes: Iterable[int] = (10,), limits: Limits = SOON) -> list[Event]:
    """Return what a tape leads to when nothing happens to its frames."""
    return live(tape, limits=limits).play(tape.arrivals(sizes)).events


def crashed(steps: Sequence[Step], written: Sequence[Written], *, limits: Limits = SOON) -> Disk:
    """Return the disk after a crash right after some batches, a restart, and all other steps.

    What was not written comes again: from the tool's memory, or decided once more.

    Args:
        steps: the whole story.
        written: the batches that reached the disk, at least one.
        limits: as before the crash.
    """
    disk = Disk()
    for one in written:
        disk.write(one.batch)
    again = resumed(disk, steps, written[-1].steps, limits)
    for one in again.written:
        disk.write(one.batch)
    return disk


def resumed(disk: Disk, steps: Sequence[Step], done: int, limits: Limits = SOON) -> Live:
    """Return the live side after a restart and all steps that the disk does not know of.

    Args:
        disk: what was written.
        steps: the whole story.
        done: how many of its steps the disk knows.
        limits: as before the restart.
    """
    again = restarted(disk, heard_again(steps[:done], steps[done:]), limits)
    if again.follower.pipeline is None:
        remind(again.follower, steps[:done])
    again.play(steps[done:])
    again.write()
    return again


def remind(follower: Follower, steps: Iterable[Step]) -> None:
    """Tell a new follower what was decided before it, as the daemon does at each start."""
    for step in steps:
        match step:
            case Decision(kind=MarkKind.PERSON, data=data):
                follower.person = data["person"]
            case Decision(kind=MarkKind.PLACE, data=data):
                follower.placement = data["placement"]
            case Decision(kind=MarkKind.SETTINGS, data=data):
                follower.limits = Limits.from_data(data)


def heard_again(before: Sequence[Step], after: Sequence[Step]) -> Announced:
    """Return the stream that the tool names when its link is back."""
    known = [step.frame for step in before if isinstance(step, Arrival)]
    coming = [step.frame for step in after if isinstance(step, Arrival)]
    now = coming[0] if coming else known[-1]
    for frame in [*reversed(known), now]:
        if isinstance(frame, StatusFrame) and frame.stream == now.stream:
            return Announced(frame.uid, frame.calibration_block, now.index, frame.mask)
    uid = UID if now.stream == UID & 0xFFFF else OTHER_UID
    return Announced(uid, BLOCK, now.index)


def restarted(disk: Disk, stream: Announced, limits: Limits = SOON) -> Live:
    """Return the live side after a restart, as `tools/fleet.py` makes it."""
    if disk.start is None:
        return Live(stream, limits=limits)
    pipeline, events = disk.rebuild()
    assert pipeline is not None
    over = pipeline.idle
    summary = finished_session(events)
    batch = Batch(IDENTITY.tool, events=events, summary=summary, close_segment=over)
    disk.write(batch)
    if over:
        return Live(stream, limits=limits)
    # The daemon knows the person's limits from elsewhere: those that were in force are theirs.
    return Live(stream, limits=pipeline.context.limits, pipeline=pipeline)
