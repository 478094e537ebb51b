"""`replay` leaves a daemon on the same machine alone, and says what became of its events."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from broker import Mosquitto, free_port
from command import run, start
from mqtt_bench import Subscriber, until

from ql_release.cli.commands.replay import APART, apart
from ql_release.links.recording_frames import RECORDING_SERIAL
from ql_release.settings import Settings
from ql_release.simulate import Body, Hold, Scenario, Sensor, write_recording

SPEED = "50"
ONE_HOLD = ["started", "hold_started", "hold_ended", "ended"]
"""The events of one hold, whose session ends with its file."""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a recording of one short hold."""
    path = tmp_path_factory.mktemp("recordings") / "hold.csv"
    scenario = Scenario(
        holds=(Hold(force_n=60.0, lasts=8.0),),
        body=Body(),
        sensor=Sensor(zones=2, rate_hz=50.0),
        seed=3,
        end_rest_s=3.0,
    )
    write_recording(scenario, path)
    return path


@pytest.fixture
async def subscriber(mosquitto: Mosquitto) -> AsyncIterator[Subscriber]:
    """Listen to all that the broker is told."""
    listening = Subscriber(mosquitto.port)
    await listening.start()
    yield listening
    await listening.stop()


def config(folder: Path, **more: str) -> Path:
    """Write settings of a daemon and return their file."""
    path = folder / "config.toml"
    tables = {"bridge": 'id = "home"', "journal": 'path = "home.db"', **more}
    text = "".join(f"[{name}]\n{lines}\n" for name, lines in tables.items())
    path.write_text(text, encoding="utf-8")
    return path


def left_behind(folder: Path) -> list[Path]:
    """Return what a replay left where it keeps its journal."""
    return list(folder.glob("ql-release-replay-*"))


async def test_without_a_config_it_is_a_bridge_and_a_tool_of_its_own(
    recording: Path, mosquitto: Mosquitto, subscriber: Subscriber, tmp_path: Path
) -> None:
    """The journal and the TCP port that the environment names are a running daemon's."""
    journal = tmp_path / "home.db"
    done = await asyncio.to_thread(
        run,
        "replay",
        recording,
        "--speed",
        SPEED,
        QL_RELEASE_MQTT__URLS=json.dumps([mosquitto.url]),
        QL_RELEASE_BRIDGE__ID="home",
        QL_RELEASE_JOURNAL__PATH=str(journal),
        TMPDIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    await until(lambda: len(subscriber.events()) >= len(ONE_HOLD))
    owners = {tuple(message.topic.value.split("/")[1:3]) for message in subscriber.heard}
    assert owners == {("bridge", APART), ("tool", APART)}
    assert [event["type"] for event in subscriber.events()] == ONE_HOLD
    assert not journal.exists()
    assert left_behind(tmp_path) == []
    assert "Listening" not in done.stderr


async def test_with_a_config_that_file_holds(
    recording: Path, mosquitto: Mosquitto, subscriber: Subscriber, tmp_path: Path
) -> None:
    file = config(tmp_path, mqtt=f'urls = ["{mosquitto.url}"]', tcp=f"port = {free_port()}")
    done = await asyncio.to_thread(run, "replay", recording, "--speed", SPEED, "--config", file)
    assert done.returncode == 0, done.stderr
    await until(lambda: b"online" in subscriber.at("ql_release/bridge/home/status"))
    assert (tmp_path / "home.db").stat().st_size > 0
    assert "Listening for tools on 127.0.0.1" in done.stderr


def test_a_port_in_use_does_not_keep_a_replay_without_config_from_playing(
    recording: Path, mosquitto: Mosquitto
) -> None:
    """The broker's own port stands for that of a daemon that runs."""
    done = run(
        "replay",
        recording,
        "--speed",
        SPEED,
        QL_RELEASE_MQTT__URLS=json.dumps([mosquitto.url]),
        QL_RELEASE_TCP__PORT=str(mosquitto.port),
    )
    assert done.returncode == 0, done.stderr


def test_people_muscles_and_the_tools_own_area_hold_in_a_replay_without_config() -> None:
    settings = Settings.model_validate(
        {
            "people": [{"id": "ada", "threshold_n": 80}],
            "serial": [{"port": "/dev/ttyACM0"}],
            "tools": {
                "ball": {"serial": RECORDING_SERIAL.hex(), "contact_area_cm2": 12},
                "mat": {"serial": "0011223344556677"},
            },
        }
    )
    used = apart(settings, Path("/tmp/x"), RECORDING_SERIAL)  # noqa: S108 - nothing is written
    assert (used.people, used.muscles, used.mqtt) == (
        settings.people,
        settings.muscles,
        settings.mqtt,
    )
    assert list(used.tools) == [APART]
    assert used.tools[APART].contact_area_cm2 == 12
    assert (used.serial, used.tcp.enabled) == ([], False)


def test_without_a_broker_it_says_how_many_events_were_not_sent(recording: Path) -> None:
    urls = json.dumps([f"mqtt://127.0.0.1:{free_port()}"])
    done = run("replay", recording, "--speed", SPEED, QL_RELEASE_MQTT__URLS=urls)
    assert (done.returncode, done.stdout) == (1, "")
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ql-release: ")
    assert last.endswith(
        " events were not sent, for no broker took them: check that it runs, and mqtt.urls."
    )
    assert int(last.split()[1]) == len(ONE_HOLD)


def test_a_broker_that_comes_late_is_waited_for(recording: Path, mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    urls = json.dumps([mosquitto.url])
    process = start("replay", recording, "--speed", SPEED, QL_RELEASE_MQTT__URLS=urls)
    assert process.stderr is not None
    with process:
        while "Stopping" not in process.stderr.readline():
            assert process.poll() is None
        mosquitto.start()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_interrupted_says_so_by_its_exit_code(
    recording: Path, mosquitto: Mosquitto, number: signal.Signals
) -> None:
    process = start("replay", recording, QL_RELEASE_MQTT__URLS=json.dumps([mosquitto.url]))
    assert process.stderr is not None
    with process:
        while "is here on file" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "not sent" not in err
