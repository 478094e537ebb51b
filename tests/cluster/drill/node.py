"""One node of a cluster: its configuration, its process, and what it tells about itself."""

import asyncio
import http.client
import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from broker import free_port
from chain import Process
from mqtt_bench import PATIENCE_S

from drill import shipped

ASK_TIMEOUT_S = 5.0
"""A node that does not tell about itself so fast is busy or dying; ask again or another."""
ASK_AGAIN_S = 0.2
"""Each question costs a busy node time, and what it denies a line in its log."""
MQTT_STREAM = "$MQTT_msgs"
"""The stream that keeps QoS 1 messages until they are delivered: it has a leader of its own."""


@dataclass
class Node:
    """A NATS server on ports that stay the same over restarts.

    Attributes:
        name: its `server_name`.
        program: the server.
        folder: for configuration, certificates, data and log.
        port: where MQTT clients find it.
        route_port: where the other nodes do.
    """

    name: str
    program: Path
    folder: Path
    port: int = field(default_factory=free_port)
    route_port: int = field(default_factory=free_port)
    _client_port: int = field(default_factory=free_port)
    _monitor_port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        """Lay out a node; `start` starts it."""
        self._config = self.folder / f"{self.name}.conf"
        self.log = self.folder / f"{self.name}.log"
        self._process = Process([str(self.program), "-c", str(self._config)], self.log)

    @property
    def url(self) -> str:
        """Where MQTT clients find it."""
        return f"mqtts://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process.started and self._process.code is None

    @property
    def rss_mb(self) -> float:
        """Resident memory, MB."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def configure(self, routes: dict[str, int]) -> None:
        """Write the shipped configuration for loopback.

        Args:
            routes: by host in the document, the port for the other nodes' connections there.
        """
        changes = {f"{host}:6222": f"127.0.0.1:{port}" for host, port in routes.items()}
        changes |= {
            "server_name: ql-1": f"server_name: {self.name}",
            "listen: 127.0.0.1:4222": f"listen: 127.0.0.1:{self._client_port}",
            "http: 127.0.0.1:8222": f"http: 127.0.0.1:{self._monitor_port}",
            "listen: 0.0.0.0:6222": f"listen: 127.0.0.1:{self.route_port}",
            "listen: 0.0.0.0:8883": f"listen: 127.0.0.1:{self.port}",
            "/var/lib/nats": f"{self.folder}/{self.name}",
            "/etc/nats/": f"{self.folder}/nats/",
        }
        text = shipped.replaced(shipped.block(shipped.NODE_FILE), changes)
        self._config.write_text(text, encoding="utf-8")

    async def start(self) -> None:
        """Start it; `healthy` tells when it is of use."""
        await self._process.start()

    async def kill(self) -> None:
        """End it without a chance to say goodbye to anyone."""
        await self._process.end(signal.SIGKILL)

    async def close(self) -> None:
        """End it if it runs."""
        if self.running:
            await self.kill()

    async def until_healthy(self) -> None:
        """Wait until it takes part in everything and is up to date.

        Raises:
            RuntimeError: it ended; the message holds the end of its log.
        """
        async with asyncio.timeout(PATIENCE_S):
            while (await self._get("/healthz") or {}).get("status") != "ok":
                if not self.running:
                    raise RuntimeError(f"{self.name} ended: {self._process.said[-2000:]}")
                await asyncio.sleep(ASK_AGAIN_S)

    async def leaders(self) -> dict[str, str]:
        """Return which node leads each stream, and "meta", as far as this node knows."""
        told = await self._get("/jsz?accounts=true&streams=true")
        if told is None:
            return {}
        found = {"meta": told.get("meta_cluster", {}).get("leader", "")}
        for account in told.get("account_details", []):
            for stream in account.get("stream_detail", []):
                found[stream["name"]] = stream.get("cluster", {}).get("leader", "")
        return found

    async def clients(self) -> list[str]:
        """Return the ids of the MQTT clients that are connected to it."""
        told = await self._get("/connz") or {}
        return [
            found["mqtt_client"] for found in told.get("connections", []) if "mqtt_client" in found
        ]

    async def _get(self, path: str) -> dict[str, Any] | None:
        """Return what it tells on its monitoring port; None when it does not."""
        return await asyncio.to_thread(self._get_now, path)

    def _get_now(self, path: str) -> dict[str, Any] | None:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._monitor_port, timeout=ASK_TIMEOUT_S
        )
        try:
            connection.request("GET", path)
            told: dict[str, Any] = json.loads(connection.getresponse().read())
        except (OSError, ValueError, http.client.HTTPException):
            return None
        finally:
            connection.close()
        return told
