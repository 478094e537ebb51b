"""How a payload becomes a record: JSON with limits, then one check for each known field."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

MAJOR: Final = 1
"""The contract's major version, `v` in every payload."""

MAX_PAYLOAD: Final = 256 * 1024
"""Bytes; a page of history, the largest payload, has at most 64 kB and its envelope."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""There was no tool before; what claims to be older was written by a clock that was not set."""

MAX_AHEAD: Final = timedelta(minutes=5)
"""So far in the future a time may be: clocks of a home differ, but by less."""

MAX_QUOTED: Final = 40
"""Characters of what somebody else wrote: enough to find it by."""

ID: Final = r"[a-z0-9_-]{1,32}"
EVENT_ID: Final = r"[0-9a-f]{32}"
EPOCH: Final = r"[0-9a-f]{16}"
TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"

type Check[T] = Callable[[object], T]
"""Takes a value out of JSON, returns it as the record has it, or raises ContractError."""


class ContractError(ValueError):
    """A payload is not as the contract has it; the message says where and why."""

    def __init__(self, reason: str, place: tuple[str, ...] = ()) -> None:
        """Keep what is wrong, and the names that lead to it."""
        super().__init__(reason)
        self.reason = reason
        self.place = place

    def __str__(self) -> str:
        """Return one clause."""
        return f"{'.'.join(self.place)} {self.reason}" if self.place else self.reason


class OtherMajorError(ContractError):
    """A payload is of another major version: its names or meanings may differ."""


class FutureError(ContractError):
    """A payload has a time that is yet to come: one of the clocks is wrong."""


def shown(foreign: object) -> str:
    """Return what somebody else wrote as a message quotes it: short, and on one line."""
    whole = repr(foreign)
    return whole if len(whole) <= MAX_QUOTED else f"{whole[: MAX_QUOTED - 1]}…"


def known[T](check: Check[T], default: T | object = MISSING) -> Any:
    """Return a dataclass field that is read with a check; without default it is required."""
    return field(default=default, metadata={"check": check})


def each[T](check: Check[T]) -> Any:
    """Return a dataclass field of a list that may be left out, and is empty then."""
    return field(default=(), metadata={"check": listed(check)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What can be read out of a JSON object."""


def number(low: float = -math.inf, high: float = math.inf) -> Check[float]:
    """Return a check for a finite number of a range."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ContractError("must be a number")
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found) or not low <= found <= high:
            raise ContractError(f"must be a number from {low:g} to {high:g}")
        return found

    return check


def above_zero(value: object) -> float:
    """Check a number that is more than nothing."""
    found = number(0)(value)
    if not found:
        raise ContractError("must be more than 0")
    return found


def integer(low: int | None = 0, high: int | None = None) -> Check[int]:
    """Return a check for a whole number of a range."""

    def check(value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ContractError("must be a whole number")
        if (low is not None and value < low) or (high is not None and value > high):
            raise ContractError("is out of range")
        return value

    return check


def boolean(value: object) -> bool:
    """Check a truth value."""
    if not isinstance(value, bool):
        raise ContractError("must be true or false")
    return value


def text(value: object) -> str:
    """Check a string that can be written down: half a surrogate pair cannot."""
    if not isinstance(value, str):
        raise ContractError("must be a string")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ContractError("holds half a character") from None
    return value


def matching(pattern: str) -> Check[str]:
    """Return a check for a string of one form."""
    form = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not form.fullmatch(value):
            raise ContractError(f"must match {pattern}")
        return value

    return check


def choice[T: str](*options: T) -> Check[T]:
    """Return a check for one of several words."""
    words = {str(option): option for option in options}

    def check(value: object) -> T:
        if not isinstance(value, str) or value not in words:
            raise ContractError(f"must be one of {', '.join(words)}")
        return words[value]

    return check


def optional[T](check: Check[T]) -> Check[T | None]:
    """Return a check that lets null through."""
    return lambda value: None if value is None else check(value)


def listed[T](check: Check[T], length: int | None = None) -> Check[tuple[T, ...]]:
    """Return a check for a list, of one length if that is given."""

    def check_list(value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or (length is not None and len(value) != length):
            raise ContractError("must be a list" + (f" of {length}" if length else ""))
        return tuple(_within(str(place), check, item) for place, item in enumerate(value))

    return check_list


def named[T](check: Check[T]) -> Check[dict[str, T]]:
    """Return a check for an object whose names are free."""

    def check_object(value: object) -> dict[str, T]:
        if not isinstance(value, dict):
            raise ContractError("must be an object")
        return {text(name): _within(shown(name), check, item) for name, item in value.items()}

    return check_object


def moment(value: object) -> datetime:
    """Check a time and return it, aware and in UTC."""
    try:
        found = datetime.fromisoformat(_time_text(value))
    except ValueError as error:
        raise ContractError(f"is no time: {error}") from error
    if found < EARLIEST:
        raise ContractError(f"is before {EARLIEST.year}")
    return found


def record[T: Record](kind: type[T]) -> Check[T]:
    """Return a check for an object that is a record of its own."""
    return lambda value: read_record(kind, value)


def read_record[T: Record](kind: type[T], value: object) -> T:
    """Return a JSON object as a record; fields that it does not know are ignored.

    Raises:
        ContractError: when it is no object, or a known field is missing or wrong.

    """
    if not isinstance(value, dict):
        raise ContractError("must be an object")
    given = {}
    for name, check, required in _checks(kind):
        if name in value:
            given[name] = _within(name, check, value[name])
        elif required:
            raise ContractError("is missing", (name,))
    return kind(**given)


def read_object(payload: bytes) -> dict[str, Any]:
    """Return a payload as a JSON object of our major version.

    Raises:
        OtherMajorError: when it is of another.
        ContractError: when it is too large, or no JSON object.

    """
    if len(payload) > MAX_PAYLOAD:
        raise ContractError(f"has {len(payload)} bytes, more than {MAX_PAYLOAD}")
    try:
        found = json.loads(payload.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ContractError("is not JSON") from error
    if not isinstance(found, dict):
        raise ContractError("is no JSON object")
    refuse_other_major(found)
    return found


def refuse_other_major(found: dict[str, Any]) -> None:
    """Refuse an object of another major version.

    Raises:
        OtherMajorError: when it is of one.

    """
    version = found.get("v")
    if version != MAJOR or isinstance(version, bool):
        raise OtherMajorError(
            f"is of contract version {shown(version)}, not {MAJOR}: update the older of the two"
        )


def read_payload[T: Record](kind: type[T], payload: bytes, now: datetime) -> T:
    """Return a payload as the record that it is.

    Args:
        kind: The record that the topic has.
        payload: As received.
        now: The present time: what claims to be of later is refused.

    Raises:
        ContractError: when it is not one.

    """
    found = read_record(kind, read_object(payload))
    refuse_future(found, now)
    return found


def refuse_future(found: Record, now: datetime) -> None:
    """Refuse a record with a time that is yet to come.

    Raises:
        ContractError: when one is more than five minutes ahead.

    """
    for name in _times(type(found)):
        at = getattr(found, name)
        if at is not None and at - now > MAX_AHEAD:
            raise FutureError("is in the future: set the clocks of bridge and home", (name,))


def timestamp(at: datetime) -> str:
    """Return a time as the contract writes it: UTC, with milliseconds."""
    bare = at.astimezone(UTC).replace(tzinfo=None)
    return f"{bare.isoformat(timespec='milliseconds')}Z"


_CHECKS: dict[type[Record], tuple[tuple[str, Check[object], bool], ...]] = {}
_TIMES: dict[type[Record], tuple[str, ...]] = {}

_time_text = matching(TIME)
_optional_moment = optional(moment)

time_or_null: Check[datetime | None] = _optional_moment
"""The check of a time that may be null; one object, so that such fields can be told."""


def _within[T](name: str, check: Check[T], value: object) -> T:
    """Check a value, and let what is wrong with it name the way there."""
    try:
        return check(value)
    except ContractError as error:
        error.place = (name, *error.place)
        raise


def _no_constant(name: str) -> float:
    raise ContractError(f"holds {name}, which is no number")


def _checks(kind: type[Record]) -> tuple[tuple[str, Check[object], bool], ...]:
    """Return name, check and whether it is required, of each field; worked out once."""
    found = _CHECKS.get(kind)
    if found is None:
        found = tuple(
            (one.name, one.metadata["check"], one.default is MISSING) for one in fields(kind)
        )
        _CHECKS[kind] = found
    return found


def _times(kind: type[Record]) -> tuple[str, ...]:
    """Return the names of the fields that are times; worked out once."""
    found = _TIMES.get(kind)
    if found is None:
        times = (moment, _optional_moment)
        found = tuple(name for name, check, _ in _checks(kind) if check in times)
        _TIMES[kind] = found
    return found
