"""Commands are read, or refused with a code and a sentence; nothing else happens."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.payloads import commands
from ql_release.payloads.base import Placement
from ql_release.payloads.commands import Command
from ql_release.payloads.reading import (
    MAX_COMMAND_BYTES,
    CommandError,
    read_bridge_command,
    read_tool_command,
)
from ql_release.payloads.replies import ErrorCode, Reply

HEAD = {"id": "phone-1", "sent": "2026-11-20T17:04:10Z"}
PLACE = {"muscle": "psoas", "side": "left", "zone": "upper"}
RELEASE = "ceba28808f8bcca310748a812261de67"


def payload(**fields: Any) -> bytes:
    return json.dumps(HEAD | fields).encode()


def test_a_command_is_read_with_its_fields() -> None:
    command = read_tool_command(payload(op="place", placement=PLACE))
    assert command == commands.Place(
        id="phone-1", sent=HEAD["sent"], op="place", placement=Placement.model_validate(PLACE)
    )


def test_what_may_be_left_out_has_its_default() -> None:
    history = read_bridge_command(payload(op="history"))
    assert isinstance(history, commands.History)
    assert (history.v, history.after, history.limit) == (1, None, 200)


def test_fields_that_are_not_known_are_ignored() -> None:
    assert read_tool_command(payload(op="stop", why="tired")).op == "stop"


REFUSED: dict[str, tuple[bytes, ErrorCode, str | None, str]] = {
    "nothing": (b"", ErrorCode.MALFORMED, None, "must be JSON"),
    "no JSON": (b"tare", ErrorCode.MALFORMED, None, "must be JSON"),
    "no text": (b"\xff\xff\xff", ErrorCode.MALFORMED, None, "must be JSON"),
    "no object": (b'"tare"', ErrorCode.MALFORMED, None, "must be a JSON object"),
    "too deep": (b"[" * 16_000, ErrorCode.MALFORMED, None, "must be"),
    "too long": (b" " * (MAX_COMMAND_BYTES + 1), ErrorCode.MALFORMED, None, "at most 16384 bytes"),
    "no id": (
        b'{"op":"stop","sent":"2026-11-20T17:04:10Z"}',
        ErrorCode.MALFORMED,
        None,
        "id: Field required",
    ),
    "a number for an id": (payload(op="stop", id=3), ErrorCode.MALFORMED, None, "id: .*string"),
    "an id too long to repeat": (
        payload(op="stop", id="x" * 65),
        ErrorCode.MALFORMED,
        None,
        "id: ",
    ),
    "an odd id": (payload(op="stop", id="a b"), ErrorCode.INVALID, "a b", "id: .*pattern"),
    "another version": (
        payload(op="stop", v=2),
        ErrorCode.UNSUPPORTED_VERSION,
        "phone-1",
        "v must be 1",
    ),
    "no op": (payload(), ErrorCode.UNKNOWN_OP, "phone-1", "no op None here; use one of tare"),
    "an unknown op": (payload(op="dance"), ErrorCode.UNKNOWN_OP, "phone-1", "no op 'dance'"),
    "an op of the bridge": (payload(op="history"), ErrorCode.UNKNOWN_OP, "phone-1", "'history'"),
    "not sent": (b'{"id":"phone-1","op":"stop"}', ErrorCode.STALE, "phone-1", "sent is missing"),
    "a field missing": (payload(op="place"), ErrorCode.INVALID, "phone-1", "placement: .*required"),
    "part of a field missing": (
        payload(op="place", placement={"muscle": "psoas", "side": "left"}),
        ErrorCode.INVALID,
        "phone-1",
        "placement.zone: .*required",
    ),
    "a word for yes": (
        payload(op="felt", release=RELEASE, felt="yes"),
        ErrorCode.INVALID,
        "phone-1",
        "felt: .*boolean",
    ),
    "a person's name": (
        payload(op="person", person="Jo Bloggs"),
        ErrorCode.INVALID,
        "phone-1",
        "person: .*pattern",
    ),
    "a zone that no tool has": (
        payload(op="tare", zones=[8]),
        ErrorCode.INVALID,
        "phone-1",
        "zones.0: ",
    ),
    "a weight on no zone": (
        payload(op="calibrate", step="point", newtons=9.8),
        ErrorCode.INVALID,
        "phone-1",
        "step point needs zone and newtons; add both",
    ),
    "a weight that is none": (
        payload(op="calibrate", step="point", zone=0, newtons=float("nan")),
        ErrorCode.INVALID,
        "phone-1",
        "newtons: .*finite",
    ),
}


@pytest.mark.parametrize(("command", "code", "id_", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_command_is_refused(
    command: bytes, code: ErrorCode, id_: str | None, reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        read_tool_command(command)
    assert (refused.value.code, refused.value.command) == (code, id_)


REFUSED_BY_BRIDGE: dict[str, tuple[dict[str, Any], str]] = {
    "a page too long": ({"op": "history", "limit": 201}, "limit: .*200"),
    "half a cursor": ({"op": "history", "after": {"seq": 3}}, "after.epoch: .*required"),
    "a threshold in words": (
        {"op": "profile", "person": "p1", "threshold_n": "80"},
        "threshold_n: .*number",
    ),
    "a threshold of nothing": (
        {"op": "profile", "person": "p1", "threshold_n": 0},
        "threshold_n: .*greater than 0",
    ),
    "nobody to erase": ({"op": "erase", "person": None}, "person: .*string"),
}


@pytest.mark.parametrize(("fields", "reason"), REFUSED_BY_BRIDGE.values(), ids=REFUSED_BY_BRIDGE)
def test_what_a_bridge_cannot_do_is_refused(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as refused:
        read_bridge_command(payload(**fields))
    assert refused.value.code is ErrorCode.INVALID
    assert refused.value.op == fields["op"]


def outcome(read: Callable[[bytes], Command], command: bytes) -> Command | CommandError:
    try:
        return read(command)
    except CommandError as error:
        return error


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
OPS = st.sampled_from([*commands.TOOL_COMMANDS, *commands.BRIDGE_COMMANDS])
FIELDS = st.sampled_from(
    ["v", "placement", "person", "zones", "after", "limit", "plan", "felt", "release", "step"]
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_command_or_refused(junk: bytes) -> None:
    for read in (read_tool_command, read_bridge_command):
        with pytest.raises(CommandError):
            read(junk)


@given(OPS, st.dictionaries(FIELDS, JSON))
def test_any_fields_make_a_command_or_are_refused(op: str, fields: dict[str, Any]) -> None:
    read = read_tool_command if op in commands.TOOL_COMMANDS else read_bridge_command
    command = outcome(read, json.dumps(HEAD | fields | {"op": op}).encode())
    if isinstance(command, CommandError):
        assert command.command == "phone-1"
    else:
        assert command.op == op


def test_a_reply_leaves_out_what_does_not_apply() -> None:
    reply = Reply(id="phone-1", ok=False, error=ErrorCode.STALE, message="too old")
    assert json.loads(reply.to_json()) == {
        "v": 1,
        "id": "phone-1",
        "ok": False,
        "error": "stale",
        "message": "too old",
    }
