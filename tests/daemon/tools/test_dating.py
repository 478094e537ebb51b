"""A machine that starts without the time: events wait for it, and then have the right dates."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from live_bench import START_US, BenchTool, HandClock, SmallDaemon

from ql_release.events import parse
from ql_release.settings import TimeSettings
from ql_release.timesource import EARLIEST_US, Evidence
from ql_release.tools import dating
from ql_release.tools.dating import LOOK_S, RETRY_S, Dating

HOUR_US = 3_600_000_000


class UnsureClock(HandClock):
    """A clock turned by hand that is not believed at first.

    Attributes:
        known: whether it is.
        wrong_by_us: how far the machine is off.
        off_us: how long it was switched off in all, which its uptime knows nothing of.
        synchronised: whether a time server has set the machine's clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self.restarts("one")

    def restarts(self, boot: str, *, off_us: int = 0) -> None:
        """Let the machine start anew."""
        self.known = self.synchronised = False
        self.boot = boot
        self.wrong_by_us = -HOUR_US
        self._base_us = 0
        self._us += off_us
        self._booted_us = self._us

    def begin(self, base_us: int) -> None:
        """Count on from another zero."""
        self._base_us = base_us

    def uptime_us(self) -> int:
        """Return microseconds since the machine's start."""
        return self._us - self._booted_us + 10_000_000

    def machine_us(self) -> int:
        """Return what the machine takes the time to be."""
        return START_US + self._us + self.wrong_by_us

    def now_us(self) -> int:
        """Return the daemon's time."""
        return self.machine_us() if self.known else self._base_us + self.uptime_us()

    def shift_us(self) -> int:
        """Return what makes dates of counted times."""
        return self.machine_us() - self._base_us - self.uptime_us()

    def believe(self) -> None:
        """Take the machine to be right."""
        self.known = True

    def set_right(self) -> None:
        """Let a time server answer."""
        self.wrong_by_us, self.synchronised = 0, True

    def evidence(self, machine_us: int, newest_us: int | None, _wait_s: float) -> Evidence:
        """Return what there is to go by."""
        return Evidence(machine_us, newest_us, self.synchronised, None, self.uptime_us())


class DatingDaemon(SmallDaemon):
    """A small daemon that finds out about the time as the real one does."""

    clock: UnsureClock
    dating: Dating
    starts_full = False

    async def start(self, *, connected: bool = True) -> None:
        """Start, and wait for the time in the background."""
        await super().start(connected=connected)

    async def restored(self) -> None:
        """Judge the time before the tools are restored."""
        await self.fill_disk(full=self.starts_full)
        settings = TimeSettings()
        self.dating = Dating(self.journal, self.clock, settings, self.clock.evidence)  # type: ignore[arg-type]
        await self.dating.begin()

    def wait_for_the_time(self) -> None:
        """Begin to wait."""
        waiting = self.dating.run(self.fleet, self.fleet.publish_dates)
        self._tasks.append(asyncio.create_task(waiting))


@pytest.fixture
async def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DatingDaemon]:
    clock = UnsureClock()
    monkeypatch.setattr(dating, "_boot_id", lambda: clock.boot)
    made = DatingDaemon(tmp_path / "journal.db", clock)
    yield made
    await made.stop()


async def started(daemon: DatingDaemon) -> DatingDaemon:
    await daemon.start()
    daemon.wait_for_the_time()
    return daemon


async def learn_the_time(daemon: DatingDaemon) -> None:
    daemon.clock.set_right()
    await daemon.turn(LOOK_S)
    await daemon.turn(LOOK_S)


def times(events: list[dict[str, object]]) -> list[float]:
    """Return when each event was decided, seconds after the test's begin."""
    return [
        (dating_us - START_US) / 1e6 for dating_us in (_us(event["decided_at"]) for event in events)
    ]


def _us(at: object) -> int:
    from ql_release.payloads.base import unix_us  # noqa: PLC0415

    return unix_us(str(at))


async def in_order_of_time(daemon: DatingDaemon) -> list[dict[str, object]]:
    """Return what may be published, checked to be what history gives and sound."""
    events = await daemon.events()
    page = await daemon.journal.history()
    assert [json.loads(event)["id"] for event in page.events] == [event["id"] for event in events]
    assert not page.more
    for event in events:
        parse(json.dumps(event))
    return events


async def test_events_wait_for_the_time_and_then_have_it(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    assert await in_order_of_time(daemon) == []
    health = await daemon.health()
    assert (health["outbox_depth"], health["time_known"]) == (2, False)
    await learn_the_time(daemon)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events] == ["started", "hold_started"]
    assert times(events) == pytest.approx([1.0, 3.0], abs=0.15)
    assert all("time" not in event for event in events)
    assert (await daemon.health())["time_known"]
    assert daemon.broker.woken
    assert daemon.presence() == "online"


async def test_a_start_without_the_time_on_a_full_disk(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    daemon.starts_full = True
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    await daemon.fill_disk(full=False)
    await daemon.turn(RETRY_S)
    await learn_the_time(daemon)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events] == ["started", "hold_started"]
    assert times(events) == pytest.approx([1.0, 3.0], abs=0.15)


async def test_what_a_full_disk_did_not_date_at_the_start_is_dated_later(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    await tool.press(0, 130)
    await daemon.on_disk()
    await daemon.crash()
    daemon.clock.set_right()
    daemon.starts_full = True
    await started(daemon)
    assert await in_order_of_time(daemon) == []
    await daemon.fill_disk(full=False)
    await daemon.turn(RETRY_S)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events][:2] == ["started", "hold_started"]
    assert times(events)[:2] == pytest.approx([1.0, 3.0], abs=0.15)


async def test_why_it_waits_is_told(daemon: DatingDaemon) -> None:
    await started(daemon)
    assert daemon.dating.problem is not None
    assert "no time server has answered" in daemon.dating.problem
    daemon.clock.wrong_by_us = EARLIEST_US - START_US - HOUR_US
    await daemon.turn(LOOK_S)
    await daemon.turn(LOOK_S)
    assert "before this version was made" in daemon.dating.problem
    await learn_the_time(daemon)
    assert daemon.dating.problem is None


async def test_a_session_that_spans_the_moment_has_one_time(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 5)
    daemon.clock.set_right()
    await tool.press(60, 7)
    await tool.press(0, 130)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events] == ["started", "hold_started", "hold_ended", "ended"]
    lasted = times(events)
    assert lasted == sorted(lasted)
    ended = events[-1]
    assert ended["duration_s"] == pytest.approx(12.0, abs=0.3)
    assert (_us(ended["started_at"]) - START_US) / 1e6 == pytest.approx(0, abs=0.3)
    assert (_us(ended["at"]) - START_US) / 1e6 == pytest.approx(12.0, abs=0.3)
    last = daemon.broker.documents[daemon.topics.session_last("mat")]
    assert last["ended_at"] == ended["at"]


async def test_a_summary_waits_for_its_date(daemon: DatingDaemon, tool: BenchTool) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 5)
    await tool.press(0, 130)
    topic = daemon.topics.session_last("mat")
    await daemon.on_disk()
    assert topic not in daemon.broker.documents
    await learn_the_time(daemon)
    assert (_us(daemon.broker.documents[topic]["ended_at"]) - START_US) / 1e6 == pytest.approx(
        5, abs=0.3
    )


async def test_the_machines_clock_may_be_set_meanwhile_however_wrongly(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 2)
    for wrong_by_us in (-30 * HOUR_US, 90 * HOUR_US):
        daemon.clock.wrong_by_us = wrong_by_us
        await tool.press(60, 1)
    await learn_the_time(daemon)
    assert times(await in_order_of_time(daemon)) == pytest.approx([1.0, 3.0], abs=0.15)


async def test_what_was_dated_before_goes_out_meanwhile(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    daemon.clock.set_right()
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 2)
    await daemon.crash()
    tool.restart(0x1234)
    daemon.clock.restarts("two", off_us=HOUR_US)
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    assert [event["type"] for event in await in_order_of_time(daemon)] == ["started"]
    await learn_the_time(daemon)
    assert len(await in_order_of_time(daemon)) > 1


async def test_a_tool_that_ran_on_knows_the_time_for_the_machine(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    """The machine lost power in mid-session; the tool's clock still leads to the right dates."""
    daemon.clock.set_right()
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 2)
    await daemon.crash()
    daemon.clock.restarts("two")
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events] == ["started", "hold_started"]
    assert times(events) == pytest.approx([1.0, 3.0], abs=0.15)


@pytest.mark.parametrize("moments", ["the same start", "a later start"])
async def test_a_crash_before_the_time_is_known_costs_nothing(
    daemon: DatingDaemon, tool: BenchTool, moments: str
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    await daemon.on_disk()
    await daemon.crash()
    tool.hang_up()
    later = moments == "a later start"
    if later:
        daemon.clock.restarts("two", off_us=HOUR_US)
    await started(daemon)
    assert await in_order_of_time(daemon) == []
    await learn_the_time(daemon)
    events = await in_order_of_time(daemon)
    assert [event["type"] for event in events] == ["started", "hold_started"]
    first, second = times(events)
    assert second - first == pytest.approx(2.0, abs=0.15)
    # Of the hour for which it was off it knows nothing: the dates are the latest possible.
    latest = (4.0 + HOUR_US / 1e6) if later else 1.0
    assert first == pytest.approx(latest, abs=12 if later else 0.15)
    assert [event.get("time") for event in events] == ["estimated" if later else None] * 2


async def test_a_crash_while_dates_are_given_is_made_good_at_the_next_start(
    daemon: DatingDaemon, tool: BenchTool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    await tool.press(60, 4)
    never = asyncio.Event()
    with monkeypatch.context() as patch:
        patch.setattr(daemon.journal, "give_dates", lambda *_: never.wait())
        await learn_the_time(daemon)
        assert await in_order_of_time(daemon) == []
        await daemon.crash()
    tool.hang_up()
    daemon.clock.restarts("two", off_us=HOUR_US)
    await started(daemon)
    assert times(await in_order_of_time(daemon)) == pytest.approx([1.0, 3.0], abs=0.15)


async def test_commands_to_a_tool_cannot_be_told_from_old_ones(
    daemon: DatingDaemon, tool: BenchTool
) -> None:
    await started(daemon)
    await daemon.connect(tool)
    refused = await daemon.ask("mat", "identify")
    assert (refused["ok"], refused["error"]) == (False, "stale")
    assert "does not know the time" in refused["message"]
    assert (await daemon.ask("bridge", "history"))["ok"]
    await learn_the_time(daemon)
    assert (await daemon.ask("mat", "identify"))["ok"]
