"""How a command is read: from bytes to a model, or to the error that the reply gives.

Whether a command may be obeyed now (contact, age, repetition) is decided where it arrives;
here it is only made sure that it is a command.
"""

import json
from typing import Any

from pydantic import ValidationError

from ql_release.payloads.base import CONTRACT_MAJOR, first_fault
from ql_release.payloads.commands import BRIDGE_COMMANDS, TOOL_COMMANDS, Command
from ql_release.payloads.replies import ErrorCode

MAX_COMMAND_BYTES = 16 * 1024
"""No command is nearly as long; a longer one is refused unread."""
LONGEST_REPEATED = 64
"""Characters of an id or op that a reply repeats."""


class CommandError(ValueError):
    """A command that cannot be obeyed.

    Attributes:
        code: the error code for the reply.
        command: the command's id, where it could be read; without one no reply is possible.
        op: the op, where it could be read.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, command: str | None = None, op: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.command = command
        self.op = op


def read_tool_command(payload: bytes) -> Command:
    """Return the command for a tool in a payload.

    Raises:
        CommandError: when it is none, with the code and the sentence for the reply.
    """
    return _read(payload, TOOL_COMMANDS)


def read_bridge_command(payload: bytes) -> Command:
    """Return the command for a bridge in a payload.

    Raises:
        CommandError: when it is none, with the code and the sentence for the reply.
    """
    return _read(payload, BRIDGE_COMMANDS)


def _read(payload: bytes, models: dict[str, type[Command]]) -> Command:
    fields = _object(payload)
    command, op = _text(fields, "id"), _text(fields, "op")
    if fields.get("v", CONTRACT_MAJOR) != CONTRACT_MAJOR:
        message = f"v must be {CONTRACT_MAJOR}, the contract's version here; update the sender"
        raise CommandError(ErrorCode.UNSUPPORTED_VERSION, message, command=command, op=op)
    model = models.get(op or "")
    if model is None:
        message = f"there is no op {op!r} here; use one of {', '.join(models)}"
        raise CommandError(ErrorCode.UNKNOWN_OP, message, command=command, op=op)
    if "sent" not in fields:
        message = "sent is missing; add the time of sending, such as 2026-11-20T17:03:09Z"
        raise CommandError(ErrorCode.STALE, message, command=command, op=op)
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        code = ErrorCode.MALFORMED if command is None else ErrorCode.INVALID
        raise CommandError(code, first_fault(error), command=command, op=op) from error


def _object(payload: bytes) -> dict[str, Any]:
    """Return the payload's JSON object."""
    if len(payload) > MAX_COMMAND_BYTES:
        message = f"a command has at most {MAX_COMMAND_BYTES} bytes, not {len(payload)}"
        raise CommandError(ErrorCode.MALFORMED, message)
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise CommandError(ErrorCode.MALFORMED, f"a command must be JSON: {error}") from error
    if not isinstance(fields, dict):
        raise CommandError(ErrorCode.MALFORMED, "a command must be a JSON object")
    return fields


def _text(fields: dict[str, Any], name: str) -> str | None:
    """Return a field if it is a text short enough to repeat in a reply."""
    value = fields.get(name)
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_REPEATED else None
