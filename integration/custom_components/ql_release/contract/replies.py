"""Replies to commands."""

from dataclasses import dataclass
from typing import Any

from .base import (
    ContractError,
    Record,
    boolean,
    integer,
    known,
    listed,
    optional,
    record,
    text,
)
from .common import Cursor

ERRORS = (
    "malformed",
    "unsupported_version",
    "unknown_op",
    "invalid",
    "retained",
    "stale",
    "unknown_tool",
    "tool_offline",
    "in_contact",
    "no_session",
    "unknown_session",
    "unknown_release",
    "unsupported",
    "refused",
    "timeout",
    "failed",
)
"""The codes of what can go wrong; a later minor version may have more."""

_count = integer()


def _any_object(value: object) -> dict[str, Any]:
    """Check an event of a page of history: what is in it is read on its own."""
    if not isinstance(value, dict):
        raise ContractError("must be an object")
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Record):
    """How much a bridge has erased."""

    events: int = known(_count)
    sessions: int = known(_count)
    segments: int = known(_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Record):
    """The answer to a command, matched by its id; what does not apply is None."""

    id: str = known(text)
    ok: bool = known(boolean)
    op: str | None = known(optional(text), None)
    error: str | None = known(optional(text), None)
    message: str | None = known(optional(text), None)
    calibration_id: int | None = known(optional(_count), None)
    points: int | None = known(optional(_count), None)
    events: tuple[dict[str, Any], ...] | None = known(optional(listed(_any_object)), None)
    next: Cursor | None = known(optional(record(Cursor)), None)
    more: bool | None = known(optional(boolean), None)
    oldest: Cursor | None = known(optional(record(Cursor)), None)
    erased: Erased | None = known(optional(record(Erased)), None)
