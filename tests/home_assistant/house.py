"""A house with Home Assistant in it: its process, its configuration, its log."""

import asyncio
import json
import shutil
import signal
import sys
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession
from broker import free_port
from chain import Process
from program_paths import ROOT

HASS: Final = Path(sys.executable).with_name("hass")
INTEGRATION: Final = ROOT / "integration" / "custom_components" / "ql_release"
SENTENCES: Final = ROOT / "integration" / "custom_sentences"
TIME_ZONE: Final = "Europe/Berlin"

CONFIGURATION: Final = """\
frontend:
config:
history:
logbook:
system_health:
automation:
script:
mobile_app:
conversation:
logger:
  default: warning
  logs:
    custom_components.ql_release: debug
"""

HTTP: Final = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": False,
    "ssl_profile": "intermediate_v6",
    "use_x_frame_options": True,
    "created_at": "2026-11-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}
"""What Home Assistant itself stores of its server; settings in YAML would be on trial only."""

START_TRIES: Final = 300
POLL_S: Final = 0.2
NOISE: Final = (
    "We found a custom integration",
    "setup of",  # slow on a busy machine
    "Updating",
)
"""Parts of warnings that Home Assistant gives to every house like this one."""


class House:
    """Home Assistant in a folder of its own; it can be stopped and started again.

    Attributes:
        url: Where it answers.
        config: Its configuration folder.

    """

    def __init__(self, folder: Path) -> None:
        """Furnish it; `start` moves in."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.config = folder / "config"
        self._process = Process(
            [str(HASS), "--config", str(self.config), "--skip-pip"], folder / "home-assistant.out"
        )
        self._furnish(port)

    @property
    def log(self) -> str:
        """What it has logged."""
        return self._process.said

    @property
    def complaints(self) -> list[str]:
        """What its log says of our integration that is no news of its ordinary course."""
        return [
            line
            for line in self.log.splitlines()
            if ("ERROR" in line or "WARNING" in line or "Traceback" in line)
            and "ql_release" in line
            and not any(noise in line for noise in NOISE)
        ]

    async def start(self) -> None:
        """Start it, and return once it answers.

        Raises:
            RuntimeError: It ended instead, or never answered; the message holds its log.

        """
        await self._process.start()
        async with ClientSession() as session:
            for _ in range(START_TRIES):
                if self._process.code is not None:
                    break
                if await self._answers(session):
                    return
                await asyncio.sleep(POLL_S)
        raise RuntimeError(f"Home Assistant did not start: {self.log[-4000:]}")

    async def stop(self) -> None:
        """Stop it as a service manager does."""
        if self._process.started:
            await self._process.end(signal.SIGTERM)

    async def _answers(self, session: ClientSession) -> bool:
        try:
            async with session.get(f"{self.url}/manifest.json") as response:
                return response.ok
        except ClientError:
            return False

    def _furnish(self, port: int) -> None:
        (self.config / ".storage").mkdir(parents=True)
        (self.config / "configuration.yaml").write_text(CONFIGURATION, encoding="utf-8")
        for name in ("automations", "scripts"):
            (self.config / f"{name}.yaml").write_text("", encoding="utf-8")
        shutil.copytree(INTEGRATION, self.config / "custom_components" / "ql_release")
        shutil.copytree(SENTENCES, self.config / "custom_sentences")
        http = {
            "version": 3,
            "minor_version": 1,
            "key": "http",
            "data": {
                "stable": HTTP | {"server_port": port},
                "pending": None,
                "yaml_migration_done": True,
            },
        }
        (self.config / ".storage" / "http").write_text(json.dumps(http), encoding="utf-8")
