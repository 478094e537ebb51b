"""The real daemon on machines whose clock is wrong, is set, or tells nothing yet."""

import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chain import Chain, Process
from mqtt_bench import until

from ql_release.analysis import analyze
from ql_release.events import HoldEnded, SessionEnded, unix_us
from ql_release.simulate import Hold, Scenario, write_recording

BODY = Scenario(holds=(Hold(lasts=7.0, rest_s=1.0),))
END_AFTER_S = 10.0
HOUR_S = 3600
FIFTY_YEARS_S = 50 * 365 * 86_400
SLACK_S = 0.5
"""Host and tool start their clocks in processes of their own."""


class Machine:
    """A chain whose daemon is on a machine with a clock of its own."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self._off = chain.folder / "off"
        self.set_off(0)

    def set_off(self, seconds: int) -> None:
        """Set the machine's clock."""
        fresh = self._off.with_suffix(".new")
        fresh.write_text(str(seconds), encoding="ascii")
        fresh.replace(self._off)

    async def daemon(self) -> Process:
        """Start the daemon."""
        config = self.chain.folder / "config.toml"
        config.write_text(self.chain._config(), encoding="utf-8")
        program = Path(__file__).with_name("stepped_daemon.py")
        command = [sys.executable, str(program), str(config), str(self._off)]
        return await self.chain._start(command, "daemon.log")

    def journaled(self) -> int:
        """Return how many events are in the journal."""
        place = f"file:{self.chain.journal}?mode=ro"
        try:
            with closing(sqlite3.connect(place, uri=True)) as journal:
                count: int = journal.execute("SELECT count(*) FROM events").fetchone()[0]
        except sqlite3.OperationalError:
            return 0  # the daemon has not made it yet
        return count


@pytest.fixture
async def machine(make_chain: Callable[..., Chain]) -> AsyncIterator[Machine]:
    chain = make_chain(end_after_s=END_AFTER_S, settings="[time]\nwait_s = 0\n")
    await chain.subscriber.start()
    return Machine(chain)


def health(chain: Chain) -> dict[str, object]:
    told: dict[str, object] = json.loads(chain.subscriber.at(chain.bridge_topic("health"))[-1])
    return told


def measured(folder: Path) -> tuple[float, float]:
    """Return how long hold and session last in an undisturbed run."""
    trace = folder / "undisturbed.csv"
    write_recording(BODY, trace)
    events = [found.event for found in analyze(trace)]
    (hold,) = (event for event in events if isinstance(event, HoldEnded))
    (session,) = (event for event in events if isinstance(event, SessionEnded))
    return hold.hold_s, session.duration_s


async def test_a_machine_that_starts_in_the_past_sends_nothing_with_a_wrong_date(
    machine: Machine,
) -> None:
    """Events wait over a kill -9, and are then dated by when they happened, in order."""
    chain = machine.chain
    machine.set_off(-FIFTY_YEARS_S)
    daemon = await machine.daemon()
    began = time.time()
    await chain.tool(BODY, "--end", "60")
    await until(lambda: machine.journaled() >= 2)
    await daemon.end(signal.SIGKILL)
    await machine.daemon()
    await until(lambda: machine.journaled() >= 3)
    ended = time.time()
    assert not chain.events()
    assert health(chain)["time_known"] is False
    assert "not known yet" in str(health(chain)["problems"])
    machine.set_off(0)
    await chain.heard_event("ended")
    events = chain.events()
    assert [event["type"] for event in events] == [
        "started",
        "hold_started",
        "hold_ended",
        "ended",
    ]
    assert [event["seq"] for event in events] == [1, 2, 3, 4]
    decided = [unix_us(event["decided_at"]) / 1e6 for event in events]
    assert decided == sorted(decided)
    assert began - SLACK_S <= decided[0]
    assert decided[2] <= ended + SLACK_S
    assert not any("time" in event for event in events)
    heard = [json.loads(event)["id"] for event in await _history(chain)]
    assert heard == [event["id"] for event in events]


async def _history(chain: Chain) -> list[str]:
    reply = await chain.ask(chain.bridge_topic("").removesuffix("/"), "history")
    return [json.dumps(event) for event in reply["events"]]


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S, 26 * HOUR_S])
async def test_a_clock_that_is_set_in_mid_hold_changes_no_duration(
    machine: Machine, tmp_path: Path, step_s: int
) -> None:
    """An NTP step there and back: the same events, holds and sessions as long as they were."""
    chain = machine.chain
    await machine.daemon()
    await chain.tool(BODY, "--end", "60")
    await chain.heard_event("hold_started")
    machine.set_off(step_s)
    await chain.heard_event("hold_ended")
    machine.set_off(0)
    await chain.heard_event("ended")
    events = chain.events()
    assert [event["type"] for event in events] == [
        "started",
        "hold_started",
        "hold_ended",
        "ended",
    ]
    hold_s, session_s = measured(tmp_path)
    assert events[2]["hold_s"] == pytest.approx(hold_s, abs=0.2)
    assert events[3]["duration_s"] == pytest.approx(session_s, abs=0.2)


async def test_summer_time_ends_unseen(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the hour that comes twice, and far from UTC, times go on evenly, in UTC."""
    twice = datetime(2026, 10, 25, 0, 59, 57, tzinfo=UTC).timestamp()
    monkeypatch.setenv("TZ", "Europe/Berlin")
    machine.chain.settings = "[time]\ntrust_machine = true\n"
    machine.set_off(round(twice - time.time()))
    await machine.daemon()
    await machine.chain.tool(BODY, "--end", "60")
    await machine.chain.heard_event("hold_ended")
    events = machine.chain.events()
    times = [unix_us(event["decided_at"]) / 1e6 for event in events]
    assert all(event["at"].endswith("Z") for event in events)
    assert times == sorted(times)
    assert times[-1] - times[0] == pytest.approx(6.0, abs=2.0)
    assert events[0]["at"].startswith("2026-10-25T0")
    assert os.environ["TZ"] == "Europe/Berlin"
