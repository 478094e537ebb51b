"""Who lives in the house: uses Home Assistant by its own interfaces, as its frontend does."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse
from house import TIME_ZONE

PATIENCE_S: Final = 120.0
"""How long to wait for what must happen; only a failing test waits so long."""
PATIENCE: Final = ClientTimeout(total=PATIENCE_S)
"""The same for an answer to a request: of one that never comes, the test is to say where."""
POLL_S: Final = 0.2
FLOW: Final = "/api/config/config_entries/flow"
LARGEST_MESSAGE: Final = 32 * 1024 * 1024


class Resident:
    """A person with an account, connected as a browser is."""

    def __init__(self, url: str) -> None:
        """Know the address; `move_in` makes the account, `come_back` uses it again."""
        self.url = url
        self._session = ClientSession(url, timeout=PATIENCE)
        self._socket: ClientWebSocketResponse | None = None
        self._number = 0
        self._refresh = ""
        self._access = ""
        self._events: list[dict[str, Any]] = []
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    async def move_in(cls, url: str) -> Self:
        """Go through onboarding, and connect."""
        resident = cls(url)
        user = {
            "client_id": resident._client,
            "name": "Alex",
            "username": "alex",
            "password": "a-long-password",
            "language": "en",
        }
        code = (await resident._post("/api/onboarding/users", user))["auth_code"]
        granted = await resident._token(grant_type="authorization_code", code=code)
        resident._refresh = granted["refresh_token"]
        await resident._connect(granted["access_token"])
        for step in ("core_config", "analytics"):
            await resident._post(f"/api/onboarding/{step}", {})
        await resident._post(
            "/api/onboarding/integration",
            {"client_id": resident._client, "redirect_uri": f"{url}/?auth_callback=1"},
        )
        await resident.until(resident._is_running)
        await resident.ask("config/core/update", time_zone=TIME_ZONE, unit_system="metric")
        return resident

    async def come_back(self) -> None:
        """Connect again, after Home Assistant was away."""
        await self.leave()
        self._session = ClientSession(self.url, timeout=PATIENCE)
        granted = await self._token(grant_type="refresh_token", refresh_token=self._refresh)
        await self._connect(granted["access_token"])
        await self.until(self._is_running)

    async def leave(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            await self._socket.close()
        if self._listening is not None:
            await self._listening
        await self._session.close()

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Send a command over the websocket, and return its result."""
        assert self._socket is not None
        self._number += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[self._number] = answer
        await self._socket.send_json({"id": self._number, "type": kind, **fields})
        message = await asyncio.wait_for(answer, PATIENCE_S)
        assert message["success"], message
        return message["result"]

    async def set_up(self, handler: str, *answers: Mapping[str, Any]) -> dict[str, Any]:
        """Add an integration by hand, and return the flow's last step."""
        step = await self._post(FLOW, {"handler": handler, "show_advanced_options": False})
        return await self.answer(step["flow_id"], *answers)

    async def answer(self, flow: str, *answers: Mapping[str, Any]) -> dict[str, Any]:
        """Fill in a flow's forms one after another, and return its last step."""
        step: dict[str, Any] = {}
        for answer in answers:
            step = await self._post(f"{FLOW}/{flow}", dict(answer))
        return step

    async def calendar(self, entity_id: str, start: str, end: str) -> list[dict[str, Any]]:
        """Return the events of a calendar."""
        path, span = f"/api/calendars/{entity_id}", {"start": start, "end": end}
        async with self._session.get(path, params=span, headers=self._headers) as response:
            assert response.ok, await response.text()
            found: list[dict[str, Any]] = await response.json()
            return found

    async def add_person(self, entry: str, name: str, *answers: Mapping[str, Any]) -> str:
        """Add a person to an entry, and return the id by which bridges know them."""
        path = "/api/config/config_entries/subentries/flow"
        step = await self._post(path, {"handler": [entry, "person"]})
        profile = {"name": name, "sessions_per_week": 3, "hold_s": 5}
        for answer in ({**profile, "with_plan": bool(answers), "person": name.lower()}, *answers):
            step = await self._post(f"{path}/{step['flow_id']}", answer)
        assert step["type"] == "create_entry", step
        return name.lower()

    async def change_person(
        self, entry: str, person: str, step: str, answer: Mapping[str, Any]
    ) -> None:
        """Change a person of an entry, by one form of the menu."""
        known = await self.ask("config_entries/subentries/list", entry_id=entry)
        (subentry,) = [one["subentry_id"] for one in known if one["unique_id"] == person]
        path = "/api/config/config_entries/subentries/flow"
        begin = {"handler": [entry, "person"], "subentry_id": subentry}
        flow = (await self._post(path, begin))["flow_id"]
        for one in ({"next_step_id": step}, answer):
            done = await self._post(f"{path}/{flow}", one)
        assert (done["type"], done["reason"]) == ("abort", "reconfigure_successful"), done

    async def register(self, app: Mapping[str, Any]) -> dict[str, Any]:
        """Register an app on a phone, and return what it is known by."""
        known: dict[str, Any] = await self._post("/api/mobile_app/registrations", app)
        return known

    async def fire(self, event_type: str, data: Mapping[str, Any]) -> None:
        """Fire an event on the bus, as another integration does."""
        await self._post(f"/api/events/{event_type}", data)

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return the state of an entity."""
        states = await self.ask("get_states")
        found: dict[str, Any]
        (found,) = [state for state in states if state["entity_id"] == entity_id]
        return found

    async def assist(self, text: str) -> str:
        """Ask Assist, and return what it says."""
        done = await self.ask("conversation/process", text=text, language="en")
        said: str = done["response"]["speech"]["plain"]["speech"]
        return said

    async def until(self, question: Callable[[], Any]) -> Any:
        """Ask until the answer is true, and return it."""
        async with asyncio.timeout(PATIENCE_S):
            while not (answer := await question()):  # noqa: ASYNC110
                await asyncio.sleep(POLL_S)
            return answer

    async def heard(self, event_type: str) -> list[dict[str, Any]]:
        """Return the events of a type that came since they were subscribed to."""
        await self.ask("get_config")  # events that came before its answer are then taken in
        return [event for event in self._events if event["event_type"] == event_type]

    @property
    def _client(self) -> str:
        return f"{self.url}/"

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access}"} if self._access else {}

    async def _connect(self, access: str) -> None:
        self._access = access
        self._socket = await self._session.ws_connect(
            "/api/websocket", max_msg_size=LARGEST_MESSAGE
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": access})
        answer = await self._socket.receive_json()
        assert answer["type"] == "auth_ok", answer
        self._listening = asyncio.create_task(self._listen(self._socket))

    async def _listen(self, socket: ClientWebSocketResponse) -> None:
        """Take in what comes, always: who does not read seems to have gone."""
        async for one in socket:
            message = one.json()
            if message["type"] == "event":
                self._events.append(message["event"])
            else:
                self._asked.pop(message["id"]).set_result(message)

    async def _is_running(self) -> bool:
        config = await self.ask("get_config")
        return bool(config["state"] == "RUNNING")

    async def _token(self, **fields: str) -> dict[str, Any]:
        form = {"client_id": self._client, **fields}
        async with self._session.post("/auth/token", data=form) as response:
            assert response.ok, await response.text()
            found: dict[str, Any] = await response.json()
            return found

    async def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        async with self._session.post(path, json=body, headers=self._headers) as response:
            assert response.ok, (path, await response.text())
            return await response.json()
