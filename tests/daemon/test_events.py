"""Events: ids, times, and the way from the journal to the broker."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release import events
from ql_release.events import EventError, body, complete, event_id, parse, rfc3339, unix_us

SERIAL = bytes.fromhex("24587ccdb0a1f00d")
EPOCH = "5f0c7d1e9a3b2846"


def slip(**fields: Any) -> events.Slip:
    common: dict[str, Any] = {
        "id": "0" * 32,
        "bridge": "home",
        "tool": "lounge",
        "at": "2026-11-20T17:03:36.050Z",
        "decided_at": "2026-11-20T17:03:36.940Z",
        "session": None,
        "person": None,
        "placement": None,
        "confidence": 0.9,
        "evidence": {},
    }
    return events.Slip(**(common | fields))


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_795_194_189_250_000, "2026-11-20T17:03:09.250Z"),
        (1_795_194_189_250_999, "2026-11-20T17:03:09.250Z"),
        (1_795_194_189_000_000, "2026-11-20T17:03:09.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_times_are_utc_cut_to_milliseconds(microseconds: int, text: str) -> None:
    assert rfc3339(microseconds) == text


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2026-11-20T17:03:09.250Z", 1_795_194_189_250_000),
        ("2026-11-20T18:03:09.250+01:00", 1_795_194_189_250_000),
        ("2026-11-20T17:03:09.250001Z", 1_795_194_189_250_001),
        ("2026-11-20T17:03:09Z", 1_795_194_189_000_000),
    ],
)
def test_times_of_any_offset_and_precision_are_read(text: str, microseconds: int) -> None:
    assert unix_us(text) == microseconds


@pytest.mark.parametrize("text", ["2026-11-20T17:03:09", "soon", "", "2026-13-20T17:03:09Z"])
def test_a_text_that_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no offset|isoformat|month"):
        unix_us(text)


@pytest.mark.parametrize("microseconds", [10**18, -(10**18), 2**200])
def test_a_time_beyond_the_calendar_is_refused(microseconds: int) -> None:
    with pytest.raises(ValueError, match="between the years 1 and 9999"):
        rfc3339(microseconds)


@given(st.integers(min_value=-(10**15), max_value=10**16))
def test_milliseconds_survive_being_written_and_read(microseconds: int) -> None:
    assert unix_us(rfc3339(microseconds)) == microseconds // 1000 * 1000


def test_an_event_id_is_the_head_of_a_sha256() -> None:
    """As `printf %s "24587ccdb0a1f00d|00000000000000ff|pressure|slip|7" | sha256sum` says."""
    assert event_id(SERIAL, 255, "pressure", "slip", 7) == "74d69d824a31f29029d7dcb300a03f54"


CHANGES: dict[str, dict[str, Any]] = {
    "serial": {"serial": bytes(8)},
    "uid": {"uid": 2},
    "family": {"family": "release"},
    "type": {"kind": "hold_started"},
    "index": {"index": 4},
    "extra": {"extra": "phone-0031"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_an_event_id_depends_on_every_part(change: dict[str, Any]) -> None:
    usual: dict[str, Any] = {
        "serial": SERIAL,
        "uid": 1,
        "family": "pressure",
        "kind": "slip",
        "index": 3,
    }
    assert event_id(**usual) == event_id(**usual)
    assert event_id(**(usual | change)) != event_id(**usual)


def test_what_is_stored_lacks_what_is_not_fixed() -> None:
    stored = json.loads(body(slip(epoch=EPOCH, seq=4, live=True)))
    assert {"epoch", "seq", "live"} & stored.keys() == set()
    assert body(slip(epoch=EPOCH, seq=4, live=True)) == body(slip())


def test_completing_adds_three_fields_and_changes_no_byte_of_the_rest() -> None:
    stored = body(slip(evidence={"fall_pct": 31.0}))
    sent = complete(stored, EPOCH, 207, live=False)
    assert sent.startswith(stored[:-1])
    assert json.loads(sent) == json.loads(stored) | {"epoch": EPOCH, "seq": 207, "live": False}


@pytest.mark.parametrize("stored", [b"", b"[]", b"online"])
def test_only_a_stored_event_can_be_completed(stored: bytes) -> None:
    with pytest.raises(EventError, match="not a stored event"):
        complete(stored, EPOCH, 1, live=True)


def test_an_event_is_read_as_it_was_sent() -> None:
    event = slip(epoch=EPOCH, seq=207, live=True)
    assert parse(event.model_dump_json()) == event
    assert parse(body(event)) == slip()


DAMAGED: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "must be JSON"),
    "nested too deeply": (b"[" * 5000, "must be JSON"),
    "not UTF-8": (b"\xff\xfe\x00", "must be JSON"),
    "no object": (b"[1]", "must be a JSON object"),
    "no version": (b"{}", "contract version None, this program reads version 1"),
    "another version": (b'{"v":2}', "contract version 2, this program reads version 1"),
    "unknown family": (
        b'{"v":1,"family":"posture","type":"slip"}',
        "no event posture/slip in this version",
    ),
    "unknown type": (
        b'{"v":1,"family":"pressure","type":"pat"}',
        "no event pressure/pat in this version",
    ),
    "types of wrong types": (
        b'{"v":1,"family":["a"],"type":{}}',
        "in this version",
    ),
    "fields missing": (
        b'{"v":1,"family":"pressure","type":"slip"}',
        "not a pressure/slip event: id: Field required",
    ),
}


@pytest.mark.parametrize(("document", "reason"), DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_event_is_refused_with_a_reason(document: bytes, reason: str) -> None:
    with pytest.raises(EventError, match=reason):
        parse(document)


@pytest.mark.parametrize(
    "fields",
    [
        {"confidence": 1.1},
        {"confidence": float("nan")},
        {"evidence": {"x": float("inf")}},
        {"tool": "Lounge Tool"},
        {"bridge": "home\n"},
        {"at": "2026-11-20T17:03:36Z"},
        {"id": "xyz"},
        {"placement": {"muscle": "psoas", "side": "left"}},
        {"seq": 0},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_event_that_breaks_the_contract_cannot_be_made(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(fields))):
        slip(**fields)


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        slip().confidence = 1.0  # type: ignore[misc]
