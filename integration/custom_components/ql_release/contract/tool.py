"""What is published of a tool besides events: hello, availability and live state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .base import (
    EVENT_ID,
    Record,
    boolean,
    choice,
    each,
    integer,
    known,
    listed,
    matching,
    moment,
    number,
    optional,
    record,
    text,
)
from .common import Placement, an_id

LOAD_CELL = "load_cell"
CONTACT = "contact"
ONLINE = "online"
OFFLINE = "offline"

_any_number = number()
_seconds = number(0)
_count = integer()


class Phase(StrEnum):
    """What goes on at a tool."""

    IDLE = "idle"
    CONTACT = "contact"
    HOLD = "hold"


class Quality(StrEnum):
    """How far its values can be trusted."""

    MEASURING = "measuring"
    SATURATED = "saturated"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Record):
    """A tool, what it can do, and the bridge that speaks for it."""

    contract: str = known(matching(r"[0-9]+\.[0-9]+"))
    bridge: str = known(an_id)
    tool: str = known(an_id)
    serial: str = known(matching(r"[0-9a-f]{16}"))
    name: str = known(text)
    model: str = known(text)
    firmware: str = known(text)
    hardware: int = known(_count)
    link: str = known(text)
    zones: tuple[str, ...] = known(listed(choice(LOAD_CELL, CONTACT)))
    imu: bool = known(boolean)
    max_hz: int = known(_count)
    calibration_id: int = known(_count)
    contact_area_cm2: float | None = known(optional(_any_number))
    muscles: tuple[str, ...] = known(listed(an_id))
    ops: tuple[str, ...] = known(listed(text))

    @property
    def measures_force(self) -> bool:
        """Whether any of its zones measures newtons."""
        return LOAD_CELL in self.zones


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability(Record):
    """Whether a bridge hears a tool."""

    state: str = known(choice(ONLINE, OFFLINE))
    bridge: str = known(an_id)
    at: datetime = known(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress(Record):
    """Where a session is in the person's plan."""

    step: int = known(integer(1))
    of: int = known(integer(1))
    placement: Placement | None = known(optional(record(Placement)))
    holds: int = known(_count)
    holds_wanted: int = known(_count)
    hold_s: float = known(_seconds)
    done: bool = known(boolean)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationProgress(Record):
    """How far the guided measurement of a threshold has come."""

    press: int = known(_count)
    of: int = known(_count)
    holding_s: float | None = known(optional(_seconds))
    last_n: float | None = known(optional(number(0)))
    ending: str | None = known(
        optional(
            choice(
                "measured",
                "disagree",
                "nobody",
                "too_long",
                "stopped",
                "silence",
                "recording_end",
                "restarted",
            )
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolState(Record):
    """A tool's live values."""

    at: datetime = known(moment)
    force_n: float = known(_any_number)
    force_pct: float | None = known(optional(_any_number))
    kpa: float | None = known(optional(_any_number))
    in_contact: bool = known(boolean)
    phase: Phase = known(choice(*Phase))
    hold_s: float | None = known(optional(_seconds))
    session: str | None = known(optional(matching(EVENT_ID)))
    session_s: float | None = known(optional(_seconds))
    holds: int = known(_count)
    releases: int = known(_count)
    slips: int = known(_count)
    bone_contacts: int = known(_count)
    person: str | None = known(optional(an_id))
    placement: Placement | None = known(optional(record(Placement)))
    plan: PlanProgress | None = known(optional(record(PlanProgress)), None)
    zones_n: tuple[float, ...] = known(listed(_any_number))
    shares: tuple[float, ...] = each(_any_number)
    centre_mm: tuple[float, ...] | None = known(optional(listed(_any_number)), None)
    expected_n: float | None = known(optional(_any_number), None)
    breath_hz: float | None = known(optional(_any_number), None)
    tilt_deg: float | None = known(optional(_any_number))
    over_pressure: bool = known(boolean)
    possible_sink: bool = known(boolean)
    quality: Quality = known(choice(*Quality))
    battery_pct: int | None = known(optional(integer(0, 100)))
    rate_hz: float | None = known(optional(_any_number))
    calibration: CalibrationProgress | None = known(optional(record(CalibrationProgress)), None)
    zero_n: float | None = known(optional(_any_number), None)
    rssi_dbm: int | None = known(optional(integer(None)), None)
