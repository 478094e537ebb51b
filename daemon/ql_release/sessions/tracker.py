"""Detections to sessions: a pure state machine, fed by the samples alone.

A session starts with the first contact of at least a second and ends a set time (two minutes)
after the last one. It survives a restart of the tool, which begins a new stream, and a restart
of the daemon, which feeds the same samples and marks again and gets the same events.

What is deliberately not here: a clock (time passes by samples; silence is a mark), the journal,
and who may give commands.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ql_release import events
from ql_release.context import Limits
from ql_release.events import Event, Placement
from ql_release.payloads.session import EndReason, Source
from ql_release.payloads.tool import PlanProgress
from ql_release.sessions.guide import Guide
from ql_release.sessions.making import (
    FORCE_DIGITS,
    MODELS,
    PERCENT_DIGITS,
    RATIO_DIGITS,
    EventMaker,
    percent_of,
)
from ql_release.sessions.moment import Moment, ToolIdentity
from ql_release.sessions.session import OpenSession
from ql_release.signal.contact import (
    CONTACT_S,
    FOUND_AGAIN_S,
    LONGEST_HOLE_S,
    TIME_EPSILON_S,
)
from ql_release.signal.detections import (
    ContactEnded,
    ContactStarted,
    Detection,
    HoldEnded,
    OverPressure,
)

__all__ = ["TOUCH_DECIDED_S", "Moment", "OpenSession", "SessionTracker", "ToolIdentity"]

TOUCH_DECIDED_S = CONTACT_S + FOUND_AGAIN_S + LONGEST_HOLE_S
"""Seconds within which a touch has become a contact or come to nothing."""

STOP_MATTERS_S = TOUCH_DECIDED_S + FOUND_AGAIN_S
"""Seconds after a stop within which it is decided whether a contact lasts beyond it."""


class SessionTracker:
    """The sessions of one tool.

    Every method takes the deciding sample as a `Moment`; they must come in the order of the
    samples.

    Args:
        identity: the tool.
        rules: when a session ends, which holds count and what is planned; may be replaced at
            any time, and another plan begins with its first step.
        source: "import" when the samples come from a recording.
        person: who uses the tool, or None.
        placement: muscle, side and zone that are worked, or None.
    """

    def __init__(
        self,
        identity: ToolIdentity,
        rules: Limits,
        *,
        source: Source = "tool",
        person: str | None = None,
        placement: Mapping[str, str] | None = None,
    ) -> None:
        self._rules = rules
        self._source = source
        self._guide = Guide(rules.plan, _placement(placement))
        self._maker = EventMaker(identity, person, self._guide.placement)
        self._open: OpenSession | None = None
        self._grace_s = 0.0
        self._stopped: Moment | None = None
        self._muted = False
        self._paused = False

    @property
    def rules(self) -> Limits:
        """When a session ends, which holds count and what is planned."""
        return self._rules

    @rules.setter
    def rules(self, rules: Limits) -> None:
        if rules.plan != self._rules.plan:
            self._guide_anew(Guide(rules.plan, self._guide.placed))
        self._rules = rules

    @property
    def open(self) -> OpenSession | None:
        """The session that goes on, to be read only; None between sessions."""
        return self._open

    @property
    def idle(self) -> bool:
        """Whether a new tracker with the same person and placement would do as well."""
        waits = self._muted or self._paused or self._stopped is not None
        return self._open is None and not waits

    @property
    def paused(self) -> bool:
        """Whether what happens counts for nothing; only over-pressure is told."""
        return self._paused

    @property
    def person(self) -> str | None:
        """Who uses the tool."""
        return self._maker.person

    @property
    def placement(self) -> Placement | None:
        """What is being worked on."""
        return self._maker.placement

    @property
    def placed(self) -> Placement | None:
        """What was last named to be worked on and still holds; None when the plan leads."""
        return self._guide.placed

    @property
    def plan(self) -> PlanProgress | None:
        """Where the person is in their plan; None when there is none."""
        return self._guide.progress()

    def apply(self, detection: Detection, moment: Moment) -> list[Event]:
        """Take a detection and return the events that it leads to, in order.

        Args:
            detection: what the detectors say.
            moment: its deciding sample.
        """
        self._go_on_in(moment)
        match detection:
            case ContactStarted() if not self._paused:
                return self._contact_started(detection, moment)
            case ContactEnded():
                self._contact_ended(detection, moment)
                return []
            case OverPressure() if self._muted or self._paused:
                return [self._maker.of(detection, moment, None)]
            case _ if self._muted or self._paused:
                return []
            case _:
                return self._tell(detection, moment)

    def ends_at(self, first: Moment) -> float | None:
        """Return when the session will be over, unless a contact comes before.

        To be asked at the first sample of every block, before its detections are applied, so
        that the answer does not depend on how the samples are cut into blocks.

        Returns:
            Seconds on the clock of that sample's stream: `advance` is due at the first sample
            at or after it. None while a contact lasts or no session is open.
        """
        self._go_on_in(first)
        if self._stopped is not None and first.since(self._stopped) > STOP_MATTERS_S:
            self._stopped = None
        return self._deadline()

    def advance(self, moment: Moment, *, touched: bool = False) -> list[Event]:
        """Let time pass up to a sample at which nothing was detected.

        Args:
            moment: the sample.
            touched: there is a touch at it that may still become a contact; the session then
                waits for that to be decided.

        Returns:
            The session's end, when it is due.
        """
        self._go_on_in(moment)
        deadline = self._deadline()
        if self._open is None or deadline is None or moment.t < deadline:
            return []
        if touched and not self._grace_s:
            self._grace_s = TOUCH_DECIDED_S
            return []
        return [self._end(self._open, moment, "idle")]

    def end(self, moment: Moment, reason: EndReason) -> list[Event]:
        """End the open session now, if there is one.

        The detector is to be finished first and its last detections applied, so that a hold
        that goes on is counted. After a stop, the contact that then still lasts belongs to no
        session: only over-pressure is told of it.

        Args:
            moment: the last sample before the end; its wall time is when it was decided.
            reason: why.
        """
        self._go_on_in(moment)
        self._stopped = moment if reason == "stopped" else None
        if self._open is None:
            return []
        if self._open.in_contact:
            self._open.last_contact = moment
            self._muted = True
        return [self._end(self._open, moment, reason)]

    def pause(self) -> None:
        """Let nothing count from here on; no session may be open."""
        self._paused = True

    def resume(self, moment: Moment, *, touched: bool) -> None:
        """Let things count again.

        Args:
            moment: the last sample that did not count; the detector is to be finished there.
            touched: somebody is still on the tool: that contact will open no session either.
        """
        self._paused = False
        if touched:
            self._stopped = moment

    def give_dates(self, shift_us: int) -> None:
        """Take dates in place of times from before the host knew the time."""
        if self._open is not None:
            self._open.give_dates(shift_us)
        if self._stopped is not None:
            self._stopped = self._stopped.dated(shift_us)

    def set_person(self, person: str | None, moment: Moment) -> list[Event]:
        """Note who uses the tool: for the open session as a whole and for later ones."""
        self._go_on_in(moment)
        self._maker.person = person
        return []

    def set_placement(self, placement: Mapping[str, str] | None, moment: Moment) -> list[Event]:
        """Note what is being worked on; a hold that goes on counts for it.

        A spot of the plan leads there in the plan, any other out of it, and None back.

        Raises:
            ValueError: when muscle, side and zone are not all there and as they should be.
        """
        self._go_on_in(moment)
        self._guide.place(_placement(placement))
        self._maker.placement = self._guide.placement
        return []

    def felt(self, data: Mapping[str, Any], moment: Moment) -> list[Event]:
        """Note the person's answer to a release.

        Args:
            data: `command` (its id), `release`, `felt`, `session`; `person` and `placement`
                where the release's were others than now.
            moment: the sample before which it was given, with the time of the answer.
        """
        others = {name: data[name] for name in ("person", "placement") if name in data}
        event = self._maker.make(
            events.Felt,
            moment,
            at_us=moment.host_us,
            session=data["session"],
            command=data["command"],
            release=data["release"],
            felt=data["felt"],
            **others,
        )
        return [event]

    def reassign(
        self, session: str, person: str | None, was: str | None, command: str, moment: Moment
    ) -> list[Event]:
        """Say that a session was someone else's; the open one, or one of the past.

        Args:
            session: its id.
            person: whose it is.
            was: whose it was taken to be.
            command: the id of the command that says so.
            moment: the sample before which it was given, with the time of the command.
        """
        if self._open is not None and self._open.id == session:
            self._maker.person = person
        event = self._maker.make(
            events.SessionReassigned,
            moment,
            at_us=moment.host_us,
            session=session,
            command=command,
            person=person,
            placement=None,
            was=was,
        )
        return [event]

    def calibrated(
        self,
        person: str | None,
        threshold_n: float,
        command: str,
        moment: Moment,
        *,
        presses: int,
        spread_pct: float,
        approach: Sequence[float | None],
    ) -> Event:
        """Return the event that tells a person's newly measured threshold.

        Args:
            person: whose it is.
            threshold_n: the force that the person calls 7 of 10, N.
            command: the id of the command that began the measurement.
            moment: the sample that decided it.
            presses: how many presses it took.
            spread_pct: how far those that it rests on are apart, percent.
            approach: the approach curve, see `signal.press`.
        """
        return self._maker.make(
            events.Calibrated,
            moment,
            at_us=moment.host_us,
            session=None if self._open is None else self._open.id,
            command=command,
            person=person,
            placement=None,
            threshold_n=round(threshold_n, FORCE_DIGITS),
            presses=presses,
            spread_pct=round(spread_pct, PERCENT_DIGITS),
            approach=[None if ratio is None else round(ratio, RATIO_DIGITS) for ratio in approach],
        )

    def _go_on_in(self, moment: Moment) -> None:
        """Carry what is open over to the stream of this sample, should it be another."""
        if self._open is not None and self._open.started.uid != moment.uid:
            self._open.carry_to(moment)
        if self._stopped is not None:
            self._stopped = self._stopped.carried_to(moment)

    def _deadline(self) -> float | None:
        if self._open is None or self._open.in_contact:
            return None
        due = self._open.last_contact.t + self.rules.end_after_s + self._grace_s
        return due - TIME_EPSILON_S

    def _contact_started(self, contact: ContactStarted, moment: Moment) -> list[Event]:
        start = moment.at(contact.at)
        if self._stopped is not None and abs(start.since(self._stopped)) < FOUND_AGAIN_S:
            self._muted = True
            return []
        told: list[Event] = []
        if self._open is not None and self._is_over_at(start, self._open):
            told.append(self._end(self._open, moment, "idle"))
        self._stopped = None
        self._grace_s = 0.0
        if self._open is None:
            told.append(self._start(start, moment))
        else:
            self._open.in_contact = True
        return told

    def _is_over_at(self, start: Moment, session: OpenSession) -> bool:
        """Return whether a contact that starts then is too late for the session."""
        return start.since(session.last_contact) >= self.rules.end_after_s - TIME_EPSILON_S

    def _contact_ended(self, contact: ContactEnded, moment: Moment) -> None:
        self._muted = False
        self._stopped = None
        if self._open is not None:
            self._open.in_contact = False
            self._open.last_contact = moment.at(contact.at)
            self._guide.lifted()
            self._maker.placement = self._guide.placement

    def _tell(self, detection: Detection, moment: Moment) -> list[Event]:
        session = self._open
        if session is not None:
            session.tally.add(detection, self._maker.placement, self.rules.dose_hold_s)
            if isinstance(detection, HoldEnded):
                self._guide.held(detection.hold_s)
        if type(detection) not in MODELS:
            return []
        name = None if session is None else session.id
        return [self._maker.of(detection, moment, name, threshold_n=self.rules.threshold_n)]

    def _start(self, start: Moment, moment: Moment) -> Event:
        session = self._maker.id(events.SessionStarted, moment)
        self._open = OpenSession(session, started=start, last_contact=start)
        return self._maker.make(events.SessionStarted, moment, at_us=start.host_us, session=session)

    def _end(self, session: OpenSession, moment: Moment, reason: EndReason) -> Event:
        totals = session.totals(self.rules.dose_hold_s, self._guide.doses())
        self._open = None
        self._grace_s = 0.0
        ended = self._maker.make(
            events.SessionEnded,
            moment,
            at_us=session.last_contact.host_us,
            session=session.id,
            source=self._source,
            reason=reason,
            peak_pct=percent_of(totals["peak_force_n"], self.rules.threshold_n),
            **totals,
        )
        self._guide_anew(self._guide.anew())
        return ended

    def _guide_anew(self, guide: Guide) -> None:
        self._guide = guide
        self._maker.placement = guide.placement


def _placement(fields: Mapping[str, str] | None) -> Placement | None:
    return None if fields is None else Placement.model_validate(fields)
