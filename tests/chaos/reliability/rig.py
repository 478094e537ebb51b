"""What a fault is done to: broker, daemon, tool and watcher, and what is counted meanwhile."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker import Mosquitto
from chain import BRIDGE, Chain, Process
from kernel_counts import peak_mb
from program_paths import BIN

from reliability.ringtool import RATE, RingTool
from reliability.row import Row
from reliability.tape import BATCH, SETTINGS, Tape
from reliability.watcher import Watcher, timeless

PATIENCE_S = 90.0
"""How long to wait for what must happen; what has not come by then is lost."""
POLL_S = 0.02
MEMORY_EVERY_S = 0.1
LONG_PLAY_S = 50_000.0
"""Virtual seconds until a hurried clock meets the real one: no fault takes so long, and to a clock
that has passed it every command would be old."""


@dataclass
class Rig:
    """One broker, one daemon, one tool, one watcher.

    Attributes:
        chain: starts the daemon.
        broker: the broker.
        tape: what the tool measures.
        tool: plays the tape.
        watcher: counts what arrives.
        daemon: the daemon's process that runs at present.
        peak_mb: the most resident memory that any daemon of this rig had, MB.
    """

    chain: Chain
    broker: Mosquitto
    tape: Tape
    tool: RingTool
    watcher: Watcher
    daemon: Process | None = None
    peak_mb: float = 0.0
    whole_s: list[float] = field(default_factory=list)

    async def start_daemon(self) -> Process:
        """Start the daemon; a later one takes over the journal."""
        self.daemon = await self.chain.daemon()
        return self.daemon

    async def kill_daemon(self) -> None:
        """End the daemon without a word."""
        assert self.daemon is not None
        self.note_memory()
        await self.daemon.end(signal.SIGKILL)

    def note_memory(self) -> None:
        """Note the peak of the daemon's memory, as the kernel kept it."""
        if self.daemon is not None and self.daemon.code is None:
            with suppress(OSError, IndexError):
                self.peak_mb = max(self.peak_mb, peak_mb(self.daemon.pid))

    @property
    def over(self) -> bool:
        """Whether all sessions have been measured; the tool goes on, with nobody on it."""
        return self.tool.measured > self.tape.end + BATCH

    async def heard(self, share: float) -> None:
        """Wait until the watcher has heard of this share of all events."""
        wanted = share * len(self.tape.due)
        await until(lambda: len(self.watcher.events) >= wanted)

    async def whole(self) -> None:
        """Wait until the watcher knows all that was measured so far, and note how long it took.

        Called when a fault is over.
        """
        due = self.tape.due_by(self.tool.measured)
        began = time.monotonic()
        if await until(lambda: not self.watcher.missing(due)):
            self.whole_s.append(time.monotonic() - began)

    async def finish(
        self,
        fault: str,
        did: str,
        expected: dict[str, Any],
        more: dict[str, Any] | None = None,
    ) -> Row:
        """Let the tape come to its end, and return how it went.

        Args:
            fault: its name.
            did: what was done, in a few words.
            expected: what must have come, by id: what an undisturbed run gives.
            more: what may come besides, for it can be decided again; nothing by default.
        """
        await until(lambda: self.over)
        await until(lambda: not self.watcher.missing(expected))
        await self._read_all_history(expected)
        self.note_memory()
        odd = strange(self.watcher.events, self.tape.later | expected | (more or {}))
        if odd:
            (self.chain.folder / "strange.json").write_text(json.dumps(odd, indent=1))
        return Row(
            fault,
            did,
            expected=len(expected),
            lost=len(self.watcher.missing(expected)),
            doubled=len(self.watcher.doubled),
            strange=len(odd),
            peak_mb=self.peak_mb,
            whole_s=max(self.whole_s, default=None),
        )

    async def _read_all_history(self, expected: Iterable[str]) -> None:
        """Have a second watcher read the journal from its oldest event; it must know the same."""
        late = Watcher(self.broker.port, BRIDGE, self.watcher.now_us)
        late.start()
        await until(lambda: not late.missing(expected))
        await late.stop()
        for name in late.missing(expected):
            self.watcher.events.pop(name, None)
        self.watcher.doubled |= late.doubled
        self.watcher.doubled |= {
            name
            for name, contents in late.events.items()
            if self.watcher.events.setdefault(name, contents) != contents
        }

    async def watch_memory(self) -> None:
        """Follow the daemon's memory."""
        while True:
            self.note_memory()
            await asyncio.sleep(MEMORY_EVERY_S)


@asynccontextmanager
async def rig(
    folder: Path, tape: Tape, *, rate: float = RATE, playing: bool = True, **more: Any
) -> AsyncIterator[Rig]:
    """Set everything up in a folder of its own; take it down in the end.

    Args:
        folder: is made.
        tape: what the tool measures.
        rate: samples that the tool measures a second.
        playing: whether the tool is there.
        more: fields of the `Chain`, and `habits` of the tool, `now_us` of the watcher.
    """
    folder.mkdir(parents=True, exist_ok=True)
    habits, now_us = more.pop("habits", None), more.pop("now_us", None)
    broker = Mosquitto(BIN / "mosquitto", folder)
    more.setdefault("seconds", LONG_PLAY_S)
    more["settings"] = SETTINGS + more.get("settings", "")
    chain = Chain(folder, broker, BIN / "micropython", end_after_s=tape.end_after_s, **more)
    tool = RingTool(tape, chain.tcp_port, rate=rate, habits=habits)
    watcher = Watcher(broker.port, BRIDGE, now_us or chain.clock.now_us)
    made = Rig(chain, broker, tape, tool, watcher)
    broker.start()
    memory = asyncio.create_task(made.watch_memory())
    try:
        made.watcher.start()
        await made.start_daemon()
        if playing:
            tool.start()
        yield made
    finally:
        memory.cancel()
        await made.watcher.stop()
        await tool.stop()
        await chain.close()
        broker.stop()


def strange(events: dict[str, Any], expected: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return the events that must not come, or say another thing than undisturbed, with that."""
    return [
        (contents, expected.get(name))
        for name, contents in events.items()
        if name not in expected or timeless(contents) != timeless(expected[name])
    ]


async def until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> bool:
    """Wait until something is true; return whether it became so."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL_S)
    return True
