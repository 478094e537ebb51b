"""What the integration costs in Home Assistant, beside its own MQTT entities.

`make bench-home-assistant`. Times are the processor's, of the whole process; both sides of a ratio
take turns in one run.
"""

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from coached import PLAN
from contract_files import NOW, example
from custom_components.ql_release.coaching.settings import stored
from custom_components.ql_release.const import CONF_COACH
from custom_components.ql_release.contract.base import timestamp
from home import EPOCH, SERIAL, Home, subentry
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message
from rival import counted, live_device, same_device

ROUNDS = 12
MESSAGES = 250
TOOLS = 50
EVENTS = 10_000
EVENTS_A_SESSION = 10
MOST_A_SLICE = 200

MESSAGE_TARGET = 1.5
SET_UP_TARGET = 2.0

COUNTED: Counter[tuple[str, bool]] = Counter()
"""What one tool of ours has, for the rival to have as much."""
TOOK: dict[str, float] = {}

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.parametrize("expected_lingering_timers", [True]),
]


def verdict(found: float, target: float) -> str:
    """Tell whether a target is met."""
    return "met" if found <= target else "missed"


def states(number: int) -> str:
    """Return a state as it comes four times a second: force and times move, the rest stays."""
    moving = {
        "force_n": 80 + number % 17,
        "force_pct": 90 + number % 13,
        "hold_s": round(number * 0.25, 2),
        "session_s": round(number * 0.25 + 5, 2),
    }
    return json.dumps(example("tool-state") | moving)


async def test_messages(home: Home, figures: list[str]) -> None:
    """A state with all its values, against the same values in MQTT sensors."""
    await home.set_up()
    await home.tool_online()
    async_fire_mqtt_message(home.hass, "homeassistant/device/rival/config", live_device())
    await home.until(lambda: home.hass.states.get("sensor.live_force"))
    payloads = [states(number) for number in range(MESSAGES)]
    ours, rival = [], []
    for _ in range(ROUNDS):
        ours.append(await _deliver(home, "ql_release/tool/lounge/state", payloads))
        rival.append(await _deliver(home, "rival/state", payloads))
    shown = [home.value(f"sensor.{name}_force") for name in ("ql_release_lounge", "live")]
    assert float(shown[0]) == float(shown[1])
    ratio = statistics.median(ours) / statistics.median(rival)
    each_ms = 1000 * statistics.median(ours) / MESSAGES
    figures.append(
        f"a state in Home Assistant's loop: {ratio:.2f} x of MQTT sensors ({each_ms:.2f} ms), "
        f"target {MESSAGE_TARGET:g} x: {verdict(ratio, MESSAGE_TARGET)}"
    )


async def _deliver(home: Home, topic: str, payloads: list[str]) -> float:
    """Return how long messages take until nothing is left to do of them."""
    began = time.process_time()
    for payload in payloads:
        async_fire_mqtt_message(home.hass, topic, payload)
    await home.settle()
    return time.process_time() - began


async def test_set_up_of_ours(home: Home) -> None:
    """Fifty tools that are there when the entry is set up."""
    await home.set_up()
    await home.bridge_online()
    hello = example("tool-hello")
    hellos = [
        json.dumps(hello | {"tool": f"t{number}", "serial": _serial(number)})
        for number in range(TOOLS)
    ]

    async def come() -> None:
        for number, payload in enumerate(hellos):
            async_fire_mqtt_message(home.hass, f"ql_release/tool/t{number}/hello", payload)
        await home.until(lambda: len(home.coordinator.data.introduced) == TOOLS)
        await home.settle()

    TOOK["ours"] = await _measured(come)
    COUNTED.update(counted(home.hass, home.entry.entry_id, _serial(0)))
    assert len(home.hass.states.async_entity_ids("event")) == 3 * TOOLS


async def test_set_up_of_the_rival(home: Home, figures: list[str]) -> None:
    """As many devices with as many entities, by MQTT discovery."""
    payloads = [same_device(f"rival{number}", COUNTED) for number in range(TOOLS)]

    async def come() -> None:
        for number, payload in enumerate(payloads):
            async_fire_mqtt_message(
                home.hass, f"homeassistant/device/rival{number}/config", payload
            )
        await home.until(lambda: len(home.hass.states.async_entity_ids("event")) == 3 * TOOLS)
        await home.settle()

    ratio = TOOK["ours"] / await _measured(come)
    figures.append(
        f"{TOOLS} tools with {COUNTED.total()} entities each: {ratio:.2f} x of MQTT discovery "
        f"({TOOK['ours']:.1f} s), target {SET_UP_TARGET:g} x: {verdict(ratio, SET_UP_TARGET)}"
    )


async def test_history(home: Home, figures: list[str]) -> None:
    """Ten thousand events, a thousand sessions of Anna's, who has a plan; nobody listened."""
    home.journal = [_past(seq) for seq in range(1, EVENTS + 1)]
    home.page = MOST_A_SLICE
    anna = subentry("p1", "Anna", **{CONF_COACH: stored(PLAN)})
    home.hass.config_entries.async_add_subentry(home.entry, anna)
    await home.set_up()
    gaps = _Gaps()
    ticking = asyncio.create_task(gaps.watch())

    async def fetch() -> None:
        await home.bridge_online()
        await home.until(lambda: _cursor(home) == EVENTS)

    took = await _measured(fetch)
    ticking.cancel()
    assert len(home.coordinator.sessions.of("p1")) == EVENTS // EVENTS_A_SESSION
    pages = len(home.asked("history"))
    figures.append(
        f"{EVENTS} events of history: {took:.2f} s in {pages} pages of at most {MOST_A_SLICE}; "
        f"the loop was never held for more than {1000 * gaps.longest_s:.0f} ms"
    )


def _past(seq: int) -> dict[str, Any]:
    """Return an event of the past: sessions of one start, eight releases, and an end."""
    session, place = divmod(seq - 1, EVENTS_A_SESSION)
    kind = {0: "session-started", EVENTS_A_SESSION - 1: "session-ended"}
    began = NOW - timedelta(hours=12 * (1 + (EVENTS - seq) // EVENTS_A_SESSION))
    event = example(f"event-{kind.get(place, 'release-released')}")
    times = {name: timestamp(began) for name in ("at", "decided_at", "started_at") if name in event}
    ids = {"id": f"{seq:032x}", "session": f"{session:032x}", "person": "p1"}
    return event | times | ids | {"epoch": EPOCH, "seq": seq}


class _Gaps:
    """How long the loop kept others waiting.

    Attributes:
        longest_s: At most, s.

    """

    longest_s = 0.0

    async def watch(self) -> None:
        """Look at the clock whenever the loop lets it."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            self.longest_s = max(self.longest_s, time.perf_counter() - before)


def _cursor(home: Home) -> int | None:
    cursor: Any = home.coordinator.store.cursors.get("home")
    return None if cursor is None else int(cursor.seq)


def _serial(number: int) -> str:
    return f"{int(SERIAL, 16) + number:016x}"


async def _measured(what: Callable[[], Awaitable[None]]) -> float:
    began = time.process_time()
    await what()
    return time.process_time() - began
