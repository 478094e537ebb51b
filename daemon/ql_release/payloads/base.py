"""What all payloads share: ids, times, ranges, and how a model is configured."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CONTRACT_VERSION = "1.0"
"""The MQTT contract, major.minor: a minor adds optional fields, a major breaks."""
CONTRACT_MAJOR = 1
"""Its major version, `v` in every payload; a payload of another one is refused."""

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ID_PATTERN = r"^[a-z0-9_-]{1,32}$"
TIMESTAMP_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"


def _matching(pattern: str, **schema: str) -> Any:
    """Return what makes a text match a pattern that ends with `$`.

    Python's own matching, for pydantic makes a matcher of some 8 KB for every field of every
    model, half a megabyte after a session. To Python, `$` would let a line end follow.
    """
    return Field(
        pattern=re.compile(pattern.removesuffix("$") + r"\Z"),
        json_schema_extra={"pattern": pattern, **schema},
    )


Id = Annotated[str, _matching(ID_PATTERN)]
"""The id of a tool, bridge, person or muscle; safe as one level of a topic."""
EventId = Annotated[str, _matching(r"^[0-9a-f]{32}$")]
"""The id of an event; a session's is that of its `started`."""
Epoch = Annotated[str, _matching(r"^[0-9a-f]{16}$")]
"""Names a bridge's journal."""
Timestamp = Annotated[str, _matching(TIMESTAMP_PATTERN, format="date-time")]
"""RFC 3339 in UTC with milliseconds, as `rfc3339` writes it."""

Newtons = Annotated[float, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Approach = Annotated[
    list[Annotated[float, Field(ge=0)] | None], Field(min_length=10, max_length=10)
]
"""An approach curve: a value for each tenth of the threshold force, null where there is none."""

Side = Literal["left", "right"]
Zone = Literal["upper", "middle", "lower"]
Presence = Literal["online", "offline"]


class Message(BaseModel):
    """What everything published has in common: frozen, tolerant of fields it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
        # A model is built at its first use: most are never used by one process.
        defer_build=True,
        # What the daemon publishes always has all its fields.
        json_schema_serialization_defaults_required=True,
    )


class Payload(Message):
    """A message that is a whole payload."""

    v: Literal[1] = Field(default=1, description="major version of the contract")


class Placement(Message):
    """What is being worked on."""

    muscle: Id = Field(description="id of the muscle, as configured on the bridge")
    side: Side = Field(description="of the body")
    zone: Zone = Field(description="of the muscle: its upper, middle or lower third")


class Cursor(Message):
    """A place in a bridge's journal."""

    epoch: Epoch = Field(description="the journal")
    seq: Count = Field(description="the number of an event in it; 0: before the first")


def rfc3339(unix_us: int) -> str:
    """Return Unix microseconds as RFC 3339 text, cut to milliseconds: 2026-11-20T17:03:09.250Z.

    Raises:
        ValueError: for a time outside the years 1 to 9999.
    """
    try:
        moment = UNIX_EPOCH + unix_us * MICROSECOND
    except OverflowError as error:
        raise ValueError(f"{unix_us} µs is no time between the years 1 and 9999") from error
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def unix_us(timestamp: str) -> int:
    """Return RFC 3339 text, of any offset and precision, as Unix microseconds.

    Raises:
        ValueError: when it is no such text or names no offset from UTC.
    """
    moment = datetime.fromisoformat(timestamp)
    if moment.tzinfo is None:
        raise ValueError(f"{timestamp!r} names no offset from UTC; end it with Z")
    return (moment - UNIX_EPOCH) // MICROSECOND


def first_fault(error: ValidationError) -> str:
    """Return what pydantic found first as one short clause: where, and what is wrong there."""
    fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
