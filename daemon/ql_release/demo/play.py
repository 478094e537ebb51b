"""Runs the demonstration: broker, subscriber, daemon, tool, in that order, and ends them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from ql_release.demo.audience import Audience
from ql_release.demo.parts import Part, PartError, wait_for_port
from ql_release.demo.stage import Stage

BROKER_START_S = 20.0
"""amqtt imports slowly on a small computer."""
GRACE_S = 5.0
"""Real seconds for the last messages to come after the tool has gone."""

Subscribe = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""Subscribes, sets the event, and goes on until cancelled."""


async def play(stage: Stage, audience: Audience, subscribe: Subscribe) -> None:
    """Play until the session is over, or the recording, or something fails.

    Args:
        stage: everything the processes are told.
        audience: is told by the subscriber what came.
        subscribe: the subscriber.

    Raises:
        PartError: when a process fails or nothing more happens.
    """
    async with (
        _part(stage, "broker", stage.broker_command()) as broker,
        _subscriber(broker, stage, subscribe) as subscriber,
        _part(stage, "daemon", stage.daemon_command()) as daemon,
        _part(stage, "tool", stage.tool_command()) as tool,
    ):
        end = asyncio.create_task(_end(tool, audience, scripted=stage.body.scripted))
        others = [subscriber, *(asyncio.create_task(_early_end(part)) for part in (broker, daemon))]
        try:
            await _first(end, others, stage.patience_s)
        finally:
            for task in (end, *others):
                task.cancel()
    if daemon.code:
        raise daemon.failure(f"ended with exit code {daemon.code} when told to stop")


async def _first(end: Awaitable[None], others: list[asyncio.Task[None]], seconds: float) -> None:
    """Wait for the end, unless one of the others fails before."""
    done, _ = await asyncio.wait(
        [asyncio.ensure_future(end), *others],
        timeout=seconds,
        return_when=asyncio.FIRST_COMPLETED,
    )
    if not done:
        raise PartError(f"The demonstration did not come to its end within {seconds:.0f} s.")
    for task in done:
        task.result()


async def _end(tool: Part, audience: Audience, *, scripted: bool) -> None:
    """Wait for the end: the scripted session's summary, or that the tool has played it all."""
    gone = asyncio.create_task(_gone(tool))
    over = asyncio.create_task(audience.session_over.wait())
    awaited = [gone, over] if scripted else [gone]
    try:
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            gone.result()
            if scripted or audience.session_open:
                await asyncio.wait([over], timeout=GRACE_S)
    finally:
        gone.cancel()
        over.cancel()


async def _gone(tool: Part) -> None:
    """Wait until the tool ends; only at the trace's end may it do so."""
    code = await tool.wait()
    if code:
        raise tool.failure(f"ended with exit code {code}")


async def _early_end(part: Part) -> None:
    """Fail when a part ends that is to run until it is told to stop."""
    code = await part.wait()
    raise part.failure(f"ended early, with exit code {code}")


@asynccontextmanager
async def _part(stage: Stage, name: str, command: list[str]) -> AsyncIterator[Part]:
    """Run a process while the context lasts."""
    part = await Part.start(name, command, stage.folder, stage.environ())
    try:
        yield part
    finally:
        await part.stop()


@asynccontextmanager
async def _subscriber(
    broker: Part, stage: Stage, subscribe: Subscribe
) -> AsyncIterator[asyncio.Task[None]]:
    """Run the subscriber while the context lasts, from when it is subscribed."""
    await wait_for_port(broker, stage.broker_port, BROKER_START_S)
    subscribed = asyncio.Event()
    task = asyncio.create_task(subscribe(subscribed))
    waiting = asyncio.create_task(subscribed.wait())
    try:
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield task
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
