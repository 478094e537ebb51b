"""The events that the daemon publishes: their models, their ids, their times.

An event is made once, from the samples that decided it, and never computed again. What it
says is therefore fixed, and so is its id; only `epoch` and `seq` (given by the journal) and
`live` (set anew at each send) stand outside, and are added to the stored bytes by `complete`.
docs/mqtt.md describes every field for those who read them.
"""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic.json_schema import SkipJsonSchema

from ql_release.payloads.base import (
    CONTRACT_MAJOR,
    Approach,
    Count,
    Epoch,
    EventId,
    Id,
    Newtons,
    Payload,
    Percent,
    Placement,
    Seconds,
    Share,
    Timestamp,
    first_fault,
    rfc3339,
    unix_us,
)
from ql_release.payloads.session import SessionTotals

__all__ = [
    "EVENTS",
    "EVENT_ID_LENGTH",
    "EVENT_MODELS",
    "TOLD_CONFIDENCE",
    "BoneContact",
    "Calibrated",
    "Event",
    "EventError",
    "Felt",
    "HoldEnded",
    "HoldStarted",
    "Judged",
    "OverPressure",
    "Placement",
    "Released",
    "SessionEnded",
    "SessionReassigned",
    "SessionStarted",
    "Slip",
    "body",
    "complete",
    "event_id",
    "parse",
    "rfc3339",
    "unix_us",
]

EVENT_ID_LENGTH = 32
"""Hex digits of an event id: 128 bits, so that no two events ever share one by chance."""

TOLD_CONFIDENCE = 0.5
"""From here on a judged event counts and is told to people; below, it is only recorded."""


class EventError(ValueError):
    """A document is not an event that this version knows; the message says why."""


def _is_none(value: object) -> bool:
    return value is None


class Event(Payload):
    """What all events have in common."""

    id: EventId = Field(description="names this event for ever; the same whenever it is sent")
    bridge: Id = Field(description="the bridge that journaled it")
    epoch: Epoch | SkipJsonSchema[None] = Field(
        default=None, description="names the bridge's journal; a new journal has a new one"
    )
    seq: Annotated[int, Field(ge=1)] | SkipJsonSchema[None] = Field(
        default=None, description="number in the journal, in order; a jump is a gap"
    )
    tool: Id = Field(description="the tool that measured it")
    family: str = Field(description="session, pressure or release; the topic's last level")
    type: str = Field(description="what happened, within its family")
    at: Timestamp = Field(description="when it happened on the tool")
    decided_at: Timestamp = Field(description="time of the sample that decided it")
    session: EventId | None = Field(description="the session it belongs to: its `started` id")
    person: Id | None = Field(description="who used the tool")
    placement: Placement | None = Field(description="what was being worked on")
    time: Annotated[
        Literal["estimated"] | SkipJsonSchema[None],
        Field(exclude_if=_is_none),
    ] = Field(
        default=None,
        description="`estimated`: measured while the bridge did not know the time, before it was "
        "switched off; the times are the latest that they can be. Absent otherwise",
    )
    live: bool | SkipJsonSchema[None] = Field(
        default=None,
        description="whether at most 60 s had passed since `decided_at` when it was sent",
    )


class SessionStarted(Event):
    """The first contact of a session; `at` is the contact's start."""

    family: Literal["session"] = "session"
    type: Literal["started"] = "started"


class SessionEnded(SessionTotals, Event):
    """A session is over; `at` is the end of its last contact."""

    family: Literal["session"] = "session"
    type: Literal["ended"] = "ended"


class SessionReassigned(Event):
    """A session turned out to be someone else's; `person` is who it belongs to now."""

    family: Literal["session"] = "session"
    type: Literal["reassigned"] = "reassigned"
    was: Id | None = Field(description="whose it was taken to be")


class Calibrated(Event):
    """The person's own threshold was measured."""

    family: Literal["session"] = "session"
    type: Literal["calibrated"] = "calibrated"
    threshold_n: Annotated[float, Field(gt=0)] = Field(
        description="the force that the person calls 7 of 10, N"
    )
    presses: Count | None = Field(
        default=None, description="presses that counted, whether or not they agreed"
    )
    spread_pct: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="highest less lowest of the three that agreed, % of the threshold",
    )
    approach: Approach | None = Field(
        default=None,
        description="approach curve, ten values: for each tenth of the force how steeply it was "
        "reached, 1 as on the whole way",
    )


class HoldStarted(Event):
    """A contact lasted 3 s and reached 30 N; `at` is the contact's start."""

    family: Literal["pressure"] = "pressure"
    type: Literal["hold_started"] = "hold_started"


class HoldEnded(Event):
    """A hold's contact ended; `at` is that end."""

    family: Literal["pressure"] = "pressure"
    type: Literal["hold_ended"] = "hold_ended"
    hold_s: Seconds = Field(description="from the contact's start to its end, s")
    unjudged_s: Seconds = Field(
        default=0.0,
        description="time in it in which samples were missing or a sensor was at its limit, s",
    )
    mean_force_n: Newtons = Field(description="mean force over the hold, N")
    peak_force_n: Newtons = Field(description="highest force in the hold, N")
    mean_pct: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="mean force, % of the person's threshold; null: not known"
    )
    peak_pct: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="highest force, % of the person's threshold; null: not known"
    )


class OverPressure(Event):
    """The force was above the limit for half a second; once per excursion."""

    family: Literal["pressure"] = "pressure"
    type: Literal["over_pressure"] = "over_pressure"
    force_n: Newtons = Field(description="force when decided, N")
    limit_n: Newtons = Field(description="the limit in force, N")


class Judged(Event):
    """An event that is a matter of degree."""

    confidence: Share = Field(description="0 to 1; people are told from 0.5 on")
    evidence: dict[str, float] = Field(description="the figures it rests on, by name")


class BoneContact(Judged):
    """The force rose stiffer than soft tissue does and did not relax."""

    family: Literal["pressure"] = "pressure"
    type: Literal["bone_contact"] = "bone_contact"


class Slip(Judged):
    """The tool slid: the force fell abruptly while the tool moved."""

    family: Literal["pressure"] = "pressure"
    type: Literal["slip"] = "slip"


class Released(Judged):
    """The pressure eased beyond the hold's own decay: a possible release; `at` is its onset."""

    family: Literal["release"] = "release"
    type: Literal["released"] = "released"
    drop_pct: Percent = Field(description="fall beyond the hold's own decay, % of the force before")
    expected_pct: float = Field(description="fall that decay alone would have brought, %")
    held_s: Seconds = Field(description="how long the fall had lasted when decided, s")


class Felt(Event):
    """The person's own answer to a release; `at` is when the answer was given."""

    family: Literal["release"] = "release"
    type: Literal["felt"] = "felt"
    release: EventId = Field(description="the `released` event that it answers")
    felt: bool = Field(description="whether the person felt it let go")


EVENTS: tuple[type[Event], ...] = (
    SessionStarted,
    SessionEnded,
    SessionReassigned,
    Calibrated,
    HoldStarted,
    HoldEnded,
    OverPressure,
    BoneContact,
    Slip,
    Released,
    Felt,
)
"""Every event there is, in the order of the documentation."""

EVENT_MODELS: dict[tuple[str, str], type[Event]] = {
    (model.model_fields["family"].default, model.model_fields["type"].default): model
    for model in EVENTS
}
"""The model of an event by its family and type."""


def event_id(
    serial: bytes, uid: int, family: str, kind: str, index: int, *, extra: str | None = None
) -> str:
    """Return the id of an event: the same whenever and wherever it is worked out.

    Args:
        serial: the tool's hardware serial number.
        uid: the stream that holds the deciding sample.
        family: the event's family.
        kind: the event's type.
        index: the deciding sample's index in that stream.
        extra: the id of the command that made the event, where one did.
    """
    recipe = f"{serial.hex()}|{uid:016x}|{family}|{kind}|{index}"
    if extra is not None:
        recipe = f"{recipe}|{extra}"
    return hashlib.sha256(recipe.encode()).hexdigest()[:EVENT_ID_LENGTH]


def body(event: Event) -> bytes:
    """Return the event as compact JSON without `epoch`, `seq` and `live`: the form stored."""
    return event.model_dump_json(exclude={"epoch", "seq", "live"}).encode()


def complete(stored: bytes, epoch: str, seq: int, *, live: bool) -> bytes:
    """Return what is published: a stored body with the three fields that it lacks.

    The body's own bytes are kept as they are, so that every send says the same.

    Raises:
        EventError: when the body is not one that `body` made: the disk has spoilt it.
    """
    if not _is_object(stored):
        raise EventError(f"not a stored event: {stored!r:.60}")
    tail = f',"epoch":{json.dumps(epoch)},"seq":{seq},"live":{"true" if live else "false"}}}'
    return stored[:-1] + tail.encode()


def _is_object(stored: object) -> bool:
    """Return whether something is a JSON object as `body` writes it."""
    if not (isinstance(stored, bytes) and stored.endswith(b"}")):
        return False
    try:
        return isinstance(json.loads(stored), dict)
    except (ValueError, RecursionError):
        return False


def parse(document: bytes | str) -> Event:
    """Return the event in a JSON document, stored or published.

    Fields that are not known are ignored.

    Raises:
        EventError: when it is not JSON, of another major version, of an unknown family or
            type, or lacks what such an event has.
    """
    try:
        fields: Any = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise EventError(f"an event must be JSON: {error}") from error
    if not isinstance(fields, dict):
        raise EventError("an event must be a JSON object")
    if fields.get("v") != CONTRACT_MAJOR:
        raise EventError(
            f"the event is of contract version {fields.get('v')!r}, this program reads "
            f"version {CONTRACT_MAJOR}: update the older of the two"
        )
    family, kind = str(fields.get("family")), str(fields.get("type"))
    model = EVENT_MODELS.get((family, kind))
    if model is None:
        raise EventError(f"there is no event {family}/{kind} in this version")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise EventError(f"not a {family}/{kind} event: {first_fault(error)}") from error
