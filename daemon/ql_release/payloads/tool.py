"""What is published of a tool besides events: hello, availability and live state."""

from typing import Annotated, Literal

from pydantic import Field

from ql_release.payloads.base import (
    CONTRACT_VERSION,
    Count,
    EventId,
    Id,
    Message,
    Newtons,
    Payload,
    Placement,
    Presence,
    Seconds,
    Timestamp,
)

ZoneKind = Literal["load_cell", "contact"]

TOOL_OPS = (
    "tare",
    "calibrate",
    "start",
    "stop",
    "place",
    "person",
    "felt",
    "identify",
    "haptic",
    "sleep",
    "update",
    "forget",
)
"""What a tool can be asked. By name alone: the models, in `commands`, are only loaded when
something is asked."""


class Hello(Payload):
    """A tool, what it can do, and the bridge that speaks for it."""

    contract: str = Field(
        default=CONTRACT_VERSION,
        pattern=r"^[0-9]+\.[0-9]+$",
        description="version of this contract that the bridge speaks, major.minor",
    )
    bridge: Id = Field(description="the bridge; the tool is there only while it is, too")
    tool: Id = Field(description="the tool's id, as in the topic")
    serial: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] = Field(
        description="hardware serial number; enters event ids"
    )
    name: str = Field(description="what the tool calls itself")
    model: str = Field(description="the tool's make")
    firmware: str = Field(description="version of its firmware")
    hardware: Count = Field(description="revision of its hardware")
    link: str = Field(description="how it is connected: tcp, serial, …")
    zones: list[ZoneKind] = Field(
        description="its force zones in order: load cells measure newtons, contact zones only touch"
    )
    imu: bool = Field(description="whether it senses motion")
    max_hz: Annotated[int, Field(ge=0)] = Field(description="highest sample rate, Hz")
    calibration_id: Count = Field(description="number of the sensor calibration in force; 0: none")
    contact_area_cm2: float | None = Field(
        description="contact area, cm²; null: not configured, and no kPa"
    )
    muscles: list[Id] = Field(description="the muscles that can be worked, as configured")
    ops: list[str] = Field(description="the commands that this tool takes")


class PlanProgress(Message):
    """Where the open session is in the person's plan, or where the next one will begin."""

    step: Annotated[int, Field(ge=1)] = Field(description="the step, from 1")
    of: Annotated[int, Field(ge=1)] = Field(description="steps of the plan")
    placement: Placement | None = Field(
        description="the spot of the step; null: the plan was gone through"
    )
    holds: Count = Field(description="holds at the step that lasted long enough")
    holds_wanted: Count = Field(description="holds wanted at the step")
    hold_s: Seconds = Field(description="length wanted of each of them, s")
    done: bool = Field(description="whether all steps have got their holds")


class Availability(Payload):
    """Whether a tool can be heard."""

    state: Presence = Field(description="whether the bridge hears the tool")
    bridge: Id = Field(description="the bridge that says so")
    at: Timestamp = Field(description="since when")


class CalibrationProgress(Message):
    """How far the guided measurement of a threshold has come."""

    press: Count = Field(description="the press that goes on or is awaited, from 1")
    of: Count = Field(description="presses that it will take, as far as can be told")
    holding_s: Seconds | None = Field(
        description="how long the present force has been kept, s; null: nobody is on the tool"
    )
    last_n: Newtons | None = Field(
        description="force of the last press, N; null: none yet, or it did not count"
    )
    ending: (
        Literal[
            "measured",
            "disagree",
            "nobody",
            "too_long",
            "stopped",
            "silence",
            "recording_end",
            "restarted",
        ]
        | None
    ) = Field(description="why it is over; null: it goes on")


class State(Payload):
    """A tool's live values."""

    at: Timestamp = Field(description="time of the sample that they belong to")
    force_n: float = Field(description="total force, N")
    force_pct: float | None = Field(description="of the person's threshold, %; null: not known")
    kpa: float | None = Field(description="mean pressure, kPa; null: no contact area configured")
    in_contact: bool = Field(description="whether somebody is on the tool")
    phase: Literal["idle", "contact", "hold"] = Field(description="what is going on")
    hold_s: Seconds | None = Field(description="length of the hold so far, s; null outside holds")
    session: EventId | None = Field(description="the open session; null between sessions")
    session_s: Seconds | None = Field(description="its length so far, s")
    holds: Count = Field(description="holds begun in it")
    releases: Count = Field(description="releases in it")
    slips: Count = Field(description="slips in it")
    bone_contacts: Count = Field(description="bone contacts in it")
    person: Id | None = Field(description="who uses the tool")
    placement: Placement | None = Field(description="what is being worked on")
    plan: PlanProgress | None = Field(
        default=None, description="where the person is in their plan; null: there is none"
    )
    zones_n: list[float] = Field(description="force of each load-cell zone, N")
    shares: list[float] = Field(
        default=[],
        description="share of the force that each carries, 0 to 1; empty: nobody",
    )
    centre_mm: list[float] | None = Field(
        default=None,
        description="where the force acts, mm along and across the tool; null: nobody there, or "
        "the zones' places are not configured",
    )
    expected_n: float | None = Field(
        default=None,
        description="force that the hold's own decay leaves by now, N; null: not settled, no hold",
    )
    breath_hz: float | None = Field(
        default=None, description="breaths a second, as the force shows them; null: none seen"
    )
    tilt_deg: float | None = Field(description="tilt from the vertical, °; null: no motion sensor")
    over_pressure: bool = Field(description="whether the force is above the limit")
    possible_sink: bool = Field(description="whether the tool sinks in while the force stays")
    quality: Literal["measuring", "saturated", "fault"] = Field(
        description="`saturated`: the force is a lower bound; `fault`: a sensor does not answer"
    )
    battery_pct: Annotated[int, Field(ge=0, le=100)] | None = Field(
        description="battery, %; null: not known"
    )
    rate_hz: float | None = Field(description="samples a second as measured, Hz")
    calibration: CalibrationProgress | None = Field(
        default=None,
        description="the guided measurement of a threshold: the one that goes on, or the last one "
        "since the last session; null: none",
    )
    zero_n: float | None = Field(
        default=None,
        description="what the tool showed between the contacts of the open session, N; null: "
        "not seen",
    )
    rssi_dbm: int | None = Field(default=None, description="radio signal, dBm; null: no radio")
