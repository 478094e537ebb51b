"""Erasing a person: all that is theirs goes, also what was assigned to them, or is not finished."""

from live_bench import BenchTool, SmallDaemon


async def session(daemon: SmallDaemon, tool: BenchTool, person: str | None) -> str:
    """Let somebody use the tool for a session, and return its id."""
    await daemon.ask("mat", "person", person=person)
    await tool.press(60, 5)
    await tool.press(0, 125)
    await daemon.on_disk()
    started = [event for event in await daemon.events() if event["type"] == "started"]
    return str(started[-1]["id"])


def last(daemon: SmallDaemon) -> str | None:
    """Return the session whose summary stands at the broker."""
    summary = daemon.broker.documents.get(daemon.topics.session_last("mat"))
    return None if summary is None else summary["session"]


async def begin(daemon: SmallDaemon, tool: BenchTool) -> None:
    """Start, with two people."""
    await daemon.start()
    await daemon.connect(tool)
    for person in ("ann", "bob"):
        await daemon.ask("bridge", "profile", person=person)


async def test_a_session_that_was_assigned_goes_with_whom_it_was_assigned_to(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    his = await session(daemon, tool, "bob")
    hers = await session(daemon, tool, None)
    await daemon.ask("bridge", "assign", session=hers, person="ann")
    await daemon.on_disk()
    reply = await daemon.ask("bridge", "erase", person="ann")
    assert (reply["erased"]["sessions"], reply["erased"]["segments"]) == (1, 1)
    assert {event["session"] for event in await daemon.events()} == {his}
    assert last(daemon) == his


async def test_a_session_that_was_assigned_on_stays_with_the_last(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    session_id = await session(daemon, tool, None)
    for person in ("ann", "bob"):
        await daemon.ask("bridge", "assign", session=session_id, person=person)
        await daemon.on_disk()
    erased = (await daemon.ask("bridge", "erase", person="ann"))["erased"]
    assert (erased["sessions"], erased["segments"]) == (0, 0)
    assert "ended" in {event["type"] for event in await daemon.events()}


async def test_the_summary_of_the_last_session_goes_from_the_broker(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    his = await session(daemon, tool, "bob")
    assert last(daemon) == his
    await daemon.ask("bridge", "erase", person="ann")
    assert last(daemon) == his
    await daemon.ask("bridge", "erase", person="bob")
    assert last(daemon) is None


async def test_a_measurement_goes_that_came_to_no_result(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    await daemon.ask("mat", "person", person="ann")
    await tool.press(0, 1)
    assert (await daemon.ask("mat", "calibrate", step="threshold"))["ok"]
    await tool.press(60, 2)
    await tool.press(0, 1)
    refused = await daemon.ask("bridge", "erase", person="ann")
    assert not refused["ok"]
    assert "open session" in refused["message"]
    await daemon.ask("mat", "stop")
    await tool.press(0, 5)
    await daemon.on_disk()
    assert await daemon.events() == []
    assert (await daemon.ask("bridge", "erase", person="ann"))["erased"]["segments"] == 1


async def test_named_sessions_of_nobody_go_and_those_of_others_stay(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    his = await session(daemon, tool, "bob")
    nobodys = await session(daemon, tool, None)
    hers = await session(daemon, tool, None)
    erased = (await daemon.ask("bridge", "erase", person="ann", sessions=[his, hers]))["erased"]
    assert (erased["sessions"], erased["segments"]) == (1, 1)
    assert {event["session"] for event in await daemon.events()} == {his, nobodys}
    assert last(daemon) == nobodys


async def test_a_named_session_that_is_open_is_ended_first(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    await begin(daemon, tool)
    await tool.press(60, 5)
    await daemon.on_disk()
    [opened] = {event["session"] for event in await daemon.events()}
    refused = await daemon.ask("bridge", "erase", person="ann", sessions=[opened])
    assert not refused["ok"]
    assert "open session" in refused["message"]
