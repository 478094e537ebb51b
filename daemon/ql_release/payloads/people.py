"""People: what the daemon needs to know of them, and no more. Names are not needed."""

from typing import Annotated

from pydantic import Field

from ql_release.context import DEFAULT_DOSE_HOLD_S
from ql_release.payloads.base import Approach, Count, Id, Message, Placement, Timestamp

MAX_THRESHOLD_N = 1000.0
"""N; far above what anyone can lie on, so that a slip of the keyboard is noticed."""
MAX_BODY_MASS_KG = 500.0
"""kg; the same."""
SHORTEST_DOSE_HOLD_S = 3.0
"""s; a shorter contact is no hold at all."""
LONGEST_DOSE_HOLD_S = 600.0
"""s; ten minutes, several times the longest hold that anyone advises."""
DEFAULT_SESSIONS_PER_WEEK = 3
"""Alternate days, the usual advice."""

Threshold = Annotated[float, Field(gt=0, le=MAX_THRESHOLD_N)]
BodyMass = Annotated[float, Field(gt=0, le=MAX_BODY_MASS_KG)]


class PlanStep(Placement):
    """One spot of a plan."""

    holds: Annotated[int, Field(ge=1, le=20)] = Field(default=2, description="holds wanted there")
    hold_s: Annotated[float, Field(ge=SHORTEST_DOSE_HOLD_S, le=LONGEST_DOSE_HOLD_S)] = Field(
        default=30.0, description="length wanted of each, s"
    )


class Plan(Message):
    """What a person means to do."""

    hold_s: Annotated[float, Field(ge=SHORTEST_DOSE_HOLD_S, le=LONGEST_DOSE_HOLD_S)] = Field(
        default=DEFAULT_DOSE_HOLD_S, description="length from which a hold counts, s"
    )
    sessions_per_week: Count = Field(
        default=DEFAULT_SESSIONS_PER_WEEK, description="sessions wanted a week"
    )
    steps: list[PlanStep] = Field(default=[], description="the spots, in their order; may be empty")


class Profile(Message):
    """A person, as the daemon needs them."""

    person: Id = Field(description="an opaque id, never a name")
    threshold_n: Threshold | None = Field(
        default=None, description="the force that the person calls 7 of 10, N; null: unknown"
    )
    body_mass_kg: BodyMass | None = Field(default=None, description="kg; null: unknown")
    plan: Plan = Field(default_factory=Plan, description="what counts, and what is wanted")
    calibrated_at: Timestamp | None = Field(
        default=None, description="when the threshold was measured; null: it was not"
    )
    approach: Approach | None = Field(
        default=None, description="approach curve of that measurement, as in `calibrated`"
    )
