"""A capture's frames at their own times, so that it can be played as a link."""

from collections.abc import Iterator

from ql_release.links.capture import CaptureReader, CaptureRecord, RecordKind
from ql_release.links.damage import DamagedRecording
from ql_release.links.source import Frame, ToolHello
from ql_release.units import MICROSECONDS
from ql_release.wire import messages
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.control import StartReply, parse_info
from ql_release.wire.frames import VERSION, DeviceEvent, SampleFrame, StatusFrame
from ql_release.wire.messages import UnsupportedVersion


def captured_frame(message: bytes) -> Frame | None:
    """Return the frame in a capture's record; None for what is none, and is passed over.

    Raises:
        ValueError: when it is of another major version of the wire.
    """
    match messages.decode_from_tool(message):
        case SampleFrame() | StatusFrame() | DeviceEvent() as frame:
            return frame
        case UnsupportedVersion(major=major):
            raise ValueError(
                f"a frame has wire version {major} and this program reads version {VERSION}: "
                "use a newer or older ql-release"
            )
    return None


class CaptureFrames:
    """The frames of an open capture.

    Args:
        reader: the capture; it is read only as the frames are, but for its beginning.

    Raises:
        DamagedRecording: when the capture ends or is damaged before its first samples, or does
            not tell whose they are.
    """

    def __init__(self, reader: CaptureReader) -> None:
        self._reader = reader
        self._records = iter(reader)
        self._before: list[CaptureRecord] = []
        self._first = self._read_to_samples()
        self._hello = self._read_hello()

    def hello(self) -> ToolHello:
        """Return what the tool said of itself when the capture began."""
        return self._hello

    def start(self) -> StartReply:
        """Return what comes: rate, samples to a frame, uid and first index."""
        first = self._first
        hz = round(MICROSECONDS / first.period_us) if first.period_us else 0
        return StartReply(hz, first.n, self._hello.uid, first.index)

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield each frame: µs since the first at which it arrived, never falling, and its bytes.

        Raises:
            DamagedRecording: where the capture is damaged, after all frames before it.
        """
        first_us: int | None = None
        passed = 0
        for record in self._all_records():
            if record.kind is not RecordKind.FRAME:
                continue
            if first_us is None:
                first_us = record.host_us
            self._check(record)
            # The host's clock may have been set back while it recorded.
            passed = max(passed, record.host_us - first_us)
            yield passed, record.data

    def _all_records(self) -> Iterator[CaptureRecord]:
        yield from self._before
        self._before.clear()
        yield from self._records

    def _read_to_samples(self) -> SampleFrame:
        for record in self._records:
            self._before.append(record)
            if record.kind is RecordKind.FRAME:
                frame = self._check(record)
                if isinstance(frame, SampleFrame):
                    return frame
        raise self._damage("the capture ends without any samples")

    def _check(self, record: CaptureRecord) -> Frame | None:
        try:
            return captured_frame(record.data)
        except ValueError as error:
            raise self._damage(str(error)) from error

    def _read_hello(self) -> ToolHello:
        info = self._last(RecordKind.INFO, "which tool it is from")
        block = self._last(RecordKind.CALIBRATION, "the tool's calibration")
        try:
            parsed = parse_info(info)
            return ToolHello(parsed, info, decode_calibration(block), block, parsed.uid)
        except ValueError as error:
            raise self._damage(f"the capture tells wrongly of its tool: {error}") from error

    def _last(self, kind: RecordKind, what: str) -> bytes:
        """Return the newest record of a kind before the first samples."""
        for record in reversed(self._before):
            if record.kind is kind:
                return record.data
        raise self._damage(f"the capture does not tell {what} before the first samples")

    def _damage(self, reason: str) -> DamagedRecording:
        return self._reader.damage(reason)
