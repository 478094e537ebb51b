"""All tools of a bridge: who they are, and which link each is on."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any, Self

from ql_release.context import Context
from ql_release.journal import Batch, Journal, OpenSegment, SegmentRecord
from ql_release.links.damage import DamagedRecording
from ql_release.links.errors import LinkError
from ql_release.links.source import Tool, ToolHello
from ql_release.marks import Mark, MarkKind
from ql_release.payloads.commands import TOOL_COMMANDS
from ql_release.payloads.session import Source
from ql_release.payloads.tool import Hello
from ql_release.pipeline import FrameRecord, Pipeline, Record
from ql_release.sessions.tracker import ToolIdentity
from ql_release.tools.live import LiveTool
from ql_release.tools.naming import Names
from ql_release.tools.recorder import stored_source
from ql_release.tools.surroundings import Surroundings

DOCUMENT = "tool/"
"""Journal documents of the tools that were seen, by id; they hold the serial number and hello."""
UNSUPPORTED_OPS = frozenset({"update"})
"""Ops of the contract that no tool takes yet."""

_LOGGER = logging.getLogger(__name__)


class Fleet:
    """The bridge's tools, made by `restore`.

    Args:
        around: what the tools share.
        names: which id each tool has.
    """

    def __init__(self, around: Surroundings, names: Names) -> None:
        self._around = around
        self._names = names
        self._tools: dict[str, LiveTool] = {}
        self._known: set[str] = set()
        self._tasks: asyncio.TaskGroup | None = None
        self._closing = asyncio.Event()

    @classmethod
    async def restore(cls, around: Surroundings) -> Self:
        """Return the fleet as the journal remembers it, open sessions included."""
        seen = await seen_tools(around.journal)
        names = Names(around.settings, {tool: fields["serial"] for tool, fields in seen.items()})
        fleet = cls(around, names)
        for tool in seen:
            fleet._known.add(tool)
            last = await around.journal.last_session(tool)
            if last is not None:
                around.presences.remember_session(tool, last)
        for segment in await around.journal.open_segments():
            await fleet._rebuild(segment)
        return fleet

    def __iter__(self) -> Iterator[LiveTool]:
        """Yield the tools heard since the start, and those whose session was open."""
        return iter(self._tools.values())

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
            for tool in self._tools.values():
                tasks.create_task(tool.run())
            await self._closing.wait()
            for tool in self._tools.values():
                tool.close()

    def close(self) -> None:
        """Commit what is open and let `run` return."""
        self._closing.set()

    async def serve(self, link: Tool, *, source: Source = "tool") -> None:
        """Live with the tool on a link until the link ends.

        Args:
            link: the tool on its link, before its handshake.
            source: "import" when the link is a file; at its end the session ends, too.
        """
        live: LiveTool | None = None
        try:
            hello = await link.handshake()
            live = self._live(hello, source)
            start = await link.start()
            live.attach(link, hello, start.index)
            await self._remember(live, hello, link.label)
            _LOGGER.info("%s is here on %s", live.identity.tool, link.label)
            await self._listen(link, live, source)
        except LinkError as error:
            _LOGGER.warning("%s", error)
        finally:
            if live is not None:
                live.detach(link)
                _LOGGER.info("%s has gone from %s", live.identity.tool, link.label)
            link.close()
            await link.wait_closed()

    async def _listen(self, link: Tool, live: LiveTool, source: Source) -> None:
        """Take what comes over a link; a file's end, or damage in it, ends the session."""
        try:
            await link.run(live)
        except DamagedRecording as error:
            _LOGGER.warning("%s", error)
        if source == "import":
            live.mark(MarkKind.RECORDING_END)

    async def forget(self, tool: str) -> None:
        """Forget a tool: what is retained of it is emptied."""
        await self._around.journal.put_document(f"{DOCUMENT}{tool}", None)
        self._around.presences.forget(tool)
        self._names.forget(tool)
        live = self._tools.get(tool)
        if live is not None and live.link is not None:
            live.link.close()

    def _live(self, hello: ToolHello, source: Source) -> LiveTool:
        info = hello.info
        name = self._names.id_of(info.serial, info.name)
        live = self._tools.get(name)
        if live is None:
            identity = ToolIdentity(info.serial, name, self._around.topics.bridge)
            live = self._add(identity, source=source)
            if self._tasks is not None:
                self._tasks.create_task(live.run())
        return live

    def _add(
        self,
        identity: ToolIdentity,
        *,
        source: Source = "tool",
        pipeline: Pipeline | None = None,
    ) -> LiveTool:
        person = None if pipeline is None else pipeline.context.person
        limits = self._around.people.limits(identity.tool, person)
        live = LiveTool(identity, self._around, limits, source=source, pipeline=pipeline)
        self._tools[identity.tool] = live
        self._known.add(identity.tool)
        return live

    async def _rebuild(self, segment: OpenSegment) -> None:
        """Take up an open session where the journal left it."""
        identity = ToolIdentity(segment.serial, segment.tool, self._around.topics.bridge)
        source = stored_source(segment.identity)
        records = self._around.journal.segment_records(segment.id)
        pipeline: Pipeline | None = None
        events = []
        async for record in _records(records):
            if pipeline is not None:
                events += pipeline.feed(record)
            elif isinstance(record, Mark) and record.kind is MarkKind.CONTEXT:
                context = Context.from_data(record.uid, record.data)
                pipeline = Pipeline(identity, context, record.index, source=source)
        over = pipeline is None or pipeline.idle
        await self._around.journal.write(
            Batch(tool=segment.tool, events=events, close_segment=over)
        )
        if pipeline is not None and not over:
            self._add(identity, source=source, pipeline=pipeline)
            _LOGGER.info("The open session of %s goes on.", segment.tool)

    async def _remember(self, live: LiveTool, hello: ToolHello, label: str) -> None:
        """Tell of a tool now and after the next start."""
        around, tool = self._around, live.identity.tool
        document = hello_of(live.identity, hello, label, around).model_dump_json()
        around.presences.arrived(tool, document.encode())
        known = {"serial": live.identity.serial.hex(), "hello": json.loads(document)}
        await around.journal.put_document(f"{DOCUMENT}{tool}", json.dumps(known).encode())


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
        ops=[op for op in TOOL_COMMANDS if op not in UNSUPPORTED_OPS],
    )


async def _records(stored: AsyncIterator[SegmentRecord]) -> AsyncIterator[Record]:
    async for record in stored:
        if record.kind == "mark":
            yield Mark.from_json(record.data)
        else:
            yield FrameRecord(record.host_us, record.data)
