"""How the demonstration is set up: speed, times, the daemon's settings, everyone's command line."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ql_release.context import DEFAULT_END_AFTER_S
from ql_release.demo.body import Body
from ql_release.demo.firmware import Firmware
from ql_release.settings import MqttSettings

DEFAULT_SPEED = 10.0
"""Three minutes of body in twenty seconds: fast, and still to be followed with the eyes."""
MOST_DEFAULT_SPEED = 60.0
"""MicroPython on a small computer still reads a recording that fast."""
WANTED_S = 40.0
"""What a recording should take unless a speed is asked for, in real seconds."""
SCRIPTED_END_AFTER_S = 30.0
"""The simulated body rests for 8 s between holds and then is gone: no need to wait for long."""
STARTING_S = 3.0
"""Real seconds that the processes take to find each other, for planning the virtual clock."""
MARGIN_S = 5.0
"""Virtual seconds that the tool lies empty after the session must have ended."""
PATIENCE = 2.0
"""A loaded machine may take so many times longer than planned …"""
LEAST_PATIENCE_S = 45.0
"""… and that long at least, in real seconds, before the demonstration gives up."""
BRIDGE = "demo-bridge"
TOOL = "demo-tool"
SERIAL_NUMBER = "d3d0d3d0d3d0d3d0"
PERSON = "you"
THRESHOLD_N = 100.0
"""The simulated person's own threshold: the holds of 30 to 90 N stay below the 120 % of it."""
SETTINGS_PREFIX = "QL_RELEASE_"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything the processes are told.

    Attributes:
        folder: a folder for the demonstration alone.
        firmware: the tool's firmware and what runs it.
        body: what lies on the tool.
        speed: virtual seconds for each real one.
        broker_port: of the broker, on loopback.
        tool_port: of the daemon's TCP link, on loopback.
    """

    folder: Path
    firmware: Firmware
    body: Body
    speed: float
    broker_port: int
    tool_port: int

    @property
    def end_after_s(self) -> float:
        """After how many virtual seconds without contact a session is over."""
        return SCRIPTED_END_AFTER_S if self.body.scripted else DEFAULT_END_AFTER_S

    @property
    def seconds(self) -> float:
        """Virtual seconds that the play lasts from the body's first sample on."""
        return self.body.seconds + self.end_after_s + MARGIN_S

    @property
    def patience_s(self) -> float:
        """Real seconds after which something must have gone wrong."""
        return max(LEAST_PATIENCE_S, PATIENCE * (STARTING_S + self.seconds / self.speed))

    @property
    def mqtt(self) -> MqttSettings:
        """How to subscribe; amqtt speaks MQTT 3.1.1 only."""
        return MqttSettings(urls=[f"mqtt://127.0.0.1:{self.broker_port}"], protocol="3.1.1")

    def broker_command(self) -> list[str]:
        """Return the broker's command line."""
        return [sys.executable, "-m", "ql_release.demo.broker", str(self.broker_port)]

    def daemon_command(self) -> list[str]:
        """Write the daemon's settings and return its command line."""
        config = self.folder / "config.toml"
        config.write_text(self._settings(), encoding="utf-8")
        command = [sys.executable, "-m", "ql_release", "run", "--config", str(config)]
        if self.speed == 1:
            return command
        duration = STARTING_S * self.speed + self.seconds
        return [*command, "--clock", f"{self.speed}:{duration}:{time.time_ns() // 1000}"]

    def tool_command(self) -> list[str]:
        """Return the tool's command line."""
        options = {
            "--trace": self.body.trace,
            "--tcp": f"127.0.0.1:{self.tool_port}",
            "--speed": f"{self.speed:g}",
            "--config": self.folder / "tool",
            "--serial-number": SERIAL_NUMBER,
            "--name": TOOL,
            "--end": f"{self.end_after_s + MARGIN_S:g}",
        }
        (self.folder / "tool").mkdir(exist_ok=True)
        words = [str(word) for option in options.items() for word in option]
        return [*self.firmware.command, *words]

    def environ(self) -> Mapping[str, str]:
        """Return the environment for all: the user's own settings are none of theirs."""
        kept = {
            key: text for key, text in os.environ.items() if not key.startswith(SETTINGS_PREFIX)
        }
        return {**kept, "PYTHONUNBUFFERED": "1"}

    def _settings(self) -> str:
        """Return the daemon's settings as TOML, whose strings are written as JSON's are."""
        return f"""\
[bridge]
id = "{BRIDGE}"

[mqtt]
urls = {json.dumps(self.mqtt.urls)}
protocol = "{self.mqtt.protocol}"

[tcp]
port = {self.tool_port}

[session]
end_after_s = {self.end_after_s}

[[people]]
id = "{PERSON}"
{self._person()}
[tools.{TOOL}]
serial = "{SERIAL_NUMBER}"
{self._contact_area()}
[journal]
path = {json.dumps(str(self.folder / "journal.db"))}
"""

    def _person(self) -> str:
        """Return what is known of the person on the tool."""
        header = self.body.header
        threshold = THRESHOLD_N if self.body.scripted else header.threshold_n
        known = {"threshold_n": threshold, "body_mass_kg": header.body_mass_kg}
        return "".join(f"{key} = {value}\n" for key, value in known.items() if value is not None)

    def _contact_area(self) -> str:
        """Return the tool's contact area, where the recording tells it."""
        area = self.body.header.contact_area_cm2
        return "" if area is None else f"contact_area_cm2 = {area}\n"


def default_speed(body: Body) -> float:
    """Return the speed when none is asked for: a recording is to take under a minute."""
    if body.scripted:
        return DEFAULT_SPEED
    needed = (body.seconds + DEFAULT_END_AFTER_S + MARGIN_S) / WANTED_S
    return min(MOST_DEFAULT_SPEED, max(DEFAULT_SPEED, float(round(needed))))
