"""The command itself, as a process: what it says, where, and how it ends."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from broker import Mosquitto, free_port
from command import COMMAND, Popen, environ, run

from ql_release import __version__
from ql_release.simulate import Body, Hold, Scenario, Sensor, write_recording

Start = Callable[..., Popen]
HEAVY = {
    "aiomqtt",
    "pydantic",
    "asyncio",
    "sqlite3",
    "amqtt",
    "serialx",
    "numpy",
    "matplotlib",
    "ssl",
}
"""What a help text can do without."""


def wait_until_listening(port: int) -> None:
    """Return once something listens on a port of the loopback."""
    for _ in range(1000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nothing listens on port {port}")


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


@pytest.fixture(scope="module")
def damaged(recording: Path) -> Path:
    """Return the same recording with a row near its end that is none."""
    lines = recording.read_text(encoding="utf-8").splitlines()
    lines[-20] = "not,a,row"
    path = recording.with_name("damaged.csv")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_version_is_told() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ql-release {__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"]])
def test_what_needs_no_daemon_imports_none_of_it(arguments: list[str]) -> None:
    code = (
        "import sys; from ql_release.cli import main\n"
        f"try: main({arguments!r})\n"
        f"except SystemExit: print(sorted({HEAVY!r} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environ()
    )
    assert done.stdout.splitlines()[-1] == "[]"


COMMANDS = ["run", "demo", "watch", "analyze", "report", "record", "replay", "config"]


def test_the_help_names_every_command_and_exit_code() -> None:
    text = run("--help").stdout
    for word in (*COMMANDS, "exit codes:", "130", "141", "/etc/ql-release/config.toml"):
        assert word in text
    assert "--clock" not in text


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: ql-release {command} ")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["analyze"],
        ["report"],
        ["report", "f", "--session", "0"],
        ["demo", "--speed", "0"],
        ["demo", "--speed", "fast"],
        ["replay", "f", "--speed", "inf"],
        ["record"],
        ["record", "--output", "f", "--seconds", "-1"],
        ["config"],
        ["run", "--clock", "1:2"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_told_with_the_usage(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("usage: ql-release")


@pytest.mark.parametrize(
    "command",
    [["run"], ["watch"], ["config", "check"], ["config", "show"], ["record", "--output", "x"]],
    ids=" ".join,
)
def test_wrong_settings_are_one_sentence_and_exit_code_2(
    command: list[str], tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[mqtt]\nulrs = []\n", encoding="utf-8")
    done = run(*command, "--config", config)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"ql-release: {config}: mqtt.ulrs is not a setting; did you mean mqtt.urls?\n"
    )


def test_the_check_looks_at_secrets_too(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[mqtt]\nusername = "u"\npassword_file = "absent"\n', encoding="utf-8")
    done = run("config", "check", "--config", config)
    assert done.returncode == 2
    assert done.stderr.startswith(f"ql-release: mqtt.password_file: {tmp_path / 'absent'} cannot")
    (tmp_path / "absent").write_text("now it is there", encoding="utf-8")
    done = run("config", "check", "--config", config)
    assert (done.returncode, done.stdout) == (0, f"The settings are in order ({config}).\n")


def test_settings_are_shown_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text('[mqtt]\nusername = "u"\npassword_file = "secret"\n', encoding="utf-8")
    done = run("config", "show", "--config", config)
    assert done.returncode == 0
    assert 'username = "u"' in done.stdout
    assert "never shown" in done.stdout
    assert "hunter2" not in done.stdout


def test_a_recording_is_told_in_lines_and_a_table(recording: Path) -> None:
    done = run("analyze", recording)
    assert (done.returncode, done.stderr) == (0, "")
    texts = [line[10:] for line in done.stdout.splitlines()]
    assert texts[:2] == ["session started", "hold started"]
    assert texts[2].startswith("hold ended after ")
    assert texts[3].startswith("session ended after ")
    assert "Session summary" in done.stdout


def test_a_recording_as_json_is_one_event_a_line(recording: Path) -> None:
    done = run("analyze", "--json", recording)
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["type"] for event in events] == ["started", "hold_started", "hold_ended", "ended"]
    assert all(event["decided_s"] >= event["t_s"] > 0 for event in events)
    assert not any({"live", "seq", "epoch"} & event.keys() for event in events)


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_damaged_recording_is_used_up_to_the_damage(damaged: Path, form: list[str]) -> None:
    done = run("analyze", *form, damaged)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) >= 4
    assert done.stderr.startswith(f"ql-release: {damaged}, line ")
    assert done.stderr.count("\n") == 1
    assert "what came before was analysed" in done.stderr


def test_a_damaged_recording_is_refused_when_asked_to(damaged: Path) -> None:
    done = run("analyze", "--strict", damaged)
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing was analysed" in done.stderr


def test_a_recording_without_contact_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    rows = "\n".join(f"{index / 10},0.0" for index in range(100))
    path.write_text(f"# recording: 1\n# start: 2026-01-05T18:00:00Z\nt,f1\n{rows}\n", "utf-8")
    done = run("analyze", path)
    assert (done.returncode, done.stdout) == (0, "No contact of a second or more was found.\n")
    assert run("analyze", "--json", path).stdout == ""


def test_a_recording_without_motion_says_what_that_means(recording: Path, tmp_path: Path) -> None:
    path = tmp_path / "still.csv"
    rows = "\n".join(f"{index / 10},0.0" for index in range(100))
    path.write_text(f"# recording: 1\n# start: 2026-01-05T18:00:00Z\nt,f1\n{rows}\n", "utf-8")
    assert "less certain" in run("analyze", "--json", path).stderr
    assert run("analyze", "--json", recording).stderr == ""


@pytest.mark.parametrize("command", [["analyze"], ["demo", "--recording"], ["replay"]])
def test_a_file_that_is_absent_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    absent = tmp_path / "absent.csv"
    done = run(*command, absent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"ql-release: {absent} cannot be read: no such file or directory.\n"


@pytest.mark.parametrize("command", [["analyze"], ["demo", "--recording"], ["replay"]])
def test_a_file_of_another_kind_is_one_sentence(command: list[str], tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("hello\n", encoding="utf-8")
    done = run(*command, other)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"ql-release: {other}, line ")
    assert done.stderr.count("\n") == 1


def test_the_demonstration_refuses_a_damaged_recording_before_it_starts(damaged: Path) -> None:
    done = run("demo", "--recording", damaged)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{damaged}, line " in done.stderr


def test_a_capture_is_never_overwritten(recording: Path) -> None:
    before = recording.read_bytes()
    done = run("record", "--output", recording)
    assert done.returncode == 2
    assert "exists already" in done.stderr
    assert recording.read_bytes() == before


def test_a_broker_that_is_absent_is_one_sentence() -> None:
    port = free_port()
    done = run("watch", "--url", f"mqtt://127.0.0.1:{port}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ql-release: No connection to 127.0.0.1:{port} (connection refused); "
        "is the broker running, and is mqtt.urls right?\n"
    )


def test_a_broker_that_refuses_the_password_is_one_sentence(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    mosquitto.stop()
    mosquitto.configure(["allow_anonymous false"])
    mosquitto.start()
    secret = tmp_path / "password"
    secret.write_text("hunter2\n", encoding="utf-8")
    done = run(
        "watch",
        "--url",
        mosquitto.url,
        QL_RELEASE_MQTT__USERNAME="pi",
        QL_RELEASE_MQTT__PASSWORD_FILE=str(secret),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ql-release: 127.0.0.1:{mosquitto.port} refuses the login; "
        "check mqtt.username and mqtt.password_file.\n"
    )


def test_a_certificate_that_a_subscriber_cannot_read_is_one_sentence() -> None:
    done = run(
        "watch",
        QL_RELEASE_MQTT__URLS='["mqtts://127.0.0.1:9"]',
        QL_RELEASE_MQTT__CA_FILE="/absent/ca.pem",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ql-release: /absent/ca.pem cannot be read (no such file or directory); "
        "check its name and who may read it.\n"
    )


def test_a_journal_that_cannot_be_made_is_one_sentence_without_numbers_of_errors() -> None:
    done = run("run", QL_RELEASE_JOURNAL__PATH="/proc/nowhere/journal.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "ql-release: the journal /proc/nowhere/journal.db cannot be used: no such file or "
        "directory: let this user write there, or name another journal.path.\n"
    )


def test_a_port_that_another_program_uses_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run(
            "run",
            QL_RELEASE_TCP__PORT=str(port),
            QL_RELEASE_JOURNAL__PATH=str(tmp_path / "journal.db"),
            QL_RELEASE_MQTT__URLS=f'["mqtt://127.0.0.1:{free_port()}"]',
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        f"ql-release: cannot listen for tools on 127.0.0.1 port {port} (address already in use): "
        "stop what uses it, or set another tcp.host or tcp.port."
    )
    assert "Errno" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_url_that_is_none_is_one_sentence() -> None:
    done = run("watch", "--url", "http://host")
    assert done.returncode == 2
    assert done.stderr == (
        "ql-release: --url 'http://host' must look like mqtt://host:1883, mqtts://host:8883 or "
        "wss://host/mqtt.\n"
    )


def test_a_reader_that_goes_away_is_no_error(recording: Path) -> None:
    with subprocess.Popen(
        [*COMMAND, "analyze", "--json", str(recording)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environ(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.fixture
def tool_port() -> int:
    """Return the port that the command listens on for tools."""
    return free_port()


@pytest.fixture
def start(tmp_path: Path, tool_port: int) -> Iterator[Start]:
    """Return a function that starts the command with settings whose broker is absent."""
    config = tmp_path / "config.toml"
    config.write_text(f'[tcp]\nport = {tool_port}\n[journal]\npath = "j.db"\n', encoding="utf-8")
    started: list[Popen] = []

    def begin(*arguments: str | Path) -> Popen:
        process = subprocess.Popen(
            [*COMMAND, *map(str, arguments), "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ(QL_RELEASE_MQTT__URLS='["mqtt://127.0.0.1:9"]'),
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_daemon_stops_quietly_when_told_to(start: Start, number: signal.Signals) -> None:
    process = start("run")
    assert process.stderr is not None
    while "Listening" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err


@pytest.fixture
def watching(mosquitto: Mosquitto, mosquitto_clients: Any) -> Iterator[Popen]:
    """Run `watch` on a real broker until its first line came."""
    publish = [mosquitto_clients.pub, "-p", str(mosquitto.port), "-r", "-q", "1"]
    topic = ["-t", "ql_release/bridge/pi/status", "-m", "online"]
    subprocess.run([*publish, *topic], check=True)
    with subprocess.Popen(
        [*COMMAND, "watch", "--url", mosquitto.url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == ["pi", "bridge", "is", "online"]
        yield process
        process.kill()


def test_ctrl_c_ends_a_subscriber_quietly(watching: Popen) -> None:
    watching.send_signal(signal.SIGINT)
    assert watching.communicate(timeout=60) == ("", "")
    assert watching.returncode == 130


def test_a_subscriber_tells_of_a_broker_that_restarts_and_goes_on(
    watching: Popen, mosquitto: Mosquitto
) -> None:
    assert watching.stdout is not None
    mosquitto.stop()
    assert watching.stdout.readline().startswith("connection lost")
    assert watching.poll() is None


def test_without_a_tool_nothing_is_recorded(start: Start, tmp_path: Path, tool_port: int) -> None:
    capture = tmp_path / "new.qlcap"
    process = start("record", "--output", capture)
    wait_until_listening(tool_port)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130
    assert not capture.exists()


def test_a_tool_is_recorded_and_its_capture_analysed(
    start: Start, recording: Path, tmp_path: Path, repository: Path, tool_port: int
) -> None:
    capture = tmp_path / "new.qlcap"
    process = start("record", "--output", capture)
    tool = [sys.executable, repository / "firmware" / "run_unix.py", "--trace", recording]
    options = ["--tcp", f"127.0.0.1:{tool_port}", "--speed", "10", "--end", "2"]
    folder = ["--config", tmp_path / "tool"]
    (tmp_path / "tool").mkdir()
    subprocess.run([*tool, *options, *folder], check=True, timeout=120, capture_output=True)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert out.startswith(f"{capture}: 0:")
    done = run("analyze", "--json", capture)
    assert (done.returncode, done.stderr) == (0, "")
    kinds = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    assert kinds == ["started", "hold_started", "hold_ended", "ended"]
