"""A real daemon of the drill, its tools, and what stands in its journal afterwards."""

import asyncio
import json
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker import free_port
from chain import Process
from mqtt_bench import until

from drill import shipped
from drill.cluster import Cluster
from drill.tools import THRESHOLD_N, BusyTool
from ql_release.events import complete
from ql_release.journal.readonly import reading

END_AFTER_S = 10
"""Seconds without contact until a session ends: the least that can be set."""


@dataclass
class Bridge:
    """A daemon as its own process.

    Attributes:
        id: its bridge id.
        number: makes its tools' numbers, and which node it tries first.
    """

    id: str
    number: int
    cluster: Cluster
    folder: Path
    tools: list[BusyTool] = field(default_factory=list)
    _port: int = field(default_factory=free_port)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lay out a daemon; `start` starts it."""
        self.folder.mkdir()
        self.journal = self.folder / "journal.db"
        self._config = self.folder / "config.toml"
        (self.folder / "password").write_text(shipped.PASSWORDS["bridge"], encoding="utf-8")
        command = [sys.executable, "-m", "ql_release", "run", "--config", str(self._config)]
        self.process = Process(command, self.folder / "daemon.log")

    async def start(self, tools: int) -> None:
        """Start the daemon with so many tools on it."""
        self._config.write_text(self._settings(), encoding="utf-8")
        await self.process.start()
        await until(self._listens)
        for number in range(self.number * 100, self.number * 100 + tools):
            self.tools.append(BusyTool(number + 1, f"{self.id}-{number + 1}"))
        self._tasks = [asyncio.create_task(tool.run(self._port)) for tool in self.tools]

    async def finish(self) -> None:
        """Let everyone get up, and return once the sessions are over and all is sent."""
        for tool in self.tools:
            tool.rest()
        await until(self._settled)

    async def close(self) -> None:
        """End the daemon and its tools."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.process.started:
            await self.process.end()

    def events(self) -> list[dict[str, Any]]:
        """Return what the journal holds, as it must arrive, in the order of `seq`."""
        with reading(self.journal) as journal:
            (epoch,) = journal.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
            rows = journal.execute("SELECT seq, body FROM events ORDER BY seq").fetchall()
        return [json.loads(complete(body, epoch, seq, live=False)) for seq, body in rows]

    def journaled(self) -> int:
        """Return how many events the journal holds."""
        with reading(self.journal) as journal:
            return _count(journal, "events")

    def _settled(self) -> bool:
        """Tell whether each tool's session has ended and the broker has everything."""
        if self.process.code is not None:
            raise RuntimeError(f"the daemon {self.id} ended: {self.process.said[-2000:]}")
        with reading(self.journal) as journal:
            ended = _count(journal, "events WHERE type = 'ended'")
            return ended >= len(self.tools) and not _count(journal, "outbox")

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.close()
        return True

    def _settings(self) -> str:
        urls = self.cluster.urls
        first = self.number % len(urls)
        return (
            f'[bridge]\nid = "{self.id}"\n'
            f"[mqtt]\nurls = {json.dumps(urls[first:] + urls[:first])}\n"
            f'protocol = "3.1.1"\nusername = "bridge"\n'
            f'password_file = "{self.folder / "password"}"\nca_file = "{self.cluster.ca_file}"\n'
            f"[session]\nend_after_s = {END_AFTER_S}\n"
            f'[journal]\npath = "{self.journal}"\n'
            f"[tcp]\nport = {self._port}\n"
            f'[[people]]\nid = "p1"\nthreshold_n = {THRESHOLD_N}\n'
        )


def _count(journal: sqlite3.Connection, what: str) -> int:
    return int(journal.execute(f"SELECT count(*) FROM {what}").fetchone()[0])  # noqa: S608
