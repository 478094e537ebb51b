"""What a person felt: over MQTT into the journal, and out of it as a labelled recording."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chain import Chain
from command import run
from mqtt_bench import until

from ql_release.clock import VirtualClock
from ql_release.payloads.base import rfc3339
from ql_release.simulate import Hold, Release, Scenario

SPEED = 10.0
EASED = Scenario(holds=(Hold(lasts=40.0, happenings=(Release(20.0, fall=0.2),), rest_s=2.0),))
"""One hold in which the pressure eases once."""


async def answer(chain: Chain, release: str, *, felt: bool) -> None:
    """Answer a release, on the daemon's own clock, and wait for the reply."""
    clock = VirtualClock(chain.speed, chain.seconds, chain._started_us)
    document = {"id": f"phone-{felt}", "sent": rfc3339(clock.now_us()), "op": "felt"}
    document |= {"release": release, "felt": felt}
    await chain.subscriber.say(chain.topic("cmd"), document)
    await until(lambda: document["id"] in replied(chain))


def replied(chain: Chain) -> dict[str, bool]:
    """Return how each command was taken."""
    replies = [json.loads(payload) for payload in chain.subscriber.at(chain.topic("reply"))]
    return {reply["id"]: reply["ok"] for reply in replies}


def labels(chain: Chain, *arguments: str | Path) -> list[str]:
    """Run `ql-release labels` on the running daemon's journal; return what it prints."""
    done = run("labels", *arguments, "--config", chain.folder / "config.toml")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


async def test_an_answer_over_mqtt_becomes_a_label_while_the_daemon_runs(
    make_chain: Callable[..., Chain], tmp_path: Path
) -> None:
    chain = make_chain(speed=SPEED, end_after_s=10.0)
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await chain.tool(EASED)
    await chain.heard_event("released")
    release = next(event for event in chain.events() if event["type"] == "released")
    await answer(chain, release["id"], felt=True)
    await answer(chain, release["id"], felt=False)
    await chain.heard_event("ended")
    assert replied(chain) == {"phone-True": True, "phone-False": True}
    assert daemon.code is None
    folder = tmp_path / "labels"
    (listed,) = await asyncio.to_thread(labels, chain, "list", "--json")
    assert json.loads(listed)["felt_no"] == 1
    await asyncio.to_thread(labels, chain, "export", "-o", folder)
    row = json.loads(await asyncio.to_thread((folder / "labels.jsonl").read_text))
    assert [given["felt"] for given in row["answers"]] == [True, False]
    assert (row["release"], row["felt"], row["tool"]) == (release["id"], False, release["tool"])
    done = await asyncio.to_thread(run, "analyze", folder / row["file"], "--json", "--strict")
    again = [json.loads(line) for line in done.stdout.splitlines()]
    assert [published(event) for event in again] == [published(one) for one in chain.events()]
    assert next(one["onset_s"] for one in again if one["type"] == "released") == row["onset_s"]


def published(event: dict[str, Any]) -> dict[str, Any]:
    """Return what an event says whenever it is told."""
    others = {"epoch", "seq", "live", "t_s", "decided_s", "onset_s"}
    return {name: event[name] for name in event.keys() - others}
