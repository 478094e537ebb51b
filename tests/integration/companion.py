"""A phone with the companion app, as Home Assistant sees one: registered, pushed to, answering."""

import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from typing import Any
from unittest.mock import MagicMock, patch

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from homeassistant.core import HomeAssistant

UNUSED = ("camera", "cloud", "conversation")
"""What the app's integration imports, and needs for no notification."""
WANTED_BY_UNUSED = ("hassil", "haffmpeg", "turbojpeg")

type Client = TestClient[web.Request, web.Application]


class Companion:
    """A phone.

    Attributes:
        pushed: what its push service was sent, in order.
        standing: notifications that stand on it, by tag.
    """

    def __init__(self, client: Client) -> None:
        """Reach Home Assistant as its owner."""
        self.pushed: list[dict[str, Any]] = []
        self.standing: dict[str, dict[str, Any]] = {}
        self._client = client
        self._webhook = ""

    async def register(self, name: str, push_url: str) -> None:
        """Register with Home Assistant, as the app does when it is first opened."""
        registration = {
            "app_data": {"push_token": "token", "push_url": push_url},
            "app_id": "io.homeassistant.companion",
            "app_name": "Companion",
            "app_version": "2026.10",
            "device_id": name,
            "device_name": name,
            "manufacturer": "Maker",
            "model": "Phone",
            "os_name": "Android",
            "os_version": "16",
            "supports_encryption": False,
        }
        response = await self._client.post("/api/mobile_app/registrations", json=registration)
        assert response.status == web.HTTPCreated.status_code
        self._webhook = (await response.json())["webhook_id"]

    async def take(self, request: web.Request) -> web.Response:
        """Take what is pushed, as Android does: by its tag, or taken off by it."""
        pushed = await request.json()
        self.pushed.append(pushed)
        tag = pushed.get("data", {}).get("tag", "")
        if pushed["message"] == "clear_notification":
            self.standing.pop(tag, None)
        else:
            self.standing[tag] = pushed
        return web.json_response({}, status=web.HTTPCreated.status_code)

    async def press(self, title: str) -> None:
        """Press a button of what stands on it, which goes by that."""
        for tag, shown in list(self.standing.items()):
            for button in shown["data"]["actions"]:
                if button["title"] == title:
                    del self.standing[tag]
                    await self._fire({"action": button["action"], "tag": tag})
                    return
        raise AssertionError(f"there is no button {title} on {self.standing}")

    async def _fire(self, data: dict[str, Any]) -> None:
        response = await self._client.post(
            f"/api/webhook/{self._webhook}",
            json={
                "type": "fire_event",
                "data": {"event_type": "mobile_app_notification_action", "event_data": data},
            },
        )
        assert response.status == web.HTTPOk.status_code


@asynccontextmanager
async def companion(hass: HomeAssistant, client: Client, name: str) -> AsyncGenerator[Companion]:
    """Have a phone registered, whose push service is a server of this machine."""
    phone = Companion(client)
    app = web.Application()
    app.router.add_post("/push", phone.take)
    async with TestServer(app) as server:
        await phone.register(name, str(server.make_url("/push")))
        await hass.async_block_till_done()
        yield phone


@contextmanager
def app_integration() -> Generator[None]:
    """Let the app's own integration load without the libraries of cameras, cloud and speech."""
    if all(find_spec(name) for name in WANTED_BY_UNUSED):
        yield
        return
    cloud = MagicMock(CloudNotAvailable=RuntimeError)
    cloud.async_active_subscription.return_value = False
    cloud.async_is_logged_in.return_value = False
    unused = dict.fromkeys(UNUSED, MagicMock()) | {"cloud": cloud}
    modules = {f"homeassistant.components.{name}": module for name, module in unused.items()}
    with patch.dict(sys.modules, modules):
        yield
