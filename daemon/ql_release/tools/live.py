"""One tool as the daemon lives with it: frames in, marks made, events on their way.

Everything that depends on time or on others is decided here and made a mark; everything that
follows from samples is the pipeline's.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ql_release.context import Limits, clock_data
from ql_release.events import Event
from ql_release.follower import Announced, Follower, Taken
from ql_release.links.clockfit import ClockFit
from ql_release.links.errors import LinkError
from ql_release.links.source import Frame, Tool, ToolHello
from ql_release.marks import MarkKind
from ql_release.payloads.session import Source
from ql_release.pipeline import Pipeline
from ql_release.provisional import is_date
from ql_release.sessions.tracker import ToolIdentity
from ql_release.tools.gaps import GapAction, GapWatch
from ql_release.tools.recorder import Recorder
from ql_release.tools.states import StatePace, state_of
from ql_release.tools.surroundings import Surroundings
from ql_release.tools.writer import BatchWriter
from ql_release.units import MICROSECONDS
from ql_release.wire.control import Status
from ql_release.wire.frames import SampleFrame, StatusFrame
from ql_release.wire.stream import Gap

TICK_S = 0.25
"""How often time-outs are looked at: fine against a gap's two seconds."""
OFFLINE_AFTER_S = 2.0
"""A link that comes back within this was only a hiccup; nobody needs to hear of it."""
RECONNECT_GRACE_S = 10.0
"""After a start the tools have this long to come back before an open session is ended."""
FULL_BATTERY_PCT = 100
DAMAGE_PERIOD_S = 60.0
"""How often damaged frames are told of: a burst of them is one line."""
LINE_PERIOD_S = 1.0
"""How often the clock fit is compared with the line in force."""
LINE_TOLERANCE_US = 1000
"""A smaller difference is no news: events carry milliseconds."""

_LOGGER = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """How a tool's samples have arrived since the start.

    Attributes:
        frames: frames of all kinds.
        lost_samples: samples given up.
        recovered_samples: samples that were replayed.
        damaged_frames: messages with a wrong checksum or form, of links that have ended.
    """

    frames: int = 0
    lost_samples: int = 0
    recovered_samples: int = 0
    damaged_frames: int = 0


class LiveTool:
    """One tool.

    Args:
        identity: its serial number, id and bridge.
        around: what it shares with the others.
        limits: the limits in force until others are set.
        source: "import" when its frames come from a file.
        pipeline: rebuilt from the journal when a session was open.
    """

    def __init__(
        self,
        identity: ToolIdentity,
        around: Surroundings,
        limits: Limits,
        *,
        source: Source = "tool",
        pipeline: Pipeline | None = None,
    ) -> None:
        self.identity = identity
        self.hello: ToolHello | None = None
        self.link: Tool | None = None
        self.counts = Counts()
        self._damaged_told = 0
        self._damage_due = around.clock.monotonic()
        self.went_quiet = False
        self._around = around
        self._follower = Follower(
            identity, limits, self._on_taken, source=source, pipeline=pipeline
        )
        self._recorder = Recorder(identity.tool, identity.serial, open_segment=pipeline is not None)
        self._writer = BatchWriter(self._recorder, identity.tool, around)
        self._fit = ClockFit()
        self._gaps = GapWatch()
        self._pace = StatePace()
        self._step: object = None
        self._battery_pct: int | None = None
        self._period_us: int | None = None
        self._started = self._heard = around.clock.monotonic()
        self._line_checked = self._started
        self._detached: float | None = None
        self._taken_up: int | None = None
        self._asking: asyncio.Task[None] | None = None
        self._closing = False
        self.set_limits(limits)  # those that a rebuilt session began with may be others

    @property
    def pipeline(self) -> Pipeline | None:
        """The tool's pipeline; None until its first sample."""
        return self._follower.pipeline

    @property
    def in_contact(self) -> bool:
        """Whether somebody is on the tool."""
        return self.pipeline is not None and self.pipeline.view.in_contact

    @property
    def person(self) -> str | None:
        """Who uses the tool."""
        return self._follower.person

    @property
    def rate_hz(self) -> float | None:
        """Samples a second as measured by the tool; None while nothing is heard."""
        if self.link is None or not self._period_us:
            return None
        return MICROSECONDS / self._period_us

    def owe(self, events: Sequence[Event]) -> None:
        """Take over events of a rebuilt session that the journal could not take yet."""
        self._recorder.owe(events)

    @property
    def problem(self) -> str | None:
        """What keeps its samples and events from being kept, in one sentence; usually None."""
        return self._writer.problem

    @property
    def damaged_frames(self) -> int:
        """Messages with a wrong checksum or form since the start, on all links."""
        return self.counts.damaged_frames + (0 if self.link is None else self.link.damaged)

    def attach(self, link: Tool, hello: ToolHello, index: int) -> None:
        """Begin to listen to the tool on a link; one that it had before is closed.

        Args:
            link: the tool on its link.
            hello: what it said of itself.
            index: the sample with which a stream is taken up that is not followed yet. Where
                that is an older one than will come next, the tool is asked for those between.
        """
        if self.link is not None:
            self.link.close()
        self.link, self.hello = link, hello
        self.went_quiet = False
        self._heard = self._around.clock.monotonic()
        self._detached = None
        self._gaps = GapWatch()
        stream = Announced(hello.uid, hello.calibration_block, index)
        if self._follower.announce(stream, self._around.clock.now_us()):
            self._fit.reset()
            self._taken_up = index

    def detach(self, link: Tool, *, went_quiet: bool = False) -> None:
        """Note that a link has ended, and whether it stood but nothing came over it."""
        self.counts.damaged_frames += link.damaged
        if self.link is link:
            self.went_quiet = went_quiet
            self.link = None
            self._detached = self._around.clock.monotonic()

    def on_frame(self, message: bytes, decoded: Frame, host_us: int) -> None:
        """Take a frame from the link."""
        self._heard = self._around.clock.monotonic()
        self.counts.frames += 1
        match decoded:
            case SampleFrame():
                self._take_samples(message, decoded, host_us)
            case StatusFrame():
                self._take_status(decoded, host_us)
            case _:
                _LOGGER.debug("%s reports %s", self.identity.tool, decoded)

    def mark(self, kind: MarkKind, data: dict[str, Any] | None = None) -> list[Event]:
        """Make a decision take effect before the next sample.

        Returns:
            The events that it leads to; they are on their way to the journal already.
        """
        return self._follower.mark(kind, self._around.clock.now_us(), data or {})

    def set_person(self, person: str | None, limits: Limits) -> None:
        """Say who uses the tool, and what limits come with that."""
        self._follower.person = person
        self.mark(MarkKind.PERSON, {"person": person})
        self.set_limits(limits)

    def set_limits(self, limits: Limits) -> None:
        """Put limits in force."""
        pipeline = self.pipeline
        in_force = self._follower.limits if pipeline is None else pipeline.context.limits
        self._follower.limits = limits
        if limits != in_force:
            self.mark(MarkKind.SETTINGS, limits.to_data())

    def set_placement(self, placement: dict[str, str] | None) -> None:
        """Say what is being worked on."""
        self._follower.placement = placement
        self.mark(MarkKind.PLACE, {"placement": placement})

    def clock_was_set(self) -> None:
        """Fit the tool's clock anew: the host's has just become another."""
        self._fit.reset()

    async def written(self) -> None:
        """Wait until all that has been decided so far is in the journal."""
        await self._writer.written()

    def refresh(self) -> None:
        """Publish the live values at the next sample: the broker may have lost them."""
        self._pace.hurry()

    async def run(self) -> None:
        """Write to the journal and watch the time until `close`."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._writer.run())
            tasks.create_task(self._watch())

    def close(self, *, hurry: bool = True) -> None:
        """Commit everything; an open session stays open for the next start.

        Args:
            hurry: whether to give up what the disk does not take at once, for the daemon ends.
        """
        self.mark(MarkKind.SHUTDOWN)
        if self._asking is not None:
            self._asking.cancel()
        if self.link is not None:
            self.link.close()
        self._closing = True
        self._writer.close(hurry=hurry)

    def _take_samples(self, message: bytes, frame: SampleFrame, host_us: int) -> None:
        if not self._follower.samples(message, frame, host_us):
            return
        pipeline = self.pipeline
        assert pipeline is not None
        if frame.replayed:
            self.counts.recovered_samples += frame.n
        else:
            self._period_us = frame.period_us
            device_us = pipeline.device_time(frame)
            self._fit.observe(device_us + (frame.n - 1) * frame.period_us, host_us)
        self._publish_state(pipeline)

    def _take_status(self, status: StatusFrame, host_us: int) -> None:
        # Whatever is no percentage is not known: `BATTERY_UNKNOWN`, or a tool's mistake.
        self._battery_pct = status.battery if status.battery <= FULL_BATTERY_PCT else None
        if self._follower.status(status, host_us):
            self._fit.reset()
            self._taken_up = None

    def _on_taken(self, taken: Taken) -> None:
        """Have what the pipeline took journaled, and see what it means for the gaps."""
        assert self.pipeline is not None
        self._recorder.add(taken, self.pipeline)
        self._judge_gap()
        if taken.events or self._recorder.due(self._around.clock.now_us()):
            self._writer.wake()

    def _publish_state(self, pipeline: Pipeline) -> None:
        around = self._around
        in_contact = pipeline.view.in_contact
        measurement = pipeline.measurement
        step = None if measurement is None else measurement.step
        if step != self._step:  # whoever is guided waits for it
            self._step = step
            self._pace.hurry()
        if not self._pace.due(around.clock.monotonic(), in_contact=in_contact):
            return
        named = around.settings.tools.get(self.identity.tool)
        places = () if named is None else named.zone_places_mm
        state = state_of(pipeline, self._battery_pct, self.rate_hz, places)
        topic = around.topics.state(self.identity.tool)
        payload = state.model_dump_json().encode()
        around.publisher.publish_state(topic, payload, retain=not in_contact)

    # Gaps

    def _judge_gap(self) -> None:
        pipeline = self.pipeline
        if pipeline is None or self.link is None:
            return  # the next link may still bring what is missing
        gap = pipeline.gap
        match self._gaps.judge(gap, self._around.clock.monotonic()):
            case GapAction.ASK if gap is not None:
                self._asking = asyncio.create_task(self._ask(self.link, gap))
            case GapAction.GIVE_UP if gap is not None:
                self._close_gap(gap.first + gap.count)
            case _:
                return

    async def _ask(self, link: Tool, gap: Gap) -> None:
        """Ask for missing samples once; what is gone for good is given up at once."""
        assert self.pipeline is not None
        uid = self.pipeline.context.uid
        try:
            answer = await link.replay(uid, gap.first, gap.count)
        except LinkError as error:
            _LOGGER.debug("%s: no replay: %s", self.identity.tool, error)
            return
        if self.pipeline.context.uid != uid:
            return  # the tool has begun another stream meanwhile
        end = gap.first + gap.count
        if answer.status is Status.GONE:
            self._close_gap(end)
        elif answer.first > gap.first:
            self._close_gap(min(answer.first, end))

    def _close_gap(self, index: int) -> None:
        gap = None if self.pipeline is None else self.pipeline.gap
        if gap is not None and gap.first < index:
            self._count_lost(gap.first, index)
            now_us = self._around.clock.now_us()
            self._follower.mark(MarkKind.GAP_CLOSED, now_us, {}, index)

    def _judge_damage(self, now: float) -> None:
        """Tell of frames that cannot be read: at once, then once a minute while it goes on."""
        damaged = self.damaged_frames
        if damaged > self._damaged_told and now >= self._damage_due:
            self._damage_due = now + DAMAGE_PERIOD_S
            new, self._damaged_told = damaged - self._damaged_told, damaged
            _LOGGER.warning(
                "%s: %d damaged %s came: check the cable or how far the tool is away",
                self.identity.tool,
                new,
                "frame" if new == 1 else "frames",
            )

    def _count_lost(self, first: int, end: int) -> None:
        """Count samples that are given up, but not those from before we listened."""
        if first == self._taken_up:
            _LOGGER.info("%s is heard from its sample %d on", self.identity.tool, end)
            return
        self.counts.lost_samples += end - first
        _LOGGER.warning("%s: %d samples are lost", self.identity.tool, end - first)

    # Time

    async def _watch(self) -> None:
        while not self._closing:
            now = self._around.clock.monotonic()
            self._judge_gap()
            self._judge_link(now)
            self._judge_silence(now)
            self._judge_line(now)
            self._judge_damage(now)
            if self._recorder.due(self._around.clock.now_us()):
                self._writer.wake()
            await self._around.clock.sleep(TICK_S)

    def _judge_link(self, now: float) -> None:
        if self._detached is not None and now - self._detached >= OFFLINE_AFTER_S:
            self._detached = None
            self._around.presences.left(self.identity.tool)

    def _judge_silence(self, now: float) -> None:
        """End a session whose tool has not been heard for as long as ends a session."""
        pipeline = self.pipeline
        if pipeline is None or pipeline.tracker.idle:
            return
        if now - max(self._heard, self._started) < RECONNECT_GRACE_S:
            return
        if self._silent_s(pipeline, now) < pipeline.context.limits.end_after_s:
            return
        gap = pipeline.gap
        if gap is None:
            self.mark(MarkKind.SILENCE)
        else:
            self._close_gap(gap.first + gap.count)  # then what waited behind it is judged

    def _silent_s(self, pipeline: Pipeline, now: float) -> float:
        """Return how long the tool has not been heard.

        The wall clock, which may be set meanwhile, is asked only for what was before the start.
        """
        if self._heard > self._started:
            return now - self._heard
        return (self._around.clock.now_us() - pipeline.now.host_us) / MICROSECONDS

    def _judge_line(self, now: float) -> None:
        """Put the fitted clock in force when it tells another time than the line that is."""
        pipeline, line = self.pipeline, self._fit.anchor
        if pipeline is None or line is None or now - self._line_checked < LINE_PERIOD_S:
            return
        self._line_checked = now
        told, fitted = (known.at(pipeline.device_us) for known in (pipeline.context.line, line))
        if is_date(told) and not is_date(fitted):
            return  # the tool's clock runs on since the host knew the time
        if abs(told - fitted) > LINE_TOLERANCE_US:
            self.mark(MarkKind.CLOCK, clock_data(line))
