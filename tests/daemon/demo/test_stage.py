"""How the demonstration is set up."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ql_release.cli.parser import build_parser
from ql_release.clock import VirtualClock
from ql_release.demo.body import Body
from ql_release.demo.firmware import Firmware
from ql_release.demo.stage import (
    MOST_DEFAULT_SPEED,
    SCRIPTED_END_AFTER_S,
    SERIAL_NUMBER,
    TOOL,
    Stage,
    default_speed,
)
from ql_release.links.recording_header import RecordingHeader, column_names
from ql_release.settings import load

START = datetime(2026, 1, 5, 18, tzinfo=UTC)


def body(*, seconds: float = 177.0, scripted: bool = True, **header: float) -> Body:
    columns = column_names(4, imu=True)
    return Body(Path("/trace.csv"), seconds, RecordingHeader(START, columns, **header), scripted)


def stage(folder: Path, what: Body, speed: float = 10.0) -> Stage:
    firmware = Firmware(["micropython", "run_unix.py"], folder, "MicroPython")
    return Stage(folder, firmware, what, speed, 1111, 2222)


def test_the_daemon_is_told_what_its_settings_understand(tmp_path: Path) -> None:
    command = stage(tmp_path, body()).daemon_command()
    settings = load(Path(command[command.index("--config") + 1]), {})
    assert settings.mqtt.urls == ["mqtt://127.0.0.1:1111"]
    assert settings.mqtt.protocol == "3.1.1"
    assert settings.tcp.port == 2222
    assert settings.tools[TOOL].serial == SERIAL_NUMBER
    assert settings.session.end_after_s == SCRIPTED_END_AFTER_S
    assert settings.people[0].threshold_n == 100
    assert settings.journal.path.parent == tmp_path


def test_a_recordings_own_figures_and_the_usual_rule_count_for_it(tmp_path: Path) -> None:
    what = body(scripted=False, threshold_n=70.0, body_mass_kg=80.0, contact_area_cm2=12.5)
    command = stage(tmp_path, what).daemon_command()
    settings = load(Path(command[command.index("--config") + 1]), {})
    assert settings.people[0].threshold_n == 70
    assert settings.people[0].body_mass_kg == 80
    assert settings.tools[TOOL].contact_area_cm2 == 12.5
    assert settings.session.end_after_s == 120


def test_the_command_line_and_the_clock_understand_the_daemons_command(tmp_path: Path) -> None:
    command = stage(tmp_path, body()).daemon_command()
    options = build_parser().parse_args(command[command.index("ql_release") + 1 :])
    assert options.command == "run"
    assert options.clock[0] == 10.0
    assert options.clock[1] > 177 + SCRIPTED_END_AFTER_S
    VirtualClock(*options.clock)


def test_at_the_speed_of_life_the_clock_is_the_real_one(tmp_path: Path) -> None:
    assert "--clock" not in stage(tmp_path, body(), speed=1.0).daemon_command()


def test_the_tool_stays_until_the_session_must_be_over(tmp_path: Path) -> None:
    command = stage(tmp_path, body()).tool_command()
    options = dict(zip(command[2::2], command[3::2], strict=True))
    assert options["--tcp"] == "127.0.0.1:2222"
    assert float(options["--end"]) > SCRIPTED_END_AFTER_S
    assert Path(options["--config"]).is_dir()


def test_settings_of_the_user_are_kept_from_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QL_RELEASE_MQTT__USERNAME", "me")
    assert not any(name.startswith("QL_RELEASE_") for name in stage(tmp_path, body()).environ())


def test_it_takes_under_a_minute_unless_a_recording_is_too_long_for_that() -> None:
    def real_seconds(what: Body) -> float:
        return (what.seconds + 120) / default_speed(what)

    assert real_seconds(body()) < 50
    for seconds in (0.0, 60.0, 600.0, 1800.0):
        assert real_seconds(body(seconds=seconds, scripted=False)) < 50
    assert default_speed(body(seconds=7200.0, scripted=False)) == MOST_DEFAULT_SPEED
