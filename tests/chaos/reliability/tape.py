"""The input of the faults: one tool's samples, dense with events, the same at each play.

A person with a low threshold lies on the tool in short sessions and rocks across their limit, so
that a sample in ten decides an event: holds, over-pressure, session after session. The body is of
no interest here; that none of its events is lost is.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from chain import BRIDGE

from ql_release.context import ClockLine, Context, Limits
from ql_release.events import Event, body
from ql_release.pipeline import Pipeline
from ql_release.sessions.tracker import ToolIdentity
from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import Calibration, ZoneCalibration, ZoneKind
from ql_release.wire.frames import SampleFrame
from ql_release.wire.limits import U32

PERIOD_US = 62_500
"""16 samples a second: few, for the events are what is counted. Frames have 16 bits for it."""
ZERO_US = (1 << 32) - 600_000_000
"""The tool's microseconds at its first sample: ten minutes later its 32 bits are full."""
BATCH = 16
"""Samples a frame."""
N_PER_COUNT = 2.0**-6
CAL_ID = 1

THRESHOLD_N = 50.0
"""The person's own threshold; the limit is 120 % of it."""
BELOW_N = 48.0
"""Below nine tenths of the limit: the warning arms itself again."""
ABOVE_N = 66.0
"""Above the limit."""
ABOVE_SAMPLES = 9
"""Half a second above it: then the warning is due."""
ROCKS = 8
"""Times above the limit in one hold of 5 s."""
REST_SAMPLES = 12
"""Three quarters of a second off the tool: a contact that was lost for half a second is over."""
HOLDS = 8
"""Holds in a session."""
END_AFTER_S = 10.0
"""A session ends after so long without contact, the least that can be set."""
FOREVER_S = 3600.0
"""… or never, where the daemon's clock outruns the tool's so that its pauses look long."""
IDLE_SAMPLES = 192
"""Twelve seconds off the tool: the session is over."""

EVENTS_A_SESSION = 2 + HOLDS * (2 + ROCKS)
"""A start, an end, and in each hold its start, its end and every rock."""


@dataclass(frozen=True, slots=True)
class Due:
    """An event that must come.

    Attributes:
        id: its id.
        end: the index after the frame that decides it.
        contents: what it says.
    """

    id: str
    end: int
    contents: dict[str, Any]


class Samples(Protocol):
    """What a tool measures: raw samples without end."""

    @property
    def serial(self) -> bytes:
        """The tool's serial number, 8 bytes."""
        ...

    @property
    def uid(self) -> int:
        """The stream's uid."""
        ...

    @property
    def name(self) -> str:
        """What the tool calls itself."""
        ...

    @property
    def period_us(self) -> int:
        """Time from sample to sample, µs."""
        ...

    @property
    def calibration(self) -> Calibration:
        """What its counts mean."""
        ...

    def frame(self, index: int, *, replayed: bool = False, count: int = BATCH) -> SampleFrame:
        """Return the frame of so many samples from an index on."""
        ...


@dataclass(frozen=True)
class Tape:
    """So many sessions of one tool.

    Attributes:
        sessions: how many.
        serial: the tool's serial number, 8 bytes.
        uid: the stream's uid.
        name: what the tool calls itself.
        end_after_s: after how long without contact a session ends.
        period_us: time from sample to sample, µs.
    """

    sessions: int
    serial: bytes = bytes.fromhex("51c0ffee00000001")
    uid: int = 0xA1B2_C3D4_E5F6_0718
    name: str = "mat"
    end_after_s: float = END_AFTER_S
    period_us: int = PERIOD_US

    @cached_property
    def samples(self) -> bytes:
        """The samples up to the last session's end, three bytes each."""
        one = b"".join(map(_counts, _session()))
        return _counts(0.0) * IDLE_SAMPLES + one * self.sessions

    @property
    def end(self) -> int:
        """The index after the last session; from there on nobody is on the tool."""
        return len(self.samples) // 3

    @property
    def calibration(self) -> Calibration:
        """The scale of its one zone."""
        zone = ZoneCalibration(ZoneKind.LOAD_CELL, 0, N_PER_COUNT)
        return Calibration(CAL_ID, (zone,), 0.0, 0.0, (0, 0, 0))

    def frame(self, index: int, *, replayed: bool = False, count: int = BATCH) -> SampleFrame:
        """Return the frame of samples from an index on."""
        body = self.samples[3 * index : 3 * (index + count)]
        return SampleFrame(
            flags=0,
            stream=self.uid & 0xFFFF,
            index=index,
            t0_us=ZERO_US + index * PERIOD_US & U32,
            period_us=PERIOD_US,
            n_force=1,
            imu=0,
            n=count,
            body=body.ljust(3 * count, b"\0"),
            replayed=replayed,
        )

    @property
    def due(self) -> list[Due]:
        """Every event that must come, in order, as the pipeline alone decides them."""
        return [due for due in self._decided if due.end <= self.end + BATCH]

    @property
    def later(self) -> dict[str, dict[str, Any]]:
        """What comes when nobody is on the tool any more for long: contents by id."""
        return {due.id: due.contents for due in self._decided if due.end > self.end + BATCH}

    @cached_property
    def _decided(self) -> list[Due]:
        limits = Limits(threshold_n=THRESHOLD_N, end_after_s=self.end_after_s)
        context = Context(self.uid, ClockLine(ZERO_US, 0), self.calibration.encode(), limits)
        pipeline = Pipeline(ToolIdentity(self.serial, self.name, BRIDGE), context, 0)
        found: list[Due] = []
        rest = round((self.end_after_s + 1) * MICROSECONDS / self.period_us)
        for index in range(0, self.end + rest, BATCH):
            frame = self.frame(index)
            found += [
                Due(event.id, frame.end, contents_of(event)) for event in pipeline.feed_frame(frame)
            ]
        return found

    def due_by(self, index: int) -> set[str]:
        """Return the ids of the events that the samples before an index decide."""
        return {due.id for due in self.due if due.end <= index}


SETTINGS = f'[[people]]\nid = "lifter"\nthreshold_n = {THRESHOLD_N}\n'
"""What the daemon must know of the person."""


def contents_of(event: Event) -> dict[str, Any]:
    """Return what an event says, without what stands outside."""
    contents: dict[str, Any] = json.loads(body(event))
    return contents


def sessions_for(events: int) -> int:
    """Return how many sessions give at least so many events."""
    return -(-events // EVENTS_A_SESSION)


def _session() -> Iterator[float]:
    """Yield the force of each sample of a session, newtons."""
    for _ in range(HOLDS):
        yield from (BELOW_N / 2, BELOW_N)
        for _ in range(ROCKS):
            yield from (ABOVE_N,) * ABOVE_SAMPLES
            yield BELOW_N
        yield from (0.0,) * REST_SAMPLES
    yield from (0.0,) * IDLE_SAMPLES


def _counts(newtons: float) -> bytes:
    return round(newtons / N_PER_COUNT).to_bytes(3, "little", signed=True)
