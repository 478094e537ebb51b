"""One open session, and what is told of it when it ends."""

from dataclasses import dataclass, field, replace
from typing import Any

from ql_release.events import SessionEnded, rfc3339
from ql_release.payloads.session import DoseEntry, SessionSummary, SessionTotals
from ql_release.sessions.coverage import SECONDS_DIGITS
from ql_release.sessions.drift import zero_drift
from ql_release.sessions.insights import insights
from ql_release.sessions.making import FORCE_DIGITS
from ql_release.sessions.moment import Moment
from ql_release.sessions.rounding import rounded
from ql_release.sessions.tally import Tally
from ql_release.signal.zero import ZeroWatch


@dataclass(slots=True)
class OpenSession:
    """A session that goes on.

    Attributes:
        id: that of its `started` event.
        started: the start of its first contact.
        last_contact: the end of its last contact; while one lasts, the end of the one before.
        in_contact: whether a contact of at least a second lasts.
        tally: what has happened so far.
        zero: what the tool shows between contacts.
    """

    id: str
    started: Moment
    last_contact: Moment
    in_contact: bool = True
    tally: Tally = field(default_factory=Tally)
    zero: ZeroWatch = field(default_factory=ZeroWatch)

    def seconds(self, moment: Moment) -> float:
        """Return how long the session has lasted at a sample; 0 where a clock ran back."""
        return max(0.0, moment.since(self.started.carried_to(moment)))

    def carry_to(self, first: Moment) -> None:
        """Go on in another stream, whose first sample this is.

        What the tool's own clock has measured stays: the host's may have been set meanwhile.
        """
        measured_s = self.last_contact.since(self.started)
        self.last_contact = self.last_contact.carried_to(first)
        began_s = self.last_contact.t - measured_s
        self.started = replace(self.started, uid=first.uid, t=began_s)
        self.zero.begin_stream()

    def give_dates(self, shift_us: int) -> None:
        """Take dates in place of times from before the host knew the time."""
        self.started = self.started.dated(shift_us)
        self.last_contact = self.last_contact.dated(shift_us)

    def totals(self, dose_hold_s: float, dose: list[DoseEntry]) -> dict[str, Any]:
        """Return what the session came to, apart from its source and why it ended.

        Args:
            dose_hold_s: seconds from which a hold counts towards the dose.
            dose: what each spot of the plan got.
        """
        tally = self.tally
        peak = tally.peak_force_n
        return {
            "started_at": rfc3339(self.started.host_us),
            "duration_s": rounded(self.seconds(self.last_contact), SECONDS_DIGITS),
            "holds": tally.holds,
            "hold_s": rounded(tally.hold_s, SECONDS_DIGITS),
            "releases": tally.releases,
            "slips": tally.slips,
            "bone_contacts": tally.bone_contacts,
            "over_pressures": tally.over_pressures,
            "possible_sinks": tally.possible_sinks,
            "peak_force_n": None if peak is None else round(peak, FORCE_DIGITS),
            "coverage": tally.coverage.entries(),
            "left_right": tally.coverage.left_right(),
            "insights": insights(tally, dose_hold_s, dose) + zero_drift(self.zero.level_mn),
            "dose": dose,
        }


def summary_of(ended: SessionEnded) -> SessionSummary:
    """Return the summary that the end of a session gives, live or read from the journal.

    Raises:
        ValueError: for an `ended` event without a session.
    """
    if ended.session is None:
        raise ValueError(f"the event {ended.id} names no session")
    totals = {name: getattr(ended, name) for name in SessionTotals.model_fields}
    return SessionSummary(
        session=ended.session,
        bridge=ended.bridge,
        tool=ended.tool,
        person=ended.person,
        ended_at=ended.at,
        **totals,
    )
