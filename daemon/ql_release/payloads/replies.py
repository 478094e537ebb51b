"""Replies to commands, and the codes of what can go wrong."""

from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from ql_release.payloads.base import Count, Cursor, Message, Payload


class ErrorCode(StrEnum):
    """Why a command was not obeyed; docs/mqtt.md says what to do about each."""

    MALFORMED = "malformed"
    """It is no command: not JSON, no object, or without an id."""
    UNSUPPORTED_VERSION = "unsupported_version"
    """Its `v` is another major version."""
    UNKNOWN_OP = "unknown_op"
    """There is no such op on this topic."""
    INVALID = "invalid"
    """A field is missing or not as it must be; the message names it."""
    RETAINED = "retained"
    """It was retained by the broker, so nobody knows whether it is still meant."""
    STALE = "stale"
    """It lacks `sent`, or was sent more than 30 s ago or in the future."""
    UNKNOWN_TOOL = "unknown_tool"
    """The bridge does not know that tool."""
    TOOL_OFFLINE = "tool_offline"
    """The tool is not connected."""
    IN_CONTACT = "in_contact"
    """Somebody is on the tool."""
    NO_SESSION = "no_session"
    """No session is open, and no threshold is being measured."""
    UNKNOWN_SESSION = "unknown_session"
    """The journal has no such session."""
    UNKNOWN_RELEASE = "unknown_release"
    """The journal has no such release."""
    UNSUPPORTED = "unsupported"
    """This tool, or this version, cannot do that."""
    REFUSED = "refused"
    """The tool refused, or it cannot be now; the message says why."""
    TIMEOUT = "timeout"
    """The tool did not answer."""
    FAILED = "failed"
    """The bridge could not do it, such as for want of disk space; the message says why."""


class Reply(Payload):
    """The answer to a command; what does not apply is left out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    id: str = Field(description="the command's id")
    ok: bool = Field(description="whether it was obeyed")
    op: str | None = Field(default=None, description="the command's op")
    error: ErrorCode | None = Field(default=None, description="if not ok: the error code")
    message: str | None = Field(default=None, description="if not ok: one sentence for people")

    def to_json(self) -> bytes:
        """Return the reply as published: compact, without what does not apply."""
        return self.model_dump_json(exclude_none=True).encode()


class ToolReply(Reply):
    """A tool's answer."""

    calibration_id: Count | None = Field(
        default=None, description="after tare and calibrate: number of the calibration now in force"
    )
    points: Count | None = Field(
        default=None, description="after calibrate `point`: points taken so far for the zone"
    )


class Erased(Message):
    """How much was erased."""

    events: Count = Field(description="events")
    sessions: Count = Field(description="session summaries")
    segments: Count = Field(description="stretches of raw samples")


class BridgeReply(Reply):
    """A bridge's answer."""

    events: list[dict[str, Any]] | None = Field(
        default=None, description="history: events in the order of `seq`, `live` always false"
    )
    next: Cursor | None = Field(default=None, description="history: `after` for the next page")
    more: bool | None = Field(default=None, description="history: whether there is more now")
    oldest: Cursor | None = Field(
        default=None, description="history: the oldest event kept; left out if there is none"
    )
    erased: Erased | None = Field(default=None, description="erase: how much was removed")
