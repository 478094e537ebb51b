"""The whole chain for a test: the real daemon, the real firmware, and who listens."""

import asyncio
import json
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker import Mosquitto, free_port
from mqtt_bench import Subscriber, until
from program_paths import ROOT

from ql_release.clock import Clock, SystemClock, VirtualClock
from ql_release.simulate import Scenario, write_recording

BRIDGE = "home"
TOOL = "mat"
SERIAL = "51c0ffee00000001"
STOP_PATIENCE_S = 20.0


@dataclass
class Process:
    """A program under test, ended by its own handle."""

    command: list[str]
    log: Path
    _running: asyncio.subprocess.Process | None = None

    @property
    def started(self) -> bool:
        """Whether it was ever started."""
        return self._running is not None

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return None if self._running is None else self._running.returncode

    @property
    def pid(self) -> int:
        """The process's id, once started."""
        assert self._running is not None
        return self._running.pid

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    async def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._running = await asyncio.create_subprocess_exec(
                *self.command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log
            )

    async def wait(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        assert self._running is not None
        return await self._running.wait()

    async def end(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal and wait for the end; return how many seconds that took."""
        assert self._running is not None
        if self._running.returncode is not None:
            return 0.0
        began = time.monotonic()
        self._running.send_signal(number)
        await asyncio.wait_for(self._running.wait(), STOP_PATIENCE_S)
        return time.monotonic() - began


@dataclass
class Chain:
    """A daemon, a tool and a subscriber around a broker.

    Attributes:
        speed: how fast everything goes; at other speeds than 1 the daemon's clock is virtual.
        seconds: virtual seconds until the daemon's clock meets the real one.
        settings: more of the daemon's settings, TOML.
        mqtt: more lines of its section `[mqtt]`.
        url: where it finds the broker, if not at the broker's own port.
        program: what runs it, if not the command itself.
        journal_file: its journal, within the folder.
    """

    folder: Path
    broker: Mosquitto
    micropython: Path
    speed: float = 1.0
    seconds: float = 400.0
    end_after_s: float = 120.0
    settings: str = ""
    mqtt: str = ""
    url: str | None = None
    program: tuple[str, ...] = ("-m", "ql_release")
    journal_file: str = "journal.db"
    tcp_port: int = field(default_factory=free_port)
    _processes: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin to listen to nobody yet."""
        self.subscriber = Subscriber(self.broker.port)
        self._started_us = 0

    @property
    def journal(self) -> Path:
        """The daemon's journal."""
        return self.folder / self.journal_file

    @property
    def logs(self) -> list[str]:
        """What its processes have printed, by file."""
        files = {process.log: process for process in self._processes}
        return [process.said for process in files.values()]

    @property
    def clock(self) -> Clock:
        """The daemon's clock, as somebody in the same room has it; it begins with the first use."""
        self._started_us = self._started_us or time.time_ns() // 1000
        if self.speed == 1:
            return SystemClock()
        return VirtualClock(self.speed, self.seconds, self._started_us)

    async def daemon(self) -> Process:
        """Start the daemon; a later one shares the earlier one's clock."""
        self._started_us = self._started_us or time.time_ns() // 1000
        config = self.folder / "config.toml"
        config.write_text(self._config(), encoding="utf-8")
        command = [sys.executable, *self.program, "run", "--config", str(config)]
        if self.speed != 1:
            command += ["--clock", f"{self.speed:g}:{self.seconds:g}:{self._started_us}"]
        return await self._start(command, "daemon.log")

    async def tool(self, scenario: Scenario, *options: str) -> Process:
        """Start the firmware with a body lying on its tool."""
        trace = self.folder / "trace.csv"
        write_recording(scenario, trace)
        program = str(ROOT / "firmware" / "run_unix.py")
        command = [str(self.micropython), program, "--trace", str(trace)]
        if "--serial" not in options:
            command += ["--tcp", f"127.0.0.1:{self.tcp_port}"]
        command += ["--speed", f"{self.speed:g}", "--config", str(self.folder / "tool")]
        command += ["--serial-number", SERIAL, "--name", TOOL, *options]
        return await self._start(command, "tool.log")

    async def close(self) -> None:
        """End everything."""
        await self.subscriber.stop()
        for process in self._processes:
            if process.code is None:
                await process.end(signal.SIGKILL)

    def topic(self, leaf: str) -> str:
        """Return a topic of the tool."""
        return f"ql_release/tool/{TOOL}/{leaf}"

    def bridge_topic(self, leaf: str) -> str:
        """Return a topic of the bridge."""
        return f"ql_release/bridge/{BRIDGE}/{leaf}"

    def event_types(self) -> list[str]:
        """Return the types of the events heard, each event once, in the order of `seq`."""
        return [event["type"] for event in self.events()]

    def events(self) -> list[dict[str, Any]]:
        """Return the events heard, each once, in the order of `seq`."""
        by_id = {event["id"]: event for event in self.subscriber.events()}
        return sorted(by_id.values(), key=lambda event: event["seq"])

    async def heard_event(self, kind: str) -> None:
        """Wait for an event of a type."""
        await until(lambda: kind in self.event_types())

    async def ask(self, topic: str, op: str, **fields: Any) -> dict[str, Any]:
        """Send a command to `…/cmd` and return the reply at `…/reply`."""
        name = f"ask-{len(self.subscriber.heard)}-{op}"
        sent = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        await self.subscriber.say(f"{topic}/cmd", {"id": name, "sent": sent, "op": op, **fields})
        await until(lambda: self._replies(topic, name))
        return self._replies(topic, name)[0]

    def _replies(self, topic: str, name: str) -> list[dict[str, Any]]:
        replies = [json.loads(payload) for payload in self.subscriber.at(f"{topic}/reply")]
        return [reply for reply in replies if reply["id"] == name]

    async def _start(self, command: list[str], log: str) -> Process:
        process = Process(command, self.folder / log)
        await process.start()
        self._processes.append(process)
        return process

    def _config(self) -> str:
        return (
            f'[bridge]\nid = "{BRIDGE}"\n'
            f'[mqtt]\nurls = ["{self.url or self.broker.url}"]\n{self.mqtt}'
            f"[session]\nend_after_s = {self.end_after_s}\n"
            f'[journal]\npath = "{self.journal}"\n'
            f"[tcp]\nport = {self.tcp_port}\n{self.settings}"
        )
