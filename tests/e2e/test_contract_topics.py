"""Every topic of the contract, as `mosquitto_sub -v -t 'ql_release/#'` shows it."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from chain import BRIDGE, TOOL, Chain
from mqtt_bench import until

from ql_release.simulate import Hold, Scenario

TOPICS = (
    f"bridge/{BRIDGE}/status",
    f"bridge/{BRIDGE}/health",
    f"bridge/{BRIDGE}/cmd",
    f"bridge/{BRIDGE}/reply",
    f"tool/{TOOL}/hello",
    f"tool/{TOOL}/availability",
    f"tool/{TOOL}/state",
    f"tool/{TOOL}/event/session",
    f"tool/{TOOL}/event/pressure",
    f"tool/{TOOL}/session/last",
    f"tool/{TOOL}/cmd",
    f"tool/{TOOL}/reply",
)
"""What a short session shows; a release needs more time than this test takes."""
SHORT = Scenario(holds=(Hold(lasts=13.0, rest_s=1.0),))
"""A hold that is long enough for the dose, and ten seconds later the session is over."""


async def test_an_ordinary_client_sees_every_topic(
    make_chain: Callable[..., Chain], mosquitto_clients: Any
) -> None:
    """`mosquitto_sub` sees all of it."""
    chain = make_chain(end_after_s=10.0)
    await chain.subscriber.start()
    watching = await asyncio.create_subprocess_exec(
        str(mosquitto_clients.sub),
        *("-p", str(chain.broker.port), "-v", "-q", "1", "-t", "ql_release/#"),
        stdout=asyncio.subprocess.PIPE,
    )
    daemon = await chain.daemon()
    await chain.tool(SHORT)
    await chain.heard_event("hold_started")
    refused = await chain.ask(chain.topic("")[:-1], "tare")
    placed = await chain.ask(
        chain.topic("")[:-1],
        "place",
        placement={"muscle": "quadratus_lumborum", "side": "left", "zone": "lower"},
    )
    await chain.heard_event("ended")
    await until(lambda: chain.subscriber.at(chain.topic("session/last")))
    history = await chain.ask(chain.bridge_topic("")[:-1], "history")
    await daemon.end()
    watching.terminate()
    printed, _ = await watching.communicate()

    seen = {line.split(" ", 1)[0] for line in printed.decode().splitlines()}
    assert {f"ql_release/{topic}" for topic in TOPICS} <= seen
    assert (refused["ok"], refused["error"]) == (False, "in_contact")
    assert placed["ok"]
    assert [event["id"] for event in history["events"]] == [e["id"] for e in chain.events()]
    assert chain.event_types() == ["started", "hold_started", "hold_ended", "ended"]
    assert chain.events()[-1]["coverage"][0]["side"] == "left"
    assert daemon.code == 0
    assert chain.subscriber.at(chain.bridge_topic("status"))[-1] == b"offline"


@pytest.fixture
def schemas(repository: Any) -> dict[str, Any]:
    """The contract's schemas by name."""
    folder = repository / "tests" / "contract" / "mqtt" / "schema"
    return {path.stem: json.loads(path.read_text()) for path in folder.rglob("*.json")}


async def test_what_is_published_is_what_the_schemas_say(
    make_chain: Callable[..., Chain], schemas: dict[str, Any]
) -> None:
    """Every JSON payload of a real session satisfies its schema."""
    chain = make_chain(speed=10.0)
    await chain.subscriber.start()
    await chain.daemon()
    await chain.tool(SHORT)
    await chain.heard_event("ended")
    await until(lambda: chain.subscriber.at(chain.topic("session/last")))
    for name, topic in (
        ("tool-hello", chain.topic("hello")),
        ("tool-availability", chain.topic("availability")),
        ("tool-state", chain.topic("state")),
        ("tool-session-last", chain.topic("session/last")),
        ("bridge-health", chain.bridge_topic("health")),
    ):
        payloads = chain.subscriber.at(topic)
        assert payloads, f"nothing came at {topic}"
        for payload in payloads:
            jsonschema.validate(json.loads(payload), schemas[name])
    for event in chain.events():
        jsonschema.validate(event, schemas[f"event-{event['family']}-{event['type']}"])
