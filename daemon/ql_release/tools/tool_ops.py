"""What a tool's commands do; what holds for all commands is `mqtt.commands`."""

from ql_release.events import Released, parse
from ql_release.journal import Journal
from ql_release.links.errors import LinkClosedError, LinkError, RequestTimeoutError, status_text
from ql_release.links.source import Tool
from ql_release.marks import MarkKind
from ql_release.mqtt.commands import CommandDesk
from ql_release.mqtt.topics import CommandTopic
from ql_release.payloads import commands
from ql_release.payloads.commands import Command
from ql_release.payloads.reading import CommandError
from ql_release.payloads.replies import ErrorCode, Reply, ToolReply
from ql_release.tools.fleet import Fleet
from ql_release.tools.live import LiveTool
from ql_release.tools.people import People
from ql_release.wire import control
from ql_release.wire.control import Op, Status

IDENTIFY_PATTERN = 1
"""The haptic pattern by which a tool shows itself (docs/wire.md)."""
IDENTIFY_COLOUR = (255, 255, 255)
"""What its light shows where it cannot buzz."""


class ToolOps:
    """Carries out the commands for tools.

    Args:
        fleet: the tools.
        people: whose limits come into force with a person.
        journal: finds the release that an answer is about.
    """

    def __init__(self, fleet: Fleet, people: People, journal: Journal) -> None:
        self._fleet = fleet
        self._people = people
        self._journal = journal

    def register(self, desk: CommandDesk) -> None:
        """Have the desk hand the tools' commands here."""
        for op, handler in (
            ("tare", self._tare),
            ("calibrate", self._calibrate),
            ("start", self._start),
            ("stop", self._stop),
            ("place", self._place),
            ("person", self._person),
            ("felt", self._felt),
            ("identify", self._identify),
            ("haptic", self._haptic),
            ("sleep", self._sleep),
            ("forget", self._forget),
        ):
            desk.register("tool", op, handler)

    async def _tare(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Tare)
        link = self._quiet(topic)
        mask = control.ALL_ZONES
        if command.zones is not None:
            mask = sum({1 << zone for zone in command.zones})
        reply = await _ask(link, Op.TARE, control.tare(mask))
        return _done(command, calibration_id=control.parse_tare(reply))

    async def _calibrate(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Calibrate)
        link = self._quiet(topic)
        match command.step:
            case "point":
                if command.zone is None or command.newtons is None:
                    raise CommandError(
                        ErrorCode.INVALID, "step point needs zone and newtons; add both"
                    )
                payload = control.cal_point(command.zone, command.newtons)
                reply = await _ask(link, Op.CAL_POINT, payload)
                return _done(command, points=control.parse_cal_point(reply).points)
            case "save":
                reply = await _ask(link, Op.CAL_SAVE)
                return _done(command, calibration_id=control.parse_cal_save(reply))
            case "threshold":
                self._begin_measurement(self._live(topic), command)
                return _done(command)

    def _begin_measurement(self, live: LiveTool, command: Command) -> None:
        """Begin the guided measurement of a threshold."""
        tool = live.identity.tool
        if live.pipeline is None:
            raise CommandError(
                ErrorCode.TOOL_OFFLINE, f"{tool} has not measured anything since it came; wait"
            )
        tracker = live.pipeline.tracker
        if tracker.open is not None:
            raise CommandError(
                ErrorCode.REFUSED,
                f"a session is open on {tool}; send stop or let it end, then calibrate",
            )
        if tracker.paused:
            raise CommandError(
                ErrorCode.REFUSED,
                f"a threshold is being measured on {tool} already; go on, or send stop",
            )
        person = self._people.meant(live.person)
        live.mark(MarkKind.THRESHOLD, {"command": command.id, "person": person})

    async def _start(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Start)
        link = self._link(topic)
        await _ask(link, Op.START, control.start(command.rate_hz or control.OWN_RATE))
        return _done(command)

    async def _stop(self, topic: CommandTopic, command: Command) -> Reply:
        live = self._live(topic)
        tracker = None if live.pipeline is None else live.pipeline.tracker
        if tracker is None or (tracker.open is None and not tracker.paused):
            raise CommandError(ErrorCode.NO_SESSION, "no session is open on this tool")
        live.mark(MarkKind.STOP)
        return _done(command)

    async def _place(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Place)
        placement = None if command.placement is None else command.placement.model_dump()
        live = self._live(topic)
        await self._fleet.places.keep(topic.id, placement)
        live.set_placement(placement)
        return _done(command)

    async def _person(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Person)
        limits = self._people.limits(topic.id, command.person)
        live = self._live(topic)
        await self._fleet.keep_person(topic.id, command.person)
        live.set_person(command.person, limits)
        return _done(command)

    async def _felt(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.FeltCommand)
        live = self._live(topic)
        if live.pipeline is None:
            raise CommandError(
                ErrorCode.TOOL_OFFLINE, f"{topic.id} has not measured anything since it came; wait"
            )
        stored = await self._journal.event(command.release)
        release = None if stored is None else parse(stored.body)
        if not isinstance(release, Released) or release.tool != topic.id:
            raise CommandError(
                ErrorCode.UNKNOWN_RELEASE, f"there is no release {command.release} of this tool"
            )
        live.mark(
            MarkKind.FELT,
            {
                "command": command.id,
                "release": command.release,
                "felt": command.felt,
                "session": release.session,
                "person": release.person,
                "placement": release.placement and release.placement.model_dump(),
            },
        )
        return _done(command)

    async def _identify(self, topic: CommandTopic, command: Command) -> Reply:
        link = self._link(topic)
        reply = await _answer(link, Op.HAPTIC, control.haptic(IDENTIFY_PATTERN))
        if reply.status == Status.UNSUPPORTED:
            await _ask(link, Op.LED, control.led(*IDENTIFY_COLOUR))
        return _done(command)

    async def _haptic(self, topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Haptic)
        await _ask(self._link(topic), Op.HAPTIC, control.haptic(command.pattern))
        return _done(command)

    async def _sleep(self, topic: CommandTopic, command: Command) -> Reply:
        await _ask(self._quiet(topic), Op.SLEEP)
        return _done(command)

    async def _forget(self, topic: CommandTopic, command: Command) -> Reply:
        await self._fleet.forget(topic.id)
        return _done(command)

    def _live(self, topic: CommandTopic) -> LiveTool:
        live = self._fleet.get(topic.id)
        if live is None:
            raise CommandError(
                ErrorCode.TOOL_OFFLINE, f"{topic.id} was not heard since the bridge started"
            )
        return live

    def _link(self, topic: CommandTopic) -> Tool:
        link = self._live(topic).link
        if link is None:
            raise CommandError(ErrorCode.TOOL_OFFLINE, f"{topic.id} is not connected; switch it on")
        return link

    def _quiet(self, topic: CommandTopic) -> Tool:
        """Return the link of a tool that nobody is on."""
        if self._live(topic).in_contact:
            raise CommandError(ErrorCode.IN_CONTACT, "somebody is on the tool; get off it first")
        return self._link(topic)


def _done(command: Command, **fields: int) -> ToolReply:
    return ToolReply(id=command.id, ok=True, op=command.op, **fields)


async def _answer(link: Tool, op: Op, payload: bytes = b"") -> control.Reply:
    """Return the tool's reply, whatever its status."""
    try:
        return await link.request(op, payload)
    except RequestTimeoutError as error:
        raise CommandError(ErrorCode.TIMEOUT, str(error)) from error
    except LinkClosedError as error:
        raise CommandError(ErrorCode.TOOL_OFFLINE, str(error)) from error
    except LinkError as error:
        raise CommandError(ErrorCode.REFUSED, str(error)) from error


async def _ask(link: Tool, op: Op, payload: bytes = b"") -> bytes:
    """Return the payload of a reply that grants what was asked."""
    reply = await _answer(link, op, payload)
    if reply.status == Status.OK:
        return reply.payload
    refusals: dict[int, ErrorCode] = {
        Status.UNSUPPORTED: ErrorCode.UNSUPPORTED,
        Status.UNDER_LOAD: ErrorCode.IN_CONTACT,
    }
    code = refusals.get(reply.status, ErrorCode.REFUSED)
    raise CommandError(code, f"the tool refused: {status_text(reply.status)}")
