"""The processes of the demonstration: started, watched, ended in good order.

Each is in a process group of its own, so that Ctrl-C reaches the demonstration alone, which
then ends them one after the other.
"""

import asyncio
import signal
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

STOP_S = 5.0
"""How long a part may take to stop before it is killed; the daemon needs at most 2 s."""
POLL_S = 0.05
"""Between two looks whether a port is open yet."""
TAIL_LINES = 12
"""Lines of a failed part's log that are shown: its last words."""


class PartError(Exception):
    """A part of the demonstration failed; the message says which, and its last words."""


class Part:
    """One process, its output in a file.

    Args:
        name: what people call it.
        process: the running process.
        log: where its output goes.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
    ) -> Self:
        """Start a program.

        Args:
            name: what people call it.
            command: the program and its arguments.
            folder: where its log file goes.
            environ: its environment variables.

        Raises:
            PartError: when there is no such program.
        """
        log = folder / f"{name}.log"
        with log.open("ab") as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=environ,
                    start_new_session=True,
                )
            except OSError as error:
                raise PartError(f"The {name} cannot be started: {error}.") from error
        return cls(name, process, log)

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait until it ends by itself and return its exit code."""
        return await self._process.wait()

    async def stop(self) -> int:
        """End it, kindly at first, and return its exit code."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                return await self._process.wait()
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()

    def failure(self, what: str) -> PartError:
        """Return an error with what went wrong and the last lines of the part's log."""
        return PartError("\n".join([f"The {self.name} {what}.", *self._last_words()]))

    def _last_words(self) -> list[str]:
        """Return the last lines of the log."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [f"  {self.name}: {line}" for line in lines[-TAIL_LINES:]]


def free_port() -> int:
    """Return a TCP port on loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def wait_for_port(part: Part, port: int, seconds: float) -> None:
    """Wait until a part listens on a port.

    Raises:
        PartError: when it ended, or did not listen in time.
    """
    try:
        async with asyncio.timeout(seconds):
            while not await _is_open(port):
                if part.code is not None:
                    raise part.failure(f"ended at once with exit code {part.code}")
                await asyncio.sleep(POLL_S)
    except TimeoutError as error:
        raise part.failure(f"did not listen within {seconds:.0f} s") from error


async def _is_open(port: int) -> bool:
    """Return whether something listens on a port of loopback."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
