"""A tool that goes quiet though its link stands: noticed, told, and taken back when it returns."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from chain import TOOL, Chain, Process
from mqtt_bench import until
from serial_cable import SerialCable

from ql_release.simulate import Hold, Scenario

BODY = Scenario(holds=(Hold(lasts=600.0, rest_s=1.0),))


def presence(chain: Chain) -> str:
    told = chain.subscriber.at(chain.topic("availability"))
    return str(json.loads(told[-1])["state"]) if told else ""


def health(chain: Chain) -> dict[str, dict[str, object]]:
    told: dict[str, dict[str, object]] = json.loads(
        chain.subscriber.at(chain.bridge_topic("health"))[-1]
    )
    return told


def stop(tool: Process, number: signal.Signals) -> None:
    """Let a process stand still, or go on: its sockets and ports stay open."""
    assert tool._running is not None
    tool._running.send_signal(number)


@pytest.mark.parametrize("link", ["tcp", "serial"])
async def test_a_tool_that_stands_still_is_noticed_and_taken_back(
    make_chain: Callable[..., Chain], tmp_path: Path, link: str
) -> None:
    """It is told as offline and quiet; the link is restarted; back on, its hold goes on."""
    cable = SerialCable() if link == "serial" else None
    more = "" if cable is None else f'[[serial]]\nport = "{cable.ends[1]}"\n'
    chain = make_chain(speed=10.0, settings=more)
    await chain.subscriber.start()
    daemon = await chain.daemon()
    options = [] if cable is None else ["--serial", cable.ends[0]]
    tool = await chain.tool(BODY, *options)
    await chain.heard_event("hold_started")
    stop(tool, signal.SIGSTOP)
    await until(lambda: presence(chain) == "offline")
    await until(lambda: health(chain)["tools"][TOOL]["went_quiet"])  # type: ignore[index]
    assert "is quiet" in daemon.said or "does not answer" in daemon.said
    stop(tool, signal.SIGCONT)
    await until(lambda: presence(chain) == "online")
    await until(lambda: health(chain)["tools"][TOOL]["online"])  # type: ignore[index]
    assert not health(chain)["tools"][TOOL]["went_quiet"]  # type: ignore[index]
    await chain.close()
    if cable is not None:
        cable.unplug()
