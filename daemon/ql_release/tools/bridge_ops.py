"""What a bridge's commands do; what holds for all commands is `mqtt.commands`."""

from ql_release.events import SessionStarted, parse
from ql_release.journal import Journal
from ql_release.marks import MarkKind
from ql_release.mqtt.commands import CommandDesk
from ql_release.mqtt.history_op import history_reply
from ql_release.mqtt.topics import CommandTopic
from ql_release.payloads import commands
from ql_release.payloads.commands import Command
from ql_release.payloads.people import Profile
from ql_release.payloads.reading import CommandError
from ql_release.payloads.replies import BridgeReply, Erased, ErrorCode, Reply
from ql_release.tools.fleet import Fleet
from ql_release.tools.people import People


class BridgeOps:
    """Carries out the commands for the bridge.

    Args:
        fleet: the tools.
        people: the profiles.
        journal: what was, and what is kept.
    """

    def __init__(self, fleet: Fleet, people: People, journal: Journal) -> None:
        self._fleet = fleet
        self._people = people
        self._journal = journal

    def register(self, desk: CommandDesk) -> None:
        """Have the desk hand the bridge's commands here."""
        desk.register("bridge", "history", self._history, remembered=False)
        desk.register("bridge", "profile", self._profile)
        desk.register("bridge", "assign", self._assign)
        desk.register("bridge", "erase", self._erase)

    async def _history(self, _topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.History)
        return await history_reply(self._journal, command)

    async def _profile(self, _topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.ProfileCommand)
        profile = self._people.sent(Profile.model_validate(command.model_dump()))
        await self._journal.put_profile(profile.person, profile.model_dump_json().encode())
        self._people.put(profile)
        return BridgeReply(id=command.id, ok=True, op=command.op)

    async def _assign(self, _topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Assign)
        stored = await self._journal.event(command.session)
        started = None if stored is None else parse(stored.body)
        if not isinstance(started, SessionStarted):
            raise CommandError(
                ErrorCode.UNKNOWN_SESSION, f"the journal has no session {command.session}"
            )
        live = self._fleet.get(started.tool)
        if live is None or live.pipeline is None:
            raise CommandError(
                ErrorCode.TOOL_OFFLINE,
                f"{started.tool} was not heard since the bridge started; switch it on first",
            )
        live.mark(
            MarkKind.REASSIGNED,
            {
                "command": command.id,
                "session": command.session,
                "person": command.person,
                "was": started.person,
            },
        )
        return BridgeReply(id=command.id, ok=True, op=command.op)

    async def _erase(self, _topic: CommandTopic, command: Command) -> Reply:
        assert isinstance(command, commands.Erase)
        erased = await self._journal.erase(command.person, command.sessions)
        self._people.forget(command.person)
        await self._fleet.erase_person(command.person)
        self._fleet.put_limits_in_force()
        counts = Erased(events=erased.events, sessions=erased.sessions, segments=erased.segments)
        return BridgeReply(id=command.id, ok=True, op=command.op, erased=counts)
