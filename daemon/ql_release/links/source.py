"""What the daemon needs of a tool, however its frames arrive: live or replayed from a file."""

from dataclasses import dataclass
from typing import Protocol

from ql_release.wire.calibration import Calibration
from ql_release.wire.control import Op, Reply, StartReply, Status, ToolInfo
from ql_release.wire.frames import DeviceEvent, SampleFrame, StatusFrame

Frame = SampleFrame | StatusFrame | DeviceEvent


@dataclass(frozen=True, slots=True)
class ToolHello:
    """Who answered the handshake.

    Attributes:
        info: the tool's identity and capabilities.
        info_payload: the INFO reply's payload, as captures keep it.
        calibration: the calibration in force.
        calibration_block: the same as it came, as marks and captures keep it.
        uid: the stream uid in force.
    """

    info: ToolInfo
    info_payload: bytes
    calibration: Calibration
    calibration_block: bytes
    uid: int


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    """What a tool said to a REPLAY request.

    Attributes:
        status: OK, PARTIAL (some of the samples are gone) or GONE (all are).
        first: index of the first sample that will come.
        count: how many samples will come, 0 when gone.
    """

    status: Status
    first: int
    count: int


class FrameSink(Protocol):
    """Takes frames as they arrive."""

    def on_frame(self, message: bytes, decoded: Frame, host_us: int) -> None:
        """Take one frame; must not block.

        Args:
            message: the frame's bytes, without transport framing.
            decoded: the same, decoded.
            host_us: when it arrived, Unix microseconds.
        """
        ...


class Tool(Protocol):
    """One tool, live on a link or played from a file."""

    @property
    def label(self) -> str:
        """What people call the link, such as `tcp 127.0.0.1:51234`."""
        ...

    @property
    def damaged(self) -> int:
        """How many messages came with a wrong checksum or form."""
        ...

    async def handshake(self) -> ToolHello:
        """Find out who is there; the first thing to call.

        Raises:
            LinkError: when it is no tool that this daemon can or may work with.
        """
        ...

    async def start(self, hz: int = 0, batch: int = 0, mask: int = 0xFF) -> StartReply:
        """Begin to stream, or go on with a running stream.

        Raises:
            LinkError: when the tool refuses or has gone.
        """
        ...

    async def run(self, sink: FrameSink) -> None:
        """Hand all frames to the sink until the link ends; return then.

        Raises:
            LinkError: when the tool stopped answering.
        """
        ...

    async def replay(self, uid: int, first: int, count: int) -> ReplayAnswer:
        """Ask for samples once more; they come as replayed frames.

        Raises:
            LinkError: when the tool refuses or has gone.
        """
        ...

    async def request(self, op: Op, payload: bytes = b"") -> Reply:
        """Ask something of the tool and return its reply, whatever its status.

        Raises:
            LinkError: when no reply came.
        """
        ...

    def close(self) -> None:
        """End the link; `run` returns."""
        ...

    async def wait_closed(self) -> None:
        """Wait until the link has ended and its resources are free."""
        ...
