"""A session of a segment as a capture's records."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ql_release.events import SessionStarted, event_id
from ql_release.journal.cutting import Segment
from ql_release.journal.records import SegmentRecord
from ql_release.links.capture import CaptureRecord, RecordKind
from ql_release.links.captured_session import CapturedSession
from ql_release.marks import Mark
from ql_release.payloads.session import Source
from ql_release.sessions.moment import ToolIdentity
from ql_release.units import MICROSECONDS
from ql_release.wire import messages
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.frames import MINOR, VERSION, SampleFrame
from ql_release.wire.info import ToolInfo

MOST_SAMPLES = 255
"""Samples of one frame: their number is one byte."""
MOST_HZ = 0xFFFF
"""INFO's highest rate is two bytes."""
KINDS = {"frame": RecordKind.FRAME, "mark": RecordKind.MARK}


@dataclass(frozen=True, slots=True)
class KeptSegment:
    """A segment as the journal keeps it.

    Attributes:
        serial: the tool's hardware serial number.
        identity: what `SegmentStart` held.
        records: its records, in order.
    """

    serial: bytes
    identity: str
    records: Sequence[SegmentRecord]

    @property
    def source(self) -> Source:
        """Where its samples came from."""
        return "import" if json.loads(self.identity)["source"] == "import" else "tool"

    def decided(self, session: str) -> bool:
        """Return whether one of its samples decided that this session started."""
        model = SessionStarted.model_fields
        family, kind = model["family"].default, model["type"].default
        return any(
            event_id(self.serial, uid, family, kind, index) == session
            for uid, index in self._samples()
        )

    def _samples(self) -> Iterator[tuple[int, int]]:
        """Yield the stream and index of every sample there can be in the frames."""
        frames = sorted({(one.uid, one.index) for one in self.records if one.kind == "frame"})
        stream, due = -1, 0
        for uid, first in frames:
            begin = max(due, first) if uid == stream else first
            stream, due = uid, first + MOST_SAMPLES
            for index in range(begin, due):
                yield uid, index


def records(segment: KeptSegment, session: CapturedSession) -> list[CaptureRecord]:
    """Return a session's records: whose they are first, then its frames and marks.

    Raises:
        ValueError: when a record is none that this version can read; LookupError, TypeError and
            ArithmeticError for marks that are not what their kind says.
    """
    identity = ToolIdentity(segment.serial, session.tool, session.bridge)
    own = Segment(identity, session.source, segment.records).cut(session.session)
    begins_us = own[0].host_us
    head = [
        CaptureRecord(kind, begins_us, data) for kind, data in _head(segment.serial, session, own)
    ]
    return head + [CaptureRecord(KINDS[one.kind], one.host_us, one.data) for one in own]


def _head(
    serial: bytes, session: CapturedSession, own: Sequence[SegmentRecord]
) -> Iterator[tuple[RecordKind, bytes]]:
    """Yield what stands above a session's frames.

    The journal keeps of the tool's INFO only the serial number; what can be told of the rest
    from its frames and calibration is enough to play them, and what cannot is 0.
    """
    block = bytes.fromhex(Mark.from_json(own[0].data).data["calibration"])
    yield RecordKind.SESSION, session.to_json()
    yield RecordKind.INFO, _info(serial, session.tool, own, block).encode()
    yield RecordKind.CALIBRATION, block


def _info(serial: bytes, tool: str, own: Sequence[SegmentRecord], block: bytes) -> ToolInfo:
    first = _first_frame(own)
    calibration = decode_calibration(block)
    contact_only = sum(1 << zone for zone, one in enumerate(calibration.zones) if one.kind)
    return ToolInfo(
        major=VERSION,
        minor=MINOR,
        firmware=(0, 0, 0),
        hardware=0,
        n_force=first.n_force,
        kinds=contact_only,
        imu=first.imu,
        max_hz=min(MOST_HZ, round(MICROSECONDS / max(1, first.period_us))),
        accel_range_g=0,
        gyro_range_dps=0,
        features=0,
        cal_id=calibration.cal_id,
        serial=serial,
        uid=own[0].uid,
        ring_samples=0,
        name=tool,
    )


def _first_frame(own: Sequence[SegmentRecord]) -> SampleFrame:
    frames = (messages.decode_from_tool(one.data) for one in own if one.kind == "frame")
    for frame in frames:
        if isinstance(frame, SampleFrame):
            return frame
    raise ValueError("there is no frame among them")
