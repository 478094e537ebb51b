"""Commands: what a tool or a bridge can be asked."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ql_release.payloads.base import Cursor, EventId, Id, Placement
from ql_release.payloads.people import Profile

MAX_HISTORY_LIMIT = 200
"""Events on a page of history at most; a page also ends at 64 kB."""

MAX_ERASED_SESSIONS = 500
"""Sessions named by one command at most: 20 kB; more are erased by another."""

CommandId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
"""Whatever the sender likes to make: a UUID, a counter with its name before it."""


def _require_op(schema: dict[str, Any]) -> None:
    """Say that the op must be sent: its default is a convenience for this side alone."""
    schema["properties"]["op"].pop("default", None)
    schema["required"] = [
        name for name in schema["properties"] if name == "op" or name in schema["required"]
    ]


class Command(BaseModel):
    """What all commands have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        strict=True,
        allow_inf_nan=False,
        defer_build=True,
        json_schema_extra=_require_op,
    )

    v: Literal[1] = Field(default=1, description="major version of the contract")
    id: CommandId = Field(description="new for every command; the reply carries it")
    sent: str = Field(
        description="when it was sent, RFC 3339 with its offset; older than 30 s is refused",
        json_schema_extra={"format": "date-time"},
    )
    op: str = Field(description="what is asked")


class Tare(Command):
    """Sets the zero of the force zones; nobody may be on the tool."""

    op: Literal["tare"] = Field(default="tare", description="what is asked")
    zones: list[Annotated[int, Field(ge=0, le=7)]] | None = Field(
        default=None, description="zones to tare, from 0; null: all"
    )


class Calibrate(Command):
    """Calibrates a zone with a known weight, or begins to measure the person's threshold."""

    op: Literal["calibrate"] = Field(default="calibrate", description="what is asked")
    step: Literal["point", "save", "threshold"] = Field(
        description="`point`: the weight lies on the zone now; `save`: keep the points; "
        "`threshold`: begin the guided measurement of the person's threshold"
    )
    zone: Annotated[int, Field(ge=0, le=7)] | None = Field(
        default=None, description="for `point`: the zone, from 0"
    )
    newtons: Annotated[float, Field(ge=0, le=2000)] | None = Field(
        default=None, description="for `point`: the weight on it, N"
    )

    @model_validator(mode="after")
    def _a_point_is_a_weight_on_a_zone(self) -> Self:
        if self.step == "point" and (self.zone is None or self.newtons is None):
            raise ValueError("step point needs zone and newtons; add both")
        return self


class Start(Command):
    """Asks the tool to measure, which it does by itself once it is connected and awake."""

    op: Literal["start"] = Field(default="start", description="what is asked")
    rate_hz: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="sample rate, Hz; null: the tool's own"
    )


class Stop(Command):
    """Ends the open session now, or the measurement of a threshold."""

    op: Literal["stop"] = Field(default="stop", description="what is asked")


class Place(Command):
    """Says what is being worked on from now on."""

    op: Literal["place"] = Field(default="place", description="what is asked")
    placement: Placement | None = Field(description="muscle, side and zone; null: not known")


class Person(Command):
    """Says who uses the tool, in the open session and later ones."""

    op: Literal["person"] = Field(default="person", description="what is asked")
    person: Id | None = Field(description="the person's id; null: not known")


class FeltCommand(Command):
    """The person's own answer to a release."""

    op: Literal["felt"] = Field(default="felt", description="what is asked")
    release: EventId = Field(description="the id of the `released` event")
    felt: bool = Field(description="whether the person felt it let go")


class Identify(Command):
    """Makes the tool show itself, by light or buzz."""

    op: Literal["identify"] = Field(default="identify", description="what is asked")


class Haptic(Command):
    """Makes the tool buzz."""

    op: Literal["haptic"] = Field(default="haptic", description="what is asked")
    pattern: Annotated[int, Field(ge=0, le=255)] = Field(
        default=1, description="which pattern, see docs/wire.md"
    )


class Sleep(Command):
    """Puts the tool to sleep; nobody may be on it."""

    op: Literal["sleep"] = Field(default="sleep", description="what is asked")


class Update(Command):
    """Installs firmware on the tool; nobody may be on it."""

    op: Literal["update"] = Field(default="update", description="what is asked")
    version: Annotated[str, Field(max_length=32)] | None = Field(
        default=None, description="the version wanted; null: the newest that the bridge has"
    )


class Forget(Command):
    """Forgets the tool: an open session ends; hello, availability and last session are emptied."""

    op: Literal["forget"] = Field(default="forget", description="what is asked")


class History(Command):
    """Asks for what was journaled after a place; see "Catching up"."""

    op: Literal["history"] = Field(default="history", description="what is asked")
    after: Cursor | None = Field(
        default=None, description="where to go on; null or an unknown epoch: from the oldest"
    )
    limit: Annotated[int, Field(ge=1, le=MAX_HISTORY_LIMIT)] = Field(
        default=MAX_HISTORY_LIMIT, description="events at most"
    )


class ProfileCommand(Profile, Command):
    """Tells the bridge of a person, in place of what it knew of them."""

    op: Literal["profile"] = Field(default="profile", description="what is asked")


class Assign(Command):
    """Corrects whose a past session was; a `reassigned` event follows."""

    op: Literal["assign"] = Field(default="assign", description="what is asked")
    session: EventId = Field(description="the session's id")
    person: Id | None = Field(description="whose it was; null: not known")


class Erase(Command):
    """Removes all that is kept of a person."""

    op: Literal["erase"] = Field(default="erase", description="what is asked")
    person: Id = Field(description="the person's id")
    sessions: list[EventId] = Field(
        default_factory=list,
        max_length=MAX_ERASED_SESSIONS,
        description="ids of sessions that name nobody and are theirs as well; "
        "what is somebody else's stays",
    )


TOOL_COMMANDS: dict[str, type[Command]] = {
    "tare": Tare,
    "calibrate": Calibrate,
    "start": Start,
    "stop": Stop,
    "place": Place,
    "person": Person,
    "felt": FeltCommand,
    "identify": Identify,
    "haptic": Haptic,
    "sleep": Sleep,
    "update": Update,
    "forget": Forget,
}
"""What a tool can be asked, by op."""

BRIDGE_COMMANDS: dict[str, type[Command]] = {
    "history": History,
    "profile": ProfileCommand,
    "assign": Assign,
    "erase": Erase,
}
"""What a bridge can be asked, by op."""

REFUSED_IN_CONTACT = frozenset({"tare", "calibrate", "sleep", "update"})
"""Ops that would spoil a measurement, or be spoilt by it, while somebody is on the tool."""
