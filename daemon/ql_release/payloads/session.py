"""What a finished session came to, as the `ended` event and the retained summary tell it."""

from typing import Annotated, Literal

from pydantic import Field

from ql_release.payloads.base import (
    Count,
    EventId,
    Id,
    Message,
    Newtons,
    Payload,
    Percent,
    Seconds,
    Side,
    Timestamp,
    Zone,
)

Source = Literal["tool", "import"]
EndReason = Literal["idle", "stopped", "silence", "recording_end"]


class CoverageEntry(Message):
    """What one placement got in a session, of holds long enough to count towards the dose."""

    muscle: Id = Field(description="id of the muscle")
    side: Side = Field(description="of the body")
    zone: Zone = Field(description="of the muscle")
    holds: Count = Field(description="holds that count")
    hold_s: Seconds = Field(description="their time together, s")


class DoseEntry(Message):
    """What one spot of the person's plan got in a session."""

    muscle: Id = Field(description="id of the muscle")
    side: Side = Field(description="of the body")
    zone: Zone = Field(description="of the muscle")
    holds: Count = Field(description="holds there that lasted as long as planned")
    holds_wanted: Count = Field(description="holds planned")
    hold_s: Seconds = Field(description="time in all holds there, s")
    hold_s_wanted: Seconds = Field(description="time planned for all holds together, s")
    done: bool = Field(description="whether it got the holds that were planned")


class LeftRight(Message):
    """How the time of the placed holds that count was shared between the sides."""

    left_pct: Percent = Field(description="left side, %")
    right_pct: Percent = Field(description="right side, %")


class Insight(Message):
    """One thing worth knowing after a session."""

    code: Id = Field(description="names the kind, for programs and translations")
    text: str = Field(description="one English sentence")
    data: dict[str, str | int | float] = Field(description="the figures and names in the sentence")


class SessionTotals(Message):
    """What a session came to."""

    source: Source = Field(description="`tool` if measured live, `import` if from a recording")
    reason: EndReason = Field(
        description="why it ended: `idle` (no contact for the time set), `stopped` (by command), "
        "`silence` (the tool was not heard) or `recording_end`"
    )
    started_at: Timestamp = Field(description="start of its first contact")
    duration_s: Seconds = Field(description="from there to the end of its last contact, s")
    holds: Count = Field(description="contacts of at least 3 s that reached 30 N")
    hold_s: Seconds = Field(description="time in all holds, s")
    releases: Count = Field(description="releases with a confidence of at least 0.5")
    slips: Count = Field(description="slips with a confidence of at least 0.5")
    bone_contacts: Count = Field(description="bone contacts with a confidence of at least 0.5")
    over_pressures: Count = Field(description="times the force stayed above the limit")
    possible_sinks: Count = Field(description="times the tool sank in while the force stayed")
    peak_force_n: Newtons | None = Field(description="highest force in a hold, N; null if no hold")
    coverage: list[CoverageEntry] = Field(description="per placement, most worked first")
    dose: list[DoseEntry] = Field(
        default=[], description="per spot of the person's plan, in its order; empty: no plan"
    )
    left_right: LeftRight | None = Field(description="null if no placed hold counted")
    insights: list[Insight] = Field(description="what is worth knowing, most important first")
    peak_pct: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="highest force, % of the person's threshold; null: not known"
    )


class SessionSummary(SessionTotals, Payload):
    """The tool's last finished session."""

    session: EventId = Field(description="the session's id")
    bridge: Id = Field(description="the bridge that measured it")
    tool: Id = Field(description="the tool")
    person: Id | None = Field(description="whose session it was")
    ended_at: Timestamp = Field(description="end of its last contact")
