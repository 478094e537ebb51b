"""`ql-release status`: what stands at a real broker, as people and scripts see it."""

import asyncio
import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiomqtt
import command
import pytest
from broker import Mosquitto, free_port
from mqtt_bench import signal_broker

from ql_release.cli.exits import Exit
from ql_release.cli.status_page import span
from ql_release.cli.verdict import STALE_S
from ql_release.clock import SystemClock
from ql_release.payloads import examples
from ql_release.payloads.base import rfc3339

HEALTH = json.loads(examples.HEALTH.model_dump_json())
BRIDGE = HEALTH["bridge"]
TOOL = next(iter(HEALTH["tools"]))


def ago(seconds: float) -> str:
    return rfc3339(SystemClock().now_us() - round(seconds * 1e6))


class Stand:
    """A broker at which things stand, and the command that looks at them."""

    def __init__(self, broker: Mosquitto, folder: Path) -> None:
        self.broker = broker
        self._folder = folder

    def put(self, **topics: Any) -> None:
        """Retain payloads; __ stands for / in their topics."""
        asyncio.run(self._put({key.replace("__", "/"): text for key, text in topics.items()}))

    async def _put(self, topics: dict[str, Any]) -> None:
        async with aiomqtt.Client("127.0.0.1", self.broker.port) as client:
            for topic, payload in topics.items():
                text = payload if isinstance(payload, str) else json.dumps(payload)
                await client.publish(f"ql_release/{topic}", text, qos=1, retain=True)

    def bridge(self, status: str = "online", name: str = BRIDGE, **health: Any) -> None:
        """Let a bridge have said how it is."""
        told = HEALTH | {"bridge": name, "at": ago(5)} | health
        self.put(**{f"bridge__{name}__status": status, f"bridge__{name}__health": told})

    def look(self, *options: str, bridge: str | None = BRIDGE) -> command.Finished:
        """Run the command."""
        config = self._folder / "config.toml"
        named = "" if bridge is None else f'[bridge]\nid = "{bridge}"\n'
        config.write_text(f'{named}[mqtt]\nurls = ["{self.broker.url}"]\n', encoding="utf-8")
        return command.run("status", "--config", config, *options)


@pytest.fixture
def stand(mosquitto: Mosquitto, tmp_path: Path) -> Stand:
    return Stand(mosquitto, tmp_path)


def test_a_daemon_that_is_well(stand: Stand) -> None:
    stand.bridge(
        links=[
            *HEALTH["links"],
            {"kind": "serial", "label": "/dev/ttyACM0", "state": "down", "problem": "it is quiet"},
        ]
    )
    away = json.loads(examples.HELLO.model_dump_json()) | {"tool": "roll", "bridge": BRIDGE}
    stand.put(
        tool__roll__hello=away,
        tool__roll__availability={"state": "offline", "bridge": BRIDGE, "at": ago(3600)},
    )
    done = stand.look()
    assert (done.returncode, done.stderr) == (Exit.OK, "")
    told = done.stdout.splitlines()
    assert told[0] == f"{BRIDGE} is online, all is well"
    assert told[1].split() == ["daemon", "version", "0.1.0,", "up", "1", "d", "0", "h"]
    assert "  unsent      nothing" in told
    assert "  link        tcp 127.0.0.1:7390, works" in told
    assert "  link        serial /dev/ttyACM0, no tool: it is quiet" in told
    assert f"  tool        {TOOL}, here at 100 Hz" in told
    assert any(line.startswith("  tool        roll, away since 20") for line in told)


def test_of_a_daemon_that_is_offline_nothing_is_said_that_no_longer_holds(stand: Stand) -> None:
    stand.bridge("offline", outbox_depth=3, oldest_unsent_at=ago(60))
    told = stand.look().stdout.splitlines()
    assert told[0] == f"{BRIDGE} is offline"
    assert any(line.startswith("  unsent      3 events, the oldest of 20") for line in told)
    assert not any(line.strip().startswith(("tool", "link")) for line in told)


def test_json_says_the_same_to_programs(stand: Stand) -> None:
    stand.bridge()
    done = stand.look("--json")
    (line,) = done.stdout.splitlines()
    told = json.loads(line)
    assert (done.returncode, told["verdict"], told["bridge"]) == (Exit.OK, "ok", BRIDGE)
    assert told["health"]["tools"][TOOL]["rate_hz"] == 100
    assert 0 <= told["age_s"] < STALE_S
    assert told["problems"] == []


Prepare = Callable[[Stand], None]

CASES: dict[str, tuple[Prepare, Exit, str, str]] = {
    "problems": (
        lambda stand: stand.bridge(problems=["the disk is full"]),
        Exit.PROBLEMS,
        "problems",
        "The disk is full.",
    ),
    "stale": (
        lambda stand: stand.bridge(at=ago(600)),
        Exit.PROBLEMS,
        "stale",
        "it hangs, or one of the two clocks is wrong",
    ),
    "from the future": (
        lambda stand: stand.bridge(at=ago(-600)),
        Exit.PROBLEMS,
        "stale",
        "s in the future",
    ),
    "offline": (lambda stand: stand.bridge("offline"), Exit.OFFLINE, "offline", "journalctl"),
    "never said how it is": (
        lambda stand: stand.put(**{f"bridge__{BRIDGE}__status": "online"}),
        Exit.PROBLEMS,
        "stale",
        "has not said how it is",
    ),
    "nothing there": (lambda _stand: None, Exit.OFFLINE, "unseen", "nor any other"),
    "others there": (
        lambda stand: stand.bridge(name="attic"),
        Exit.OFFLINE,
        "unseen",
        "but attic: name one with --bridge",
    ),
    "garbage": (
        lambda stand: stand.put(
            **{f"bridge__{BRIDGE}__status": "online", f"bridge__{BRIDGE}__health": "[1, "}
        ),
        Exit.PROBLEMS,
        "stale",
        "has not said how it is",
    ),
    "an odd health": (
        lambda stand: stand.bridge(
            problems=None, links=3, tools=[], uptime_s="x", outbox_depth=2, oldest_unsent_at=None
        ),
        Exit.OK,
        "ok",
        "",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_said_and_told_by_the_exit_code(stand: Stand, case: str) -> None:
    prepare, code, verdict, words = CASES[case]
    prepare(stand)
    for options in ((), ("--json",)):
        done = stand.look("--timeout", "1.5", *options)
        assert done.returncode == code
        assert words.casefold() in (done.stdout + done.stderr).casefold().replace("\n    ", " ")
        assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["verdict"] == verdict


def test_a_daemon_without_the_time_is_not_called_stale(stand: Stand) -> None:
    stand.bridge(at="1970-01-01T00:01:00.000Z", time_known=False, problems=["no time yet"])
    done = stand.look()
    assert done.returncode == Exit.PROBLEMS
    assert "the time is not known to it yet" in done.stdout


def test_a_bridge_that_nobody_named_is_found_if_it_is_the_only_one(stand: Stand) -> None:
    stand.bridge(name="attic")
    done = stand.look(bridge=None)
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        Exit.OK,
        "attic is online, all is well",
    )
    stand.bridge(name="cellar")
    assert stand.look("--bridge", "cellar", bridge=None).returncode == Exit.OK
    undecided = stand.look("--timeout", "1.5", bridge=None)
    assert undecided.returncode == Exit.OFFLINE
    assert "attic, cellar: name one with --bridge" in undecided.stderr


def test_no_broker_is_said_in_one_line(stand: Stand) -> None:
    nowhere = f"mqtt://127.0.0.1:{free_port()}"
    done = stand.look("--url", nowhere)
    assert (done.returncode, done.stdout) == (Exit.FAILED, "")
    assert done.stderr.startswith("ql-release: No connection to 127.0.0.1:")
    assert len(done.stderr.splitlines()) == 1
    asked = stand.look("--url", nowhere, "--json")
    assert asked.returncode == Exit.FAILED
    assert json.loads(asked.stdout)["verdict"] == "unreachable"


def test_a_broker_that_hangs_is_waited_for_no_longer_than_told(stand: Stand) -> None:
    signal_broker(stand.broker, signal.SIGSTOP)
    try:
        done = stand.look("--timeout", "1.5")
    finally:
        signal_broker(stand.broker, signal.SIGCONT)
    assert done.returncode == Exit.FAILED
    assert "does not answer within 1.5 s" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_wrong_arguments_are_told_as_such(stand: Stand) -> None:
    assert stand.look("--timeout", "0").returncode == Exit.USAGE
    assert stand.look("--url", "nonsense").returncode == Exit.USAGE


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "0 s"),
        (59.6, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 0 min"),
        (90_000, "1 d 1 h"),
        (700_000, "8 d 2 h"),
    ],
)
def test_a_length_of_time_is_easy_to_read(seconds: float, text: str) -> None:
    assert span(seconds) == text
