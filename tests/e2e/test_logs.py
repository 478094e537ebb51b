"""The real daemon's log under garbage: JSON, one line for each change, never one a message."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from chain import Chain
from mqtt_bench import until
from scripted_tool import ScriptedTool, make_frame

from ql_release.wire.framing import LengthFraming

DAMAGED = 3000
STRANGERS = 60
MOST_LINES = 25
"""Start, broker, tool, twice each; far below one for each of thousands of messages."""


async def test_thousands_of_damaged_frames_and_strangers_are_a_few_lines(
    make_chain: Callable[..., Chain],
) -> None:
    """A tool sends garbage, others connect and talk nonsense: told once, and counted."""
    chain = make_chain(settings='[log]\nformat = "json"\n')
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await until(lambda: "Listening" in daemon.said)
    for _ in range(STRANGERS):
        _, writer = await asyncio.open_connection("127.0.0.1", chain.tcp_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    await until(lambda: "has closed" in daemon.said)
    streams = await asyncio.open_connection("127.0.0.1", chain.tcp_port)
    tool = ScriptedTool(*streams, LengthFraming())
    serving = asyncio.create_task(tool.serve())
    await until(lambda: "is here on" in daemon.said)
    for index in range(DAMAGED):
        tool.send(make_frame(2 * index).encode())
        damaged = bytearray(LengthFraming().encode(make_frame(2 * index).encode()))
        damaged[-1] ^= 1
        tool.send_raw(bytes(damaged))
        if index % 100 == 0:
            await asyncio.sleep(0.01)
    await until(lambda: "damaged" in daemon.said)
    tool.hang_up()
    await until(lambda: "has gone from" in daemon.said)
    await daemon.end()
    await asyncio.gather(serving, return_exceptions=True)
    lines: list[dict[str, Any]] = [json.loads(line) for line in daemon.said.splitlines()]
    assert len(lines) < MOST_LINES
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    about = [line for line in lines if "damaged" in line["message"]]
    assert about[0]["message"].startswith("left: ")
    strangers = [line for line in lines if line["message"].startswith("tcp ")]
    assert {line["level"] for line in strangers} == {"warning"}
    assert sum(line.get("repeated", 1) for line in strangers) == STRANGERS
