"""What must not lose an event: broker, daemon and link going away in mid-session."""

import asyncio
import json
import signal
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from chain import TOOL, Chain
from mqtt_bench import until

from ql_release import simulate
from ql_release.analysis import analyze
from ql_release.simulate import Hold, Scenario, write_recording

BODY = simulate.demo_body()
"""Four holds with a release, a slip and a bone contact: two minutes and three quarters."""
SPEED = 10.0


def undisturbed(scenario: Scenario, folder: Path) -> list[tuple[str, float]]:
    """Return the types of a scenario's events with the seconds since the first."""
    trace = folder / "undisturbed.csv"
    write_recording(scenario, trace)
    events = list(analyze(trace))
    return [(found.event.type, found.t_s - events[0].t_s) for found in events]


def check_complete(chain: Chain, folder: Path) -> None:
    """Check that exactly the undisturbed run's events came, at their times, none twice."""
    heard = chain.events()
    expected = undisturbed(BODY, folder)
    assert [event["type"] for event in heard] == [kind for kind, _ in expected]
    assert all(after["seq"] == before["seq"] + 1 for before, after in pairwise(heard))
    assert len({event["session"] for event in heard}) == 1


async def test_a_broker_that_is_away_for_ten_seconds_costs_no_event(
    make_chain: Callable[..., Chain], tmp_path: Path
) -> None:
    """The broker is killed in mid-session and comes back: every event arrives, once each."""
    chain = make_chain(speed=SPEED, end_after_s=20.0)
    await chain.subscriber.start()
    await chain.daemon()
    await chain.tool(BODY, "--end", "60")
    await chain.heard_event("hold_started")
    chain.broker.kill()
    await asyncio.sleep(10)
    chain.broker.start()
    await chain.subscriber.back()
    await chain.heard_event("ended")
    check_complete(chain, tmp_path)
    ids = [event["id"] for event in chain.subscriber.events()]
    assert len(set(ids)) == len(chain.events())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
async def test_a_daemon_that_restarts_in_mid_session_goes_on(
    make_chain: Callable[..., Chain], tmp_path: Path, number: signal.Signals
) -> None:
    """Stopped or killed in a hold and started again: the same session, and every event."""
    chain = make_chain(speed=SPEED, end_after_s=120.0)
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await chain.tool(BODY, "--end", "150")
    await chain.heard_event("released")
    await daemon.end(number)
    await asyncio.sleep(1)
    assert daemon.code == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    await chain.daemon()
    await chain.heard_event("ended")
    check_complete(chain, tmp_path)


async def test_lost_frames_are_fetched_again(
    make_chain: Callable[..., Chain], tmp_path: Path
) -> None:
    """Every seventh frame is lost on the way: replayed, and no sample is missing."""
    chain = make_chain(speed=SPEED, end_after_s=20.0)
    await chain.subscriber.start()
    await chain.daemon()
    await chain.tool(BODY, "--end", "60", "--drop", "7")
    await chain.heard_event("ended")
    check_complete(chain, tmp_path)
    await until(lambda: _recovered(chain))
    assert _health(chain)["lost_samples"] == 0


async def test_a_session_whose_tool_stays_away_ends(make_chain: Callable[..., Chain]) -> None:
    """The tool vanishes in a hold: it is told of as offline, and the session ends."""
    chain = make_chain(speed=SPEED, end_after_s=30.0)
    await chain.subscriber.start()
    await chain.daemon()
    tool = await chain.tool(Scenario(holds=(Hold(lasts=200.0, rest_s=1.0),)))
    await chain.heard_event("hold_started")
    await tool.end(signal.SIGKILL)
    await chain.heard_event("ended")
    ended = chain.events()[-1]
    assert (ended["reason"], ended["holds"]) == ("silence", 1)
    states = [
        json.loads(told)["state"] for told in chain.subscriber.at(chain.topic("availability"))
    ]
    assert states[-1] == "offline"


async def test_a_second_tool_of_the_same_name_gets_another_id(
    make_chain: Callable[..., Chain],
) -> None:
    """Two tools that call themselves the same are both served, and the log says how."""
    chain = make_chain(speed=SPEED, end_after_s=20.0)
    await chain.subscriber.start()
    daemon = await chain.daemon()
    short = Scenario(holds=(Hold(lasts=6.0, rest_s=1.0),))
    await chain.tool(short)
    await until(lambda: chain.subscriber.at(chain.topic("hello")))
    await chain.tool(short, "--serial-number", "51c0ffee00abcdef")
    await until(lambda: chain.subscriber.at("ql_release/tool/tool-abcdef/hello"))
    assert f"'{TOOL}' as another tool does" in daemon.said


def _health(chain: Chain) -> dict[str, int]:
    told = json.loads(chain.subscriber.at(chain.bridge_topic("health"))[-1])
    health: dict[str, int] = told["tools"].get(TOOL, {})
    return health


def _recovered(chain: Chain) -> bool:
    return _health(chain).get("recovered_samples", 0) > 0
