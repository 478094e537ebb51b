"""`ql-release record`: a tool's raw data as a capture."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from ql_release.cli.console import Console
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.setup import ready_settings
from ql_release.cli.words import minutes
from ql_release.clock import Clock, SystemClock
from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.links.connection import Connection
from ql_release.links.driver import ToolDriver
from ql_release.links.errors import LinkClosedError, LinkError, ListenError
from ql_release.links.serial import serve_serial
from ql_release.links.source import Frame, ToolHello
from ql_release.links.tcp import serve_tcp
from ql_release.settings import Settings
from ql_release.wire.frames import SampleFrame

FLUSH_FRAMES = 16
"""About a second of frames: what a power cut may cost."""


def main(options: SimpleNamespace, console: Console) -> int:
    """Record until Ctrl-C, the given time, or the tool's leaving."""
    _check_output(options.output)
    settings = ready_settings(options)
    if not settings.tcp.enabled and not settings.serial:
        raise CommandError("There is no link to record from; set tcp or serial.", Exit.USAGE)
    try:
        recording = asyncio.run(_record(settings, options, console))
    except* (OSError, ValueError, ListenError) as group:
        raise CommandError(f"{_first(group)}.") from group
    if not recording.samples:
        return Exit.INTERRUPTED if recording.told_to_stop else Exit.FAILED
    length = f"{minutes(recording.seconds)} min, {recording.samples} samples"
    console.line(f"{options.output}: {length}")
    return Exit.OK


def _check_output(output: Path) -> None:
    """Refuse a file that cannot be made now, rather than when a tool has come."""
    if output.exists():
        raise CommandError(f"{output} exists already; name a new file.", Exit.USAGE)
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise CommandError(
            f"{output} cannot be made; name a file in a folder that you may write to.", Exit.USAGE
        )


def _first(group: BaseExceptionGroup[Exception]) -> BaseException:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


async def _record(settings: Settings, options: SimpleNamespace, console: Console) -> "Recording":
    """Listen on all links and record the first tool that comes."""
    recording = Recording(options.output, console, SystemClock())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, recording.stop)
    async with AsyncExitStack() as links:
        tasks = await links.enter_async_context(asyncio.TaskGroup())
        serving = [
            tasks.create_task(serve_serial(port.port, port.baudrate, SystemClock(), recording.take))
            for port in settings.serial
        ]
        if settings.tcp.enabled:
            key = settings.tcp.key()
            take = partial(recording.take, key=key)
            await links.enter_async_context(
                serve_tcp(settings.tcp.host, settings.tcp.port, key, take)
            )
        console.progress("waiting for a tool; Ctrl-C ends")
        await recording.wait(options.seconds)
        for task in serving:
            task.cancel()
    recording.check()
    return recording


class Recording:
    """One capture of one tool, the first that answers.

    Args:
        path: the file to make, once a tool has answered.
        console: is told how it goes.
        clock: gives arrival times.

    Attributes:
        samples: how many were written.
        seconds: time from the first frame to the last, s.
        told_to_stop: whether it was ended by a signal.
    """

    def __init__(self, path: Path, console: Console, clock: Clock) -> None:
        self._path = path
        self._console = console
        self._clock = clock
        self._writer: CaptureWriter | None = None
        self._began = 0.0
        self._frames = 0
        self._failure: OSError | None = None
        self._taken = asyncio.Event()
        self._over = asyncio.Event()
        self.samples = 0
        self.seconds = 0.0
        self.told_to_stop = False

    def stop(self) -> None:
        """End, as by Ctrl-C."""
        self.told_to_stop = True
        self._taken.set()
        self._over.set()

    async def wait(self, seconds: float | None) -> None:
        """Wait for the end, or for so many seconds after a tool has answered."""
        await self._taken.wait()
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            self._over.set()

    def check(self) -> None:
        """Raise what went wrong with the file, if anything did.

        Raises:
            OSError: when the disk refused.
        """
        if self._failure is not None:
            raise self._failure

    async def take(self, connection: Connection, key: bytes | None = None) -> None:
        """Record what comes over a connection, unless a tool is being recorded already.

        Args:
            connection: the link.
            key: what its tool must prove to have; None for none.
        """
        driver = ToolDriver(connection, self._clock, key)
        try:
            hello = await driver.handshake()
            if self._taken.is_set():
                self._console.error(f"{driver.label} was turned away: one tool at a time")
                return
            self._taken.set()
            await self._run(driver, hello)
        except LinkClosedError:
            return  # before the handshake it was no tool; after it, the recording is over
        except LinkError as error:
            self._console.error(str(error))
        finally:
            driver.close()
            await driver.wait_closed()

    async def _run(self, driver: ToolDriver, hello: ToolHello) -> None:
        """Write the capture until the tool goes or the recording is over."""
        try:
            with closing(CaptureWriter(self._path)) as self._writer:
                self._write(RecordKind.INFO, hello.info_payload)
                self._write(RecordKind.CALIBRATION, hello.calibration_block)
                self._began = self._clock.monotonic()
                await driver.start()
                await driver.run(self)
        except OSError as error:
            self._failure = error
        finally:
            self._over.set()

    def on_frame(self, message: bytes, decoded: Frame, host_us: int) -> None:
        """Write a frame as it came."""
        if self._over.is_set() or self._writer is None:
            return
        self._writer.write(CaptureRecord(RecordKind.FRAME, host_us, message))
        self._frames += 1
        if isinstance(decoded, SampleFrame):
            self.samples += decoded.n
        if self._frames % FLUSH_FRAMES == 0:
            self._writer.flush()
        self.seconds = self._clock.monotonic() - self._began
        self._console.progress(f"recording {minutes(self.seconds)}, {self.samples} samples")

    def _write(self, kind: RecordKind, data: bytes) -> None:
        """Write what stands above the frames."""
        assert self._writer is not None
        self._writer.write(CaptureRecord(kind, self._clock.now_us(), data))
