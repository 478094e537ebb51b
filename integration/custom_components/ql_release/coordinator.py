"""The push coordinator: what comes from bridges and tools, and who is told of it."""

import logging
from collections.abc import Callable
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .arrivals import Arrivals
from .audience import Audience, EventCallback
from .care.care import Care
from .catch_up import CatchUp
from .coaching.manager import CoachManager
from .complaints import Complaints
from .const import CONF_CONFIDENCE, CONF_PREFIX, DOMAIN
from .contract.base import ContractError
from .contract.bridge import BridgeHealth
from .contract.commands import Command
from .contract.events import TOLD_CONFIDENCE, Calibrated, Event, Judged, Released
from .contract.replies import Reply
from .contract.session import LastSession
from .contract.tool import ONLINE, Hello, ToolState
from .contract.topics import TOOL, Topics
from .desk import CommandDesk
from .event_stream import EventStream
from .history.book import SessionBook
from .history.news import SessionNews
from .history.statistics import SessionStatistics
from .household import Bridge, Household, Tool
from .inbox import Inbox
from .leaving.departures import Departures
from .leaving.eraser import Eraser
from .link import MqttLink, discovery_prefix
from .people import People
from .presence import PresenceLog
from .profiles import ProfileSender
from .store import QlReleaseStore

_LOGGER = logging.getLogger(__name__)

type QlReleaseConfigEntry = ConfigEntry[QlReleaseCoordinator]


def instance(entry: ConfigEntry) -> str:
    """Return the id under which this entry says that it is there."""
    return entry.entry_id.lower()


def loaded(hass: HomeAssistant, entry_id: str) -> QlReleaseCoordinator | None:
    """Return the coordinator of an entry; None: it is not loaded."""
    entry: QlReleaseConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    return entry.runtime_data


def all_loaded(hass: HomeAssistant) -> list[QlReleaseCoordinator]:
    """Return the coordinators of all entries that are loaded."""
    return [
        entry.runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]


class QlReleaseCoordinator(DataUpdateCoordinator[Household]):
    """Owns the way to the broker and what is known through it.

    Listeners name the device that they show as their context, and are told of that one alone:
    a message of one tool costs the entities of the others nothing.
    """

    config_entry: QlReleaseConfigEntry

    def __init__(self, hass: HomeAssistant, entry: QlReleaseConfigEntry) -> None:
        """Put the parts together; `async_start` begins to listen."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=f"{DOMAIN} {entry.title}")
        self.topics = Topics(entry.data[CONF_PREFIX])
        self.data = Household(self.topics.prefix)
        self._audience = Audience()
        self.people = People(hass, entry)
        self.store = QlReleaseStore(hass, entry.entry_id)
        self.sessions = SessionBook(self.store, self.people)
        self.coaches = CoachManager(
            hass, entry, self.people, self.sessions, self._audience.async_tell
        )
        self._statistics = SessionStatistics(hass, entry, self.people, self.sessions)
        self.care = Care(
            hass,
            entry,
            household=self.data,
            people=self.people,
            book=self.sessions,
            connected=lambda: self.connected,
        )
        self._complaints = Complaints(self.care.bridges)
        self._presence = PresenceLog(self.data)
        self._arrivals = Arrivals(
            hass,
            entry,
            self.data,
            self._presence,
            self.care.tools,
            tell=self._audience.async_tell,
            changed=self._audience.async_devices_changed,
        )
        self._events = EventStream(self.store, self._complaints, self._apply)
        inbox = Inbox(self.topics, self, self._complaints)
        self._link = MqttLink(
            hass,
            entry,
            lambda: (
                (
                    f"{discovery_prefix(hass)}/device/+/config",
                    self._arrivals.handover.async_message,
                ),
                *((topic, inbox.async_message) for topic in self.topics.filters),
            ),
            self._on_connection,
            self._on_listening,
        )
        self._desk = CommandDesk(self._link, self.topics)
        self._profiles = ProfileSender(hass, entry, self._desk)
        self._eraser = Eraser(hass, entry, self.store, self._desk)
        self.departures = Departures(
            self.people,
            self.store,
            board=self.care.board,
            book=self.sessions,
            statistics=self._statistics,
            to_erase=self._erase_online,
        )
        self._catch_up = CatchUp(
            hass, entry, self._desk, self._events.cursor, self._events.async_page
        )
        self._news = SessionNews(
            hass,
            entry,
            self.people,
            self.sessions,
            tell=self._audience.async_tell,
            review=self.care.thresholds.async_review,
        )
        self._listening = False

    async def async_load(self) -> None:
        """Read what was kept."""
        await self.store.async_load()
        self.sessions.async_load()
        await self.coaches.async_load()

    async def async_start(self) -> None:
        """Begin to listen."""
        self._profiles.async_changed(self._everyone(), ())
        self.departures.async_review()
        self.care.thresholds.async_review()
        await self._link.async_start()
        self.coaches.async_start()
        self._statistics.async_start(self.told_confidence)
        self._news.async_start()

    async def async_stop(self) -> None:
        """Stop listening, and keep what must outlive it."""
        self._link.async_stop()
        self._news.async_stop()
        self.care.async_stop()
        self._arrivals.async_stop()
        await self.coaches.async_stop()
        await self.store.async_save()

    async def async_withdraw(self) -> None:
        """Say that this entry is no longer there; without a broker, as soon as there is one."""
        topic = self.topics.presence(instance(self.config_entry))
        if not await self._link.async_publish(topic, "", retain=True):
            self.store.to_empty.add(topic)

    async def async_ask(self, kind: str, which: str, command: Command) -> Reply:
        """Send a command and return its reply.

        Raises:
            CommandError: when it was refused, or nobody answered.

        """
        return await self._desk.async_ask(kind, which, command)

    async def async_ask_tool(self, tool: Tool, command: Command) -> Reply:
        """Send a command to a tool and return its reply.

        Raises:
            CommandError: when it was refused, or nobody answered.

        """
        return await self._desk.async_ask(TOOL, tool.id, command)

    @property
    def connected(self) -> bool:
        """Whether the broker is connected."""
        return self._link.connected

    @override
    @callback
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: Any = None
    ) -> Callable[[], None]:
        """Listen for news of the device that the context names."""
        remove = super().async_add_listener(update_callback, context)
        leave = self._audience.async_listen(str(context), update_callback)

        def remove_listener() -> None:
            remove()
            leave()

        return remove_listener

    @callback
    def async_listen_devices(self, on_devices: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Be told whenever there may be other devices, or devices with other abilities."""
        return self._audience.async_listen_devices(on_devices)

    @callback
    def async_listen_events(self, on_event: EventCallback) -> CALLBACK_TYPE:
        """Be told of every event, once; also of those from history, whose `live` is false.

        The cursor moves after all have been told, so what they keep must go to `store`.
        """
        return self._audience.async_listen_events(on_event)

    def is_told(self, event: Event) -> bool:
        """Tell whether people want to be told of an event."""
        wanted = self.told_confidence
        return event.told and (not isinstance(event, Judged) or event.confidence >= wanted)

    @property
    def told_confidence(self) -> float:
        """From which confidence on people want to be told."""
        wanted: float = self.config_entry.options.get(CONF_CONFIDENCE, TOLD_CONFIDENCE)
        return wanted

    @callback
    def async_people_changed(self) -> None:
        """Pass on that people came, went or changed."""
        self.people.async_changed()
        self.sessions.async_people_changed()
        self.coaches.async_people_changed()
        self._statistics.async_people_changed()
        self.departures.async_review()
        self.care.thresholds.async_review()
        self._profiles.async_changed(self._everyone(), self._online())
        self._audience.async_devices_changed()
        self.async_update_listeners()

    def _everyone(self) -> list[Any]:
        return [person.profile for person in self.people.all()]

    @callback
    def async_forget_bridge(self, bridge: str) -> None:
        """Let a bridge be no device, until it is heard again."""
        self.care.bridges.async_forget(bridge)
        self._catch_up.async_drop(bridge)
        self._eraser.async_offline(bridge)
        self._profiles.async_offline(bridge)
        self._arrivals.async_forget_bridge(bridge)

    def _online(self) -> list[str]:
        return [bridge.id for bridge in self.data.bridges.values() if bridge.online]

    @callback
    def _erase_online(self) -> None:
        for bridge in self._online():
            self._eraser.async_online(bridge)

    # What the link tells

    @callback
    def _on_connection(self, connected: bool) -> None:  # noqa: FBT001
        """Say that we are there, or take it that nobody is."""
        if connected:
            self.config_entry.async_create_task(
                self.hass, self._async_announce(), f"announce {self.name}"
            )
        else:
            self._listening = False
            self._catch_up.async_drop_all()
            self.data.silence()
            self._presence.async_review()
        self.async_update_listeners()

    async def _async_announce(self) -> None:
        topic = self.topics.presence(instance(self.config_entry))
        await self._link.async_publish(topic, ONLINE, retain=True)
        self.store.to_empty.discard(topic)
        for left in sorted(self.store.to_empty):
            if await self._link.async_publish(left, "", retain=True):
                self.store.to_empty.discard(left)
                self.store.async_changed()

    @callback
    def _on_listening(self) -> None:
        """Ask for what was missed: from here on nothing is."""
        self._listening = True
        for bridge in self.data.bridges.values():
            if bridge.online:
                self._catch_up.async_request(bridge.id)

    # What messages say

    @callback
    def take_status(self, bridge: str, *, online: bool) -> None:
        """Take whether a bridge is there."""
        found = self._arrivals.async_bridge(bridge)
        self.care.bridges.async_bridge(bridge, online=online)
        if found.online == online:
            return
        found.online = online
        if online:
            self._profiles.async_online(bridge)
            self._eraser.async_online(bridge)
            if self._listening:
                self._catch_up.async_request(bridge)
        else:
            self._catch_up.async_drop(bridge)
            self._eraser.async_offline(bridge)
            self._profiles.async_offline(bridge)
        self._presence.async_review()
        self._tell_all_of(found)

    @callback
    def take_health(self, health: BridgeHealth) -> None:
        """Take how a bridge is."""
        found = self._arrivals.async_bridge(health.bridge)
        updated = found.health is None or found.health.version != health.version
        found.health = health
        if updated:
            self._arrivals.async_bridge_updated(found)
            self._tell_all_of(found)
        else:
            self._audience.async_tell(found.key)

    @callback
    def take_hello(self, tool: str, hello: Hello | None) -> None:
        """Take what a tool is, or that it has gone."""
        self._arrivals.async_hello(self.data.tool(tool), hello)

    @callback
    def take_availability(self, tool: str, *, heard: bool) -> None:
        """Take whether a tool is heard."""
        found = self.data.tool(tool)
        found.heard = heard
        if found.hello is None:
            return
        if heard:
            self._arrivals.async_name(found, found.hello.serial)
        self._presence.async_review()
        self._audience.async_tell(found.hello.serial)

    @callback
    def take_state(self, tool: str, state: ToolState) -> None:
        """Take live values."""
        found = self.data.tool(tool)
        if found.take_state(state):
            self._audience.async_devices_changed()
        if found.hello is not None and self.data.is_current(found):
            self.care.tools.async_state(found.hello, state)
        self._tell_of(found)

    @callback
    def take_last_session(self, tool: str, session: LastSession | None) -> None:
        """Take the last finished session."""
        found = self.data.tool(tool)
        found.last_session = session
        self._tell_of(found)

    @callback
    def take_event(self, event: Event, *, retained: bool) -> None:
        """Take an event, of a bridge that is known."""
        bridge = self.data.bridges.get(event.bridge)
        if bridge is None:
            raise ContractError("is of a bridge that has not said that it is there")
        complete = self._events.async_event(event, retained=retained)
        if not complete and self._listening and bridge.online:
            self._catch_up.async_request(bridge.id)

    @callback
    def take_reply(self, reply: Reply) -> None:
        """Take the answer to a command."""
        self._desk.answer(reply)

    def _apply(self, event: Event) -> None:
        """Let an event have its effects, once; none, if its person is to be erased."""
        if self.departures.is_erased(event.person):
            return
        if isinstance(event, Calibrated):
            self.people.async_adopt(event)
        self.sessions.async_apply(event)
        self.coaches.async_event(event)
        self._audience.async_event(event)
        if isinstance(event, Released) and self.is_told(event):
            self._released(event)

    def _released(self, event: Released) -> None:
        tool = self.data.tools.get(event.tool)
        if tool is None or (tool.last_release and tool.last_release.at >= event.at):
            return
        tool.last_release = event
        self._tell_of(tool)

    # Who is told

    def _tell_all_of(self, bridge: Bridge) -> None:
        """Tell those who show a bridge, or a tool that it speaks for."""
        self._audience.async_tell(bridge.key)
        for hello, _ in self.data.devices():
            if hello.bridge == bridge.id:
                self._audience.async_tell(hello.serial)

    def _tell_of(self, tool: Tool) -> None:
        if tool.hello is not None and self.data.is_current(tool):
            self._audience.async_tell(tool.hello.serial)
