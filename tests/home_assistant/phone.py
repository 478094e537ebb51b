"""A phone with the companion app, as far as the house can tell: it registers, is told, answers."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

from aiohttp import ClientSession, web
from broker import free_port
from resident import PATIENCE, PATIENCE_S, Resident

POLL_S = 0.1


class Phone:
    """Receives what is pushed to it, and answers through its webhook.

    Attributes:
        pushed: All that was pushed, in order.

    """

    def __init__(self, name: str) -> None:
        """Switch it on; `register` makes it known."""
        self.name = name
        self.pushed: list[dict[str, Any]] = []
        self._port = free_port()
        self._webhook = ""
        self._runner: web.AppRunner | None = None

    @property
    def service(self) -> str:
        """The notify service by which it is reached."""
        return f"mobile_app_{self.name.lower()}"

    async def register(self, resident: Resident) -> Self:
        """Listen for pushes, and register with the house as the app does."""
        app = web.Application()
        app.router.add_post("/push", self._push)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        known = await resident.register(
            {
                "app_id": "org.example.phone",
                "app_name": "Phone",
                "app_version": "1.0",
                "device_id": self.name,
                "device_name": self.name,
                "manufacturer": "Nobody",
                "model": "Test",
                "os_name": "Test",
                "os_version": "1",
                "supports_encryption": False,
                "app_data": {
                    "push_token": "a-token",
                    "push_url": f"http://127.0.0.1:{self._port}/push",
                },
            }
        )
        self._webhook = f"{resident.url}/api/webhook/{known['webhook_id']}"
        return self

    async def switch_off(self) -> None:
        """Listen no more."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def receives(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Return the first push that is wanted, once it is there."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for one in self.pushed:
                    if wanted(one):
                        return one
                await asyncio.sleep(POLL_S)

    async def press(self, notification: dict[str, Any], button: str) -> None:
        """Press a button of a notification, by its title."""
        data = notification["data"]
        (action,) = [one["action"] for one in data["actions"] if one["title"] == button]
        event = {
            "event_type": "mobile_app_notification_action",
            "event_data": {"action": action, "tag": data["tag"]},
        }
        async with (
            ClientSession(timeout=PATIENCE) as session,
            session.post(self._webhook, json={"type": "fire_event", "data": event}) as response,
        ):
            assert response.ok, await response.text()

    async def _push(self, request: web.Request) -> web.Response:
        self.pushed.append(await request.json())
        return web.json_response({}, status=201)
