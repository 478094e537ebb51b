"""Commands: what a tool or a bridge can be asked."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from .base import MAJOR, timestamp
from .common import Cursor, Placement

UPDATE = "update"
"""What a tool has among its ops when its bridge can install firmware on it."""

MAX_ERASED_SESSIONS = 500
"""Sessions that one command to erase can name."""

MAX_HISTORY = 200
"""Events on a page of history at most."""

DEFAULT_DOSE_HOLD_S = 10.0
"""s; from here on a hold counts, unless the plan says otherwise."""
DEFAULT_SESSIONS_PER_WEEK = 3
"""Alternate days, the usual advice."""
MAX_THRESHOLD_N = 1000.0
"""N; a bridge takes no more."""
MAX_BODY_MASS_KG = 500.0
"""kg; a bridge takes no more."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked, before it has an id and a time of sending."""

    op: str
    fields: dict[str, Any] = field(default_factory=dict)

    def payload(self, command_id: str, sent: datetime) -> str:
        """Return the command as it is published."""
        head = {"v": MAJOR, "id": command_id, "sent": timestamp(sent), "op": self.op}
        return json.dumps(head | self.fields, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One spot of a plan."""

    muscle: str
    side: str
    zone: str
    holds: int = 2
    hold_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a person means to do."""

    hold_s: float = DEFAULT_DOSE_HOLD_S
    sessions_per_week: int = DEFAULT_SESSIONS_PER_WEEK
    steps: tuple[PlanStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person, as bridges need them; never a name."""

    person: str
    threshold_n: float | None = None
    body_mass_kg: float | None = None
    plan: Plan = Plan()
    calibrated_at: datetime | None = None
    approach: tuple[float | None, ...] | None = None


def tare(zones: Sequence[int] | None = None) -> Command:
    """Set the zero of force zones; None: of all."""
    return Command("tare", {"zones": None if zones is None else list(zones)})


def start() -> Command:
    """Ask a tool to measure."""
    return Command("start")


def stop() -> Command:
    """End the open session."""
    return Command("stop")


def identify() -> Command:
    """Make a tool show itself."""
    return Command("identify")


def place(placement: Placement | None) -> Command:
    """Say what is being worked on; None: not known, or as the plan has it."""
    fields = None
    if placement is not None:
        fields = {"muscle": placement.muscle, "side": placement.side, "zone": placement.zone}
    return Command("place", {"placement": fields})


def use_by(person: str | None) -> Command:
    """Say who uses a tool; None: not known."""
    return Command("person", {"person": person})


def felt(release: str, *, yes: bool) -> Command:
    """Give the person's own answer to a release."""
    return Command("felt", {"release": release, "felt": yes})


def measure_threshold() -> Command:
    """Begin the guided measurement of the threshold of whoever uses the tool."""
    return Command("calibrate", {"step": "threshold"})


def update() -> Command:
    """Install the newest firmware that the bridge has."""
    return Command(UPDATE)


def sleep() -> Command:
    """Put a tool to sleep."""
    return Command("sleep")


def history(after: Cursor | None) -> Command:
    """Ask a bridge for a page of past events; None: from the oldest."""
    place_in_journal = None if after is None else asdict(after)
    return Command("history", {"after": place_in_journal, "limit": MAX_HISTORY})


def profile(person: Profile) -> Command:
    """Tell a bridge of a person."""
    fields = asdict(person)
    at = person.calibrated_at
    return Command("profile", fields | {"calibrated_at": None if at is None else timestamp(at)})


def erase(person: str, sessions: Sequence[str] = ()) -> Command:
    """Have a bridge erase a person; theirs are also those of some sessions that name nobody."""
    return Command("erase", {"person": person, "sessions": list(sessions)})
