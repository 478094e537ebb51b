"""All tools of a bridge: who they are, and which link each is on."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any, Self

from ql_release.journal import Batch, Journal, JournalError, OpenSegment
from ql_release.links.damage import DamagedRecording
from ql_release.links.errors import LinkError, QuietError
from ql_release.links.source import Tool, ToolHello
from ql_release.links.watch import LinkEnd
from ql_release.marks import MarkKind
from ql_release.payloads.session import Source
from ql_release.payloads.tool import TOOL_OPS, Hello
from ql_release.pipeline import Pipeline
from ql_release.sessions.tracker import ToolIdentity
from ql_release.tools.live import LiveTool
from ql_release.tools.measured import adopt, with_profiles
from ql_release.tools.naming import Names
from ql_release.tools.places import Places
from ql_release.tools.rebuilding import rebuilt
from ql_release.tools.recorder import POSITION, Position, finished_session
from ql_release.tools.surroundings import Surroundings
from ql_release.tools.twins import Twins

DOCUMENT = "tool/"
"""Journal documents of the tools that were seen, by id; they hold the serial number and hello."""
PERSON = "person/"
"""Journal documents of who uses each tool, by the tool's id; they hold the person's id."""
UNSUPPORTED_OPS = frozenset({"update"})
"""Ops of the contract that no tool takes yet."""
TWIN_WAIT_S = 10.0
"""A tool that was turned away tries again at once; so long it is kept waiting instead."""

_LOGGER = logging.getLogger(__name__)


class Fleet:
    """The bridge's tools, made by `restore`.

    Args:
        around: what the tools share.
        names: which id each tool has.

    Attributes:
        places: what was named to be worked on.
    """

    def __init__(self, around: Surroundings, names: Names) -> None:
        self._around = around
        self._names = names
        self._twins = Twins()
        self._tools: dict[str, LiveTool] = {}
        self._retired: set[LiveTool] = set()
        """Those that are told of no more, and have something to write yet."""
        self._known: set[str] = set()
        self._persons: dict[str, str] = {}
        self.places = Places(around.journal, around.presences)
        self._tasks: asyncio.TaskGroup | None = None
        self._closing = asyncio.Event()
        around.people.on_change(self.put_limits_in_force)

    @classmethod
    async def restore(cls, around: Surroundings) -> Self:
        """Return the fleet as the journal remembers it, open sessions included."""
        seen = await seen_tools(around.journal)
        names = Names(around.settings, {tool: fields["serial"] for tool, fields in seen.items()})
        fleet = cls(around, names)
        for key, person in (await around.journal.documents(PERSON)).items():
            fleet._persons[key.removeprefix(PERSON)] = person.decode()
        await fleet.places.load()
        for segment in await around.journal.open_segments():
            await fleet._rebuild(segment)
        for tool in seen:
            fleet._known.add(tool)
            last = await around.journal.last_session(tool)
            if last is not None:
                around.presences.remember_session(tool, last)
        return fleet

    def __iter__(self) -> Iterator[LiveTool]:
        """Yield the tools heard since the start, and those whose session was open.

        Those that there are now: whoever waits in between may meet a tool that comes or goes.
        """
        return iter(list(self._tools.values()))

    def get(self, tool: str) -> LiveTool | None:
        """Return a tool by its id; None when it was not heard since the start."""
        return self._tools.get(tool)

    def knows(self, tool: str) -> bool:
        """Return whether a tool is this bridge's."""
        return tool in self._known and not self._around.presences.is_elsewhere(tool)

    async def run(self) -> None:
        """Run every tool's writing and watching until `close`."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for tool in self:
                tasks.create_task(self._run_tool(tool))
            await self._closing.wait()
            for tool in (*self, *self._retired):
                tool.close()

    def close(self) -> None:
        """Commit what is open and let `run` return."""
        self._closing.set()

    async def serve(self, link: Tool, *, source: Source = "tool") -> LinkEnd:
        """Live with the tool on a link until the link ends; return how it did.

        Args:
            link: the tool on its link, before its handshake.
            source: "import" when the link is a file; at its end the session ends, too.
        """
        live: LiveTool | None = None
        end = LinkEnd.LEFT
        try:
            hello = await link.handshake()
            if self._is_twin(hello):
                await self._turn_away(link, hello)
                return end
            left_off = None if source == "import" else await self._left_off(hello)
            start = await link.start()
            # Only now, without a wait until it is attached: it could be forgotten meanwhile.
            live = self._live(hello, source)
            self._make_room(live, hello)
            live.attach(link, hello, _taken_up_at(hello, start.index, left_off))
            await self._remember(live, hello, link.label)
            _LOGGER.info("%s is here on %s", live.identity.tool, link.label)
            await self._listen(link, live, source)
        except (LinkError, DamagedRecording) as error:
            _LOGGER.warning("%s", error)
            if isinstance(error, QuietError):
                end = LinkEnd.QUIET
        finally:
            if live is not None:
                live.detach(link, went_quiet=end is LinkEnd.QUIET)
                _LOGGER.info("%s has gone from %s", live.identity.tool, link.label)
            link.close()
            await link.wait_closed()
        return end

    async def _left_off(self, hello: ToolHello) -> int | None:
        """Return the first sample of a tool's stream that no session has had; None: not known."""
        tool = self._name(hello)
        key = f"{POSITION}{tool}"
        try:
            document = (await self._around.journal.documents(key)).get(key)
        except JournalError as error:
            _LOGGER.warning("%s: %s", tool, error)
            return None
        position = None if document is None else Position.from_document(document)
        return position.index if position is not None and position.uid == hello.uid else 0

    async def _listen(self, link: Tool, live: LiveTool, source: Source) -> None:
        """Take what comes over a link; a file's end, or damage in it, ends the session."""
        try:
            await link.run(live)
        except DamagedRecording as error:
            _LOGGER.warning("%s", error)
        if source == "import":
            live.mark(MarkKind.RECORDING_END)

    def _is_twin(self, hello: ToolHello) -> bool:
        """Return whether another tool with the same serial number is connected."""
        serial = hello.info.serial
        here = any(one.link is not None for one in self if one.identity.serial == serial)
        return here and self._twins.is_twin(serial, hello.uid)

    async def _turn_away(self, link: Tool, hello: ToolHello) -> None:
        """Keep a second tool with the same serial number waiting."""
        serial = hello.info.serial
        if self._twins.is_news(serial, hello.uid):
            _LOGGER.warning(
                "%s is a second tool with the serial number %s, and is not heard while the other "
                "is connected: give each tool a serial number of its own.",
                link.label,
                serial.hex(),
            )
        await self._around.clock.sleep(TWIN_WAIT_S)

    def _make_room(self, live: LiveTool, hello: ToolHello) -> None:
        """Note the stream whose connection is about to be replaced by another stream's."""
        if live.link is not None and live.hello is not None and live.hello.uid != hello.uid:
            self._twins.displaced(live.identity.serial, live.hello.uid)

    async def forget(self, tool: str) -> None:
        """Forget a tool: its session ends, and what is retained of it is emptied."""
        await self._around.journal.put_document(f"{DOCUMENT}{tool}", None)
        await self.keep_person(tool, None)
        await self.places.keep(tool, None)
        self._around.presences.forget(tool)
        self._names.forget(tool)
        self._known.discard(tool)
        live = self._tools.get(tool)
        if live is not None:
            self._retire(live)

    async def keep_person(self, tool: str, person: str | None) -> None:
        """Keep who uses a tool, over restarts, too."""
        document = None if person is None else person.encode()
        await self._around.journal.put_document(f"{PERSON}{tool}", document)
        if person is None:
            self._persons.pop(tool, None)
        else:
            self._persons[tool] = person

    async def publish_dates(self) -> None:
        """Publish anew what went out without a date, or waited for one."""
        self._around.presences.tell_again()
        for live in self:
            tool = live.identity.tool
            last = await self._around.journal.last_session(tool)
            if last is not None:
                self._around.presences.session_ended(tool, last)
            live.refresh()
        self._around.publisher.wake()

    def put_limits_in_force(self) -> None:
        """Put in force what is known of the people who use the tools."""
        for live in self:
            live.set_limits(self._around.people.limits(live.identity.tool, live.person))

    async def erase_person(self, person: str) -> None:
        """Let no tool be used by a person any more."""
        for tool in [tool for tool, user in self._persons.items() if user == person]:
            await self.keep_person(tool, None)
        for live in self:
            if live.person == person:
                live.set_person(None, self._around.people.limits(live.identity.tool, None))
        for tool in list(self._known):
            last = await self._around.journal.last_session(tool)
            self._around.presences.correct_session(tool, last)

    def _name(self, hello: ToolHello) -> str:
        return self._names.id_of(hello.info.serial, hello.info.name)

    def _live(self, hello: ToolHello, source: Source) -> LiveTool:
        info, name = hello.info, self._name(hello)
        live = self._tools.get(name)
        if live is not None and live.identity.serial != info.serial:
            self._retire(live)  # the settings gave its id to this tool
            live = None
        if live is None:
            identity = ToolIdentity(info.serial, name, self._around.topics.bridge)
            live = self._add(identity, source=source)
            if self._tasks is not None:
                self._tasks.create_task(self._run_tool(live))
        return live

    async def _run_tool(self, live: LiveTool) -> None:
        await live.run()
        self._retired.discard(live)

    def _add(
        self,
        identity: ToolIdentity,
        *,
        source: Source = "tool",
        pipeline: Pipeline | None = None,
    ) -> LiveTool:
        tool = identity.tool
        person = self._persons.get(tool) if pipeline is None else pipeline.context.person
        limits = self._around.people.limits(tool, person)
        live = LiveTool(identity, self._around, limits, source=source, pipeline=pipeline)
        if person != live.person:
            live.set_person(person, limits)
        if pipeline is None:
            live.set_placement(self.places.of(tool, limits))
        self._tools[tool] = live
        self._known.add(tool)
        return live

    def _retire(self, live: LiveTool) -> None:
        """Let go of a tool: its open session ends, and it is told of no more."""
        del self._tools[live.identity.tool]
        live.mark(MarkKind.STOP)
        live.mark(MarkKind.SILENCE)  # nor will it be told whether somebody stays on it
        self._retired.add(live)
        live.close(hurry=False)

    async def _rebuild(self, segment: OpenSegment) -> None:
        """Take up an open session where the journal left it."""
        try:
            pipeline, events = await rebuilt(
                self._around.journal, segment, self._around.topics.bridge
            )
        except ValueError as error:
            # It must not keep the daemon from starting, now and for ever.
            _LOGGER.error(  # noqa: TRY400 - it says it all
                "The open session of %s cannot go on: %s.", segment.tool, error
            )
            pipeline, events = None, []
        over = pipeline is None or pipeline.idle
        batch = Batch(
            tool=segment.tool,
            events=events,
            summary=finished_session(events),
            close_segment=over,
            documents=Position.of(pipeline).document(segment.tool) if pipeline and over else {},
        )
        batch = with_profiles(batch, self._around.people)
        written = await self._note_rebuilt(batch)
        if pipeline is not None and not (over and written):
            live = self._add(pipeline.identity, source=pipeline.source, pipeline=pipeline)
            if not written:
                live.owe(events)
        if not over:
            _LOGGER.info("The open session of %s goes on.", segment.tool)

    async def _note_rebuilt(self, batch: Batch) -> bool:
        """Write what a rebuilt session had decided; return whether the disk took it."""
        try:
            adopt(batch, await self._around.journal.write(batch), self._around.people)
        except JournalError as error:
            # The tool's own writer goes on trying, as with all that it decides from now on.
            _LOGGER.debug("%s: %s", batch.tool, error)
            return False
        return True

    async def _remember(self, live: LiveTool, hello: ToolHello, label: str) -> None:
        """Tell of a tool now and after the next start."""
        around, tool = self._around, live.identity.tool
        document = hello_of(live.identity, hello, label, around).model_dump_json()
        around.presences.arrived(tool, document.encode())
        known = {"serial": live.identity.serial.hex(), "hello": json.loads(document)}
        try:
            await around.journal.put_document(f"{DOCUMENT}{tool}", json.dumps(known).encode())
        except JournalError as error:
            # It is heard all the same; the next time that it comes it is remembered.
            _LOGGER.warning("%s: %s", tool, error)


def _taken_up_at(hello: ToolHello, following: int, left_off: int | None) -> int:
    """Return the sample with which to take up a stream that is not followed yet.

    It is the oldest that the tool can still replay, for somebody may have been on it while
    nobody listened; but none that a session has had already.

    Args:
        hello: what the tool said of itself.
        following: the sample that comes next.
        left_off: the first sample that no session has had; None: do not look back.
    """
    if left_off is None:
        return following
    return min(following, max(left_off, following - hello.info.ring_samples))


async def seen_tools(journal: Journal) -> dict[str, dict[str, Any]]:
    """Return the serial number and hello of each tool that was seen before, by id."""
    stored = await journal.documents(DOCUMENT)
    return {key.removeprefix(DOCUMENT): json.loads(document) for key, document in stored.items()}


def hello_of(identity: ToolIdentity, hello: ToolHello, label: str, around: Surroundings) -> Hello:
    """Return what is published of a tool's identity and capabilities."""
    info = hello.info
    named = around.settings.tools.get(identity.tool)
    return Hello(
        bridge=identity.bridge,
        tool=identity.tool,
        serial=identity.serial.hex(),
        name=info.name,
        model=info.model,
        firmware=".".join(str(number) for number in info.firmware),
        hardware=info.hardware,
        link=label.partition(" ")[0],
        zones=["contact" if info.zone_kind(zone) else "load_cell" for zone in range(info.n_force)],
        imu=bool(info.imu),
        max_hz=info.max_hz,
        calibration_id=info.cal_id,
        contact_area_cm2=None if named is None else named.contact_area_cm2,
        muscles=list(around.settings.muscles),
        ops=[op for op in TOOL_OPS if op not in UNSUPPORTED_OPS],
    )
