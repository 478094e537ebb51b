"""Health: rates, counts and what needs attention, once a minute."""

import asyncio

from live_bench import BenchTool, SmallDaemon

from ql_release.tools.health import PERIOD_S


async def test_it_is_told_at_once_and_every_minute(daemon: SmallDaemon) -> None:
    await daemon.start()
    reporting = asyncio.create_task(daemon.reporter.run())
    await daemon.on_disk()
    for _ in range(2):
        await daemon.turn(PERIOD_S)
    assert [report["uptime_s"] for report in daemon.broker.healths] == [0, 60, 120]
    reporting.cancel()
    await asyncio.gather(reporting, return_exceptions=True)


async def test_it_tells_who_speaks(daemon: SmallDaemon) -> None:
    await daemon.start()
    report = await daemon.health()
    assert report["bridge"] == "pi"
    assert report["start_nonce"] == daemon.journal.nonce
    assert report["at"] == "2027-01-15T08:00:00.000Z"
    assert report["rss_bytes"] > 1_000_000
    assert (report["tools"], report["problems"]) == ({}, [])


async def test_rate_and_counts_of_a_tool(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    link = await daemon.connect(tool)
    await tool.press(0, 1)
    await tool.press(0, 0.3, lost=True)
    await tool.press(0, 0.7)
    tool.mute = True
    await tool.press(0, 0.2, lost=True)
    await tool.press(0, 3)
    link.damaged = 4
    assert (await daemon.health())["tools"]["mat"] == {
        "online": True,
        "went_quiet": False,
        "rate_hz": 100.0,
        "frames": 10 + 7 + 3 + 30,
        "lost_samples": 20,
        "recovered_samples": 30,
        "damaged_frames": 4,
    }


async def test_damaged_frames_are_counted_over_all_links(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    for damaged in (3, 2):
        link = await daemon.connect(tool)
        link.damaged = damaged
        tool.hang_up()
        await daemon.on_disk()
    link = await daemon.connect(tool)
    link.damaged = 1
    assert (await daemon.health())["tools"]["mat"]["damaged_frames"] == 6


async def test_a_tool_that_has_gone_has_no_rate(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await tool.press(0, 1)
    tool.hang_up()
    told = (await daemon.health())["tools"]["mat"]
    assert (told["online"], told["rate_hz"], told["frames"]) == (False, None, 10)


async def test_what_waits_for_the_broker_is_told(daemon: SmallDaemon, tool: BenchTool) -> None:
    await daemon.start()
    assert (await daemon.health())["oldest_unsent_at"] is None
    await daemon.connect(tool)
    await tool.press(60, 4)
    report = await daemon.health()
    assert report["outbox_depth"] == 2
    assert report["oldest_unsent_at"] == (await daemon.events())[0]["decided_at"]


async def test_a_disk_that_takes_nothing_is_a_problem_until_it_does(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await daemon.start()
    await daemon.connect(tool)
    await daemon.fill_disk()
    await tool.press(60, 4)
    [problem] = (await daemon.health())["problems"]
    assert "read-only" in problem
    await daemon.fill_disk(full=False)
    await daemon.turn(2)
    assert (await daemon.health())["problems"] == []


async def test_a_journal_that_cannot_be_read_is_a_problem_and_no_end_of_the_reports(
    daemon: SmallDaemon,
) -> None:
    await daemon.start()
    await daemon.journal.close()
    report = await daemon.health()
    assert report["problems"] == ["the journal is closed"]
    assert (report["outbox_depth"], report["oldest_unsent_at"]) == (0, None)


async def test_links_are_up_or_down(daemon: SmallDaemon, tool: BenchTool) -> None:
    daemon.fields["tcp"] = {"port": 7391}
    daemon.fields["serial"] = [{"port": "/dev/ttyACM0"}, {"port": "/dev/ttyACM1"}]
    await daemon.start()
    link = await daemon.connect(tool)
    link.label = "serial /dev/ttyACM1"
    links = (await daemon.health())["links"]
    assert [(link["kind"], link["label"], link["state"]) for link in links] == [
        ("tcp", "127.0.0.1:7391", "up"),
        ("serial", "/dev/ttyACM0", "down"),
        ("serial", "/dev/ttyACM1", "up"),
    ]
