"""Raw captures as text recordings, for a tool that can play only those."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ql_release.links.capture import CaptureReader, CaptureRecord, RecordKind
from ql_release.links.capture_frames import captured_frame
from ql_release.links.recording_header import RecordingHeader, column_names
from ql_release.links.recording_writer import RecordingWriter
from ql_release.signal.calibrate import Calibrator
from ql_release.signal.samples import SampleBlock
from ql_release.units import MICROSECONDS
from ql_release.wire.calibration import decode_calibration
from ql_release.wire.deviceclock import extend_us
from ql_release.wire.frames import SampleFrame, StatusFrame
from ql_release.wire.stream import StreamAssembler

GAP_WAIT_US = 2 * MICROSECONDS
"""Missing samples are waited for as long as the daemon waits for them (docs/wire.md, REPLAY)."""
PAUSE_US = 1 * MICROSECONDS
"""Between two streams of one capture: long enough for contact not to be bridged."""


class NotConvertibleError(Exception):
    """A capture holds nothing that a text recording can hold; the message says what is missing."""


def capture_to_recording(capture: Path, recording: Path) -> None:
    """Write a capture's samples as a text recording.

    Args:
        capture: the file to read.
        recording: the file to write; one that is there is replaced.

    Raises:
        DamagedRecording: when the capture is damaged.
        NotConvertibleError: when it has no calibrated load cells.
        OSError: when a file cannot be read or written.
    """
    with CaptureReader(capture) as records, ExitStack() as open_files:
        writer: RecordingWriter | None = None
        for host_us, block in _blocks(records):
            if writer is None:
                header = _header(capture, block, host_us)
                writer = RecordingWriter(recording, header, overwrite=True)
                open_files.enter_context(writer)
            writer.write(block)
    if writer is None:
        raise NotConvertibleError(f"{capture} holds no calibration, so no forces in newtons.")


def _blocks(records: CaptureReader) -> Iterator[tuple[int, SampleBlock]]:
    """Yield samples in order, with the host time of the record that brought them."""
    samples = _CaptureSamples()
    for record in records:
        try:
            blocks = samples.feed(record)
        except ValueError as error:
            raise records.damage(str(error)) from error
        for block in blocks:
            yield record.host_us, block


def _header(capture: Path, first: SampleBlock, host_us: int) -> RecordingHeader:
    """Return what stands above the rows of the recording."""
    zones = len(first.zones[0])
    if not zones:
        raise NotConvertibleError(f"{capture} holds no load cells, so no forces in newtons.")
    start = datetime.fromtimestamp(host_us / MICROSECONDS, UTC)
    return RecordingHeader(start, column_names(zones, imu=first.imu is not None))


class _CaptureSamples:
    """Turns the records of a capture into calibrated samples in order, `t` from the first one."""

    def __init__(self) -> None:
        self._calibrator: Calibrator | None = None
        self._assembler: StreamAssembler | None = None
        self._stream = 0
        self._gap_since_us: int | None = None
        self._device_us = 0
        self._zero_us = 0
        self._last_t = 0.0

    def feed(self, record: CaptureRecord) -> list[SampleBlock]:
        """Take a record and return the samples that are next in line.

        Raises:
            ValueError: when it is not what its kind says, or of another major version.
        """
        if record.kind is RecordKind.CALIBRATION:
            self._calibrator = Calibrator(decode_calibration(record.data))
        if record.kind is not RecordKind.FRAME:
            return []
        frame = captured_frame(record.data)
        if isinstance(frame, StatusFrame):
            self._calibrator = Calibrator(frame.calibration)
        if not isinstance(frame, SampleFrame) or self._calibrator is None:
            return []
        ready = self._in_order(frame, record.host_us)
        return [self._block(self._calibrator, part) for part in ready]

    def _in_order(self, frame: SampleFrame, host_us: int) -> list[SampleFrame]:
        """Return the frames that need not wait for others any more."""
        if self._assembler is None or frame.stream != self._stream:
            self._begin(frame)
        assert self._assembler is not None
        ready = self._assembler.feed(frame)
        gap = self._assembler.gap
        if gap is None:
            self._gap_since_us = None
        elif self._gap_since_us is None:
            self._gap_since_us = host_us
        elif host_us - self._gap_since_us > GAP_WAIT_US:
            ready += self._assembler.close_gap(gap.first + gap.count)
            self._gap_since_us = None
        return ready

    def _begin(self, frame: SampleFrame) -> None:
        """Begin a stream: the tool's own clock may begin anew, the recording's goes on."""
        pause_us = PAUSE_US if self._assembler is not None else 0
        self._assembler = StreamAssembler(frame.stream)
        self._stream = frame.stream
        self._gap_since_us = None
        self._device_us = frame.t0_us
        self._zero_us = frame.t0_us - round(self._last_t * MICROSECONDS) - pause_us

    def _block(self, calibrator: Calibrator, frame: SampleFrame) -> SampleBlock:
        """Return a frame's samples, timed from the capture's first one."""
        self._device_us = extend_us(frame.t0_us, self._device_us)
        block = calibrator.block(frame, self._device_us - self._zero_us)
        # Two frames' measured periods may overlap by a few µs; a recording's time never goes back.
        times = [max(self._last_t, t) for t in block.t]
        self._last_t = times[-1]
        return replace(block, t=times)
