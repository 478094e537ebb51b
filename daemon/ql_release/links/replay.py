"""Plays a capture or a recording as if its tool were connected now."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from ql_release.clock import Clock
from ql_release.links.capture import CaptureReader, is_capture
from ql_release.links.capture_frames import CaptureFrames
from ql_release.links.recording import RecordingReader, content_uid
from ql_release.links.recording_frames import RecordingFrames
from ql_release.links.source import FrameSink, ReplayAnswer, ToolHello
from ql_release.units import MICROSECONDS
from ql_release.wire import messages
from ql_release.wire.control import Op, Reply, StartReply, Status
from ql_release.wire.frames import DeviceEvent, SampleFrame, StatusFrame

# When the play lags behind the clock, others still get their turn after so many frames.
_FRAMES_IN_A_ROW = 32


class ReplayTool:
    """A tool played from a file; implements `source.Tool`.

    Each frame is handed on at its own time on the clock, counted from the call of `run`; so
    the clock's speed is the play's. Host decisions in a capture are not played: a live host
    makes its own.

    Args:
        path: a capture or a text recording.
        clock: what to play by.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._files = ExitStack()
        self._frames: RecordingFrames | CaptureFrames | None = None
        self._player: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def label(self) -> str:
        """What people call the link."""
        return f"file {self._path.name}"

    @property
    def damaged(self) -> int:
        """Always 0: damage in a file ends the play."""
        return 0

    async def handshake(self) -> ToolHello:
        """Open the file and return what it says of its tool.

        Raises:
            DamagedRecording: when the file does not even tell that.
            OSError: when it cannot be read.
        """
        if is_capture(self._path):
            capture = self._files.enter_context(CaptureReader(self._path))
            self._frames = CaptureFrames(capture)
        else:
            recording = self._files.enter_context(RecordingReader(self._path))
            uid = await asyncio.to_thread(content_uid, self._path)
            self._frames = RecordingFrames(recording, uid)
        return self._frames.hello()

    async def start(self, hz: int = 0, batch: int = 0, mask: int = 0xFF) -> StartReply:  # noqa: ARG002 - the file's own are what there is
        """Return what will come; rate, batch and zones are the file's own, whatever is asked.

        Raises:
            RuntimeError: before `handshake`.
        """
        return self._opened().start()

    async def run(self, sink: FrameSink) -> None:
        """Hand all frames to the sink, each at its own time; return at the end or when closed.

        A frame's arrival is told as the time on the clock when it was due.

        Raises:
            DamagedRecording: where the file is damaged, after all before it was handed on.
            RuntimeError: before `handshake`.
        """
        frames = self._opened()
        if self._closed:
            return
        self._player = asyncio.create_task(self._play(frames, sink), name=self.label)
        try:
            await asyncio.wait([self._player])
        finally:
            self._player.cancel()
        if not self._player.cancelled():
            self._player.result()

    async def replay(self, uid: int, first: int, count: int) -> ReplayAnswer:  # noqa: ARG002 - nothing is kept
        """Answer that the samples are gone: what a file lacks it cannot send again."""
        return ReplayAnswer(Status.GONE, first, 0)

    async def request(self, op: Op, payload: bytes = b"") -> Reply:  # noqa: ARG002 - refused whatever it says
        """Answer that a file can do nothing that is asked of a tool."""
        return Reply(op, 0, Status.UNSUPPORTED)

    def close(self) -> None:
        """Stop playing; `run` returns."""
        self._closed = True
        if self._player is not None:
            self._player.cancel()

    async def wait_closed(self) -> None:
        """Wait until the play has ended and the file is closed."""
        if self._player is not None:
            await asyncio.gather(self._player, return_exceptions=True)
        self._files.close()

    def _opened(self) -> RecordingFrames | CaptureFrames:
        if self._frames is None:
            raise RuntimeError(f"{self.label} needs a handshake first")
        return self._frames

    async def _play(self, frames: RecordingFrames | CaptureFrames, sink: FrameSink) -> None:
        start_us = self._clock.now_us()
        start = self._clock.monotonic()
        for number, (due_us, message) in enumerate(frames):
            early = start + due_us / MICROSECONDS - self._clock.monotonic()
            if early > 0:
                await self._clock.sleep(early)
            elif number % _FRAMES_IN_A_ROW == 0:
                await asyncio.sleep(0)
            frame = messages.decode_from_tool(message)
            if isinstance(frame, SampleFrame | StatusFrame | DeviceEvent):
                sink.on_frame(message, frame, start_us + due_us)
