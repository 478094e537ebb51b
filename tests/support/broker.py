"""A real Mosquitto of a test's own, that can be stopped, killed and started again."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

START_TRIES = 500
STOP_PATIENCE_S = 20
POLL_S = 0.02
PORTS = range(10_000, 32_000)
"""Above the usual services, below what Linux gives to clients (from 32,768 on)."""


class Mosquitto:
    """One broker on a loopback port that stays the same over restarts.

    Attributes:
        port: Where it listens.
        url: The same, as the daemon's settings want it.
        config: Its configuration file; see `configure`.
        log: What it prints.

    """

    def __init__(self, program: Path, folder: Path) -> None:
        """Lay out a broker in an empty folder; `start` starts it."""
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.config = folder / "mosquitto.conf"
        self.log = folder / "mosquitto.log"
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.configure(["allow_anonymous true"])

    def configure(self, lines: Iterable[str]) -> None:
        """Replace all settings but the listener; they hold from the next start.

        It logs every message, unless one of the lines says what it is to log.
        """
        lines = list(lines)
        told = any(line.startswith("log_type") for line in lines)
        log = [] if told else ["log_type all"]
        user = ["user root"] if os.geteuid() == 0 else []
        text = [f"listener {self.port} 127.0.0.1", *log, *user, *lines]
        self.config.write_text("\n".join(text) + "\n", encoding="utf-8")

    @property
    def running(self) -> bool:
        """Tell whether the broker's process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the broker and return once it accepts connections.

        Raises:
            RuntimeError: It ended instead; the message holds its log.

        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", self.config],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(START_TRIES):
            if not self.running or accepts(self.port):
                break
            time.sleep(POLL_S)
        if not self.running:
            raise RuntimeError(f"mosquitto ended: {self.log.read_text(errors='replace')}")

    def stop(self) -> None:
        """End the broker as a service manager does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker without a chance to say goodbye to anyone."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a TCP port of the loopback that was free a moment ago.

    It is none that the system gives to clients: one that looks for a broker which is away would
    sooner or later be given the broker's port, and then keeps it, connected to itself.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def accepts(port: int) -> bool:
    """Return whether something listens at a port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
