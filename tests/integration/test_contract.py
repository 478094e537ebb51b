"""The integration reads what the contract's files show, and refuses what they forbid."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from contract_files import FOLDER, NOW, example, names, schema
from custom_components.ql_release.contract import commands
from custom_components.ql_release.contract.base import (
    MAX_PAYLOAD,
    ContractError,
    OtherMajorError,
    Record,
    read_payload,
    timestamp,
)
from custom_components.ql_release.contract.bridge import BridgeHealth
from custom_components.ql_release.contract.common import Cursor, Placement, Side, Zone
from custom_components.ql_release.contract.events import EVENTS, Event, Released, read_event
from custom_components.ql_release.contract.replies import Reply
from custom_components.ql_release.contract.session import LastSession
from custom_components.ql_release.contract.tool import Availability, Hello, ToolState
from custom_components.ql_release.contract.topics import (
    Place,
    Topics,
    is_prefix,
    prefix_of_hello,
)
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

type Reader = Callable[[bytes], Record]


def _payload(kind: type[Record]) -> Reader:
    return lambda payload: read_payload(kind, payload, NOW)


def _event(family: str) -> Reader:
    return lambda payload: read_event(payload, "lounge", family, NOW)


READERS: dict[str, tuple[str, Reader]] = {
    "bridge-health": ("bridge-health", _payload(BridgeHealth)),
    "tool-hello": ("tool-hello", _payload(Hello)),
    "tool-availability": ("tool-availability", _payload(Availability)),
    "tool-state": ("tool-state", _payload(ToolState)),
    "tool-session-last": ("tool-session-last", _payload(LastSession)),
    **{name: ("bridge-reply", _payload(Reply)) for name in names("bridge-reply")},
    **{name: ("tool-reply", _payload(Reply)) for name in names("tool-reply")},
    **{name: (name, _event(name.split("-")[1])) for name in names("event-")},
}
"""Schema and reader of each example that a bridge publishes."""

OF_THE_TOPIC = {"tool", "family", "type"}
"""What an event must share with its topic, or what picks its reader."""

TOLD_OTHERWISE = {"v", "events", "error"}
"""Versions and events of a page have tests of their own; a new error code is an error, too."""


def _bytes(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("name", READERS)
def test_every_example_is_read(name: str) -> None:
    """Each as the record of its own type, with the values that stand in it."""
    _, reader = READERS[name]
    document = example(name)
    found = reader(_bytes(document | {"a_field_of_version_1_7": {"x": 1}}))
    if isinstance(found, Event):
        assert type(found) is EVENTS[document["family"], document["type"]]
        assert found.cursor == Cursor(epoch=document["epoch"], seq=document["seq"])
    for key in ("force_n", "id", "serial", "threshold_n", "outbox_depth", "hold_s"):
        if key in document:
            assert getattr(found, key) == document[key]


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("version", [2, None, "1", True])
def test_another_major_version_is_refused(name: str, version: object) -> None:
    """Names or meanings have changed there."""
    _, reader = READERS[name]
    with pytest.raises(OtherMajorError, match="version"):
        reader(_bytes(example(name) | {"v": version}))


VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 0.5, -0.5, 150, 1e6, "", "left", "a b", "online",
    "2026-11-20T17:03:00.240Z", [], [None], [0.5, "x"], {}, {"a": 1}, {"a": None},
)  # fmt: skip
"""What a field may turn out to hold instead."""


def _spoilt(document: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value in a document."""
    if path:
        yield path
    inner: dict[Any, object] = {}
    if isinstance(document, dict):
        inner = document
    elif document and isinstance(document, list):
        inner = {0: document[0]}
    for key, value in inner.items():
        yield from _spoilt(value, (*path, key))


def _with(document: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def _is_read(reader: Reader, document: object) -> bool:
    try:
        reader(_bytes(document))
    except ContractError:
        return False
    return True


@pytest.mark.parametrize("name", READERS)
def test_a_changed_value_is_read_exactly_if_the_schema_allows_it(name: str) -> None:
    """Strict about known fields, and not stricter than what may be published."""
    schema_name, reader = READERS[name]
    validator = Draft202012Validator(schema(schema_name))
    document = example(name)
    for path in _spoilt(document):
        if path[0] in OF_THE_TOPIC and name.startswith("event-"):
            continue
        if path[0] in TOLD_OTHERWISE:
            continue
        for value in VALUES:
            changed = _with(document, path, value)
            assert _is_read(reader, changed) == validator.is_valid(changed), (path, value)


@pytest.mark.parametrize("name", READERS)
def test_what_the_schema_requires_is_required(name: str) -> None:
    """Only what came with a later minor version may be missing."""
    schema_name, reader = READERS[name]
    for field in schema(schema_name)["required"]:
        without = {key: value for key, value in example(name).items() if key != field}
        if not _is_read(reader, without):
            continue
        assert field in LATER_FIELDS


LATER_FIELDS = {
    "plan", "shares", "centre_mm", "expected_n", "breath_hz", "calibration", "zero_n", "rssi_dbm",
    "dose", "peak_pct", "presses", "spread_pct", "approach", "unjudged_s", "mean_pct",
    "went_quiet", "time_known",
}  # fmt: skip
"""Fields that the daemon's own models have a default for."""

GARBAGE = (
    b"", b"\xff\xfe", b"nul", b"[]", b"1", b'"x"', b"{", b"[" * 100_000, b'{"v": NaN}',
    b'{"v": 1, "x": ' + b"9" * 5000 + b"}", b"{}", b" " * (MAX_PAYLOAD + 1), b"\x00" * 10_000_000,
)  # fmt: skip


@pytest.mark.parametrize("reader", [reader for _, reader in READERS.values()])
@pytest.mark.parametrize("payload", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_with_a_sentence(reader: Reader, payload: bytes) -> None:
    """Whatever a stranger publishes."""
    with pytest.raises(ContractError) as caught:
        reader(payload)
    assert len(str(caught.value)) < 200


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(READERS)), changes=st.dictionaries(st.text(), json_values))
def test_any_object_is_read_or_refused(name: str, changes: dict[str, object]) -> None:
    """Nothing but ContractError ever comes out."""
    _, reader = READERS[name]
    _is_read(reader, changes | {"v": 1})


@given(data=st.data(), name=st.sampled_from(sorted(READERS)), value=json_values)
def test_any_value_in_any_place_is_read_or_refused(
    data: st.DataObject, name: str, value: object
) -> None:
    """Nor from a payload that is nearly right."""
    _, reader = READERS[name]
    path = data.draw(st.sampled_from(list(_spoilt(example(name)))))
    _is_read(reader, _with(example(name), path, value))


@given(st.binary(max_size=400))
def test_any_bytes_are_refused(payload: bytes) -> None:
    """No random bytes make a payload."""
    assert all(not _raw(reader, payload) for _, reader in READERS.values())


def _raw(reader: Reader, payload: bytes) -> bool:
    try:
        reader(payload)
    except ContractError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("tool-state", "at"),
        ("event-release-released", "decided_at"),
        ("bridge-health", "oldest_unsent_at"),
        ("tool-session-last", "started_at"),
    ],
)
def test_the_future_is_refused(name: str, field: str) -> None:
    """Five minutes are a clock that is off, more is nonsense."""
    _, reader = READERS[name]

    def at(**ahead: float) -> bytes:
        return _bytes(example(name) | {field: timestamp(NOW + timedelta(**ahead))})

    reader(at(minutes=5))
    with pytest.raises(ContractError, match=f"{field} is in the future: set the clocks"):
        reader(at(minutes=5, seconds=1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"at": "2026-13-20T17:03:09.250Z"}, "at is no time"),
        ({"plan": {"step": 0}}, "plan.step is out of range"),
        ({"zones_n": [1, "x"]}, "zones_n.1 must be a number"),
        ({"force_n": 10**400}, "force_n must be a number from -inf to inf"),
        ({"phase": "flying"}, "phase must be one of idle, contact, hold"),
        ({"placement": {"muscle": "Psoas"}}, "placement.muscle must match"),
    ],
)
def test_the_message_says_where_and_what(change: dict[str, Any], message: str) -> None:
    """It goes into the log, for people."""
    with pytest.raises(ContractError, match=message):
        read_payload(ToolState, _bytes(example("tool-state") | change), NOW)


def test_a_page_with_something_else_in_it_is_refused() -> None:
    """It is asked for again."""
    with pytest.raises(ContractError, match=r"events\.0"):
        read_payload(Reply, _bytes(example("bridge-reply-history") | {"events": ["x"]}), NOW)


def test_half_a_character_is_refused() -> None:
    """It could not be written down."""
    payload = _bytes(example("tool-hello")).replace(b'"tcp"', b'"\\ud800"')
    with pytest.raises(ContractError, match="link holds half a character"):
        read_payload(Hello, payload, NOW)


def test_an_event_of_an_unknown_type_keeps_what_is_common() -> None:
    """Its number in the journal still counts."""
    document = example("event-pressure-slip") | {"type": "of_version_1_7"}
    found = read_event(_bytes(document), "lounge", "pressure", NOW)
    assert (type(found), found.seq, found.told) == (Event, 207, True)


def test_an_event_on_another_topic_is_refused() -> None:
    """A topic's rights say who may publish there."""
    payload = _bytes(example("event-pressure-slip"))
    with pytest.raises(ContractError, match="not for this topic"):
        read_event(payload, "other", "pressure", NOW)


@pytest.mark.parametrize(("confidence", "told"), [(0.5, True), (0.49, False)])
def test_people_are_told_of_what_is_likely(confidence: float, told: bool) -> None:
    """The rest is for the record."""
    document = example("event-release-released") | {"confidence": confidence}
    found = read_event(_bytes(document), "lounge", "release", NOW)
    assert isinstance(found, Released)
    assert found.told is told


SPOT = Placement(muscle="quadratus_lumborum", side=Side.LEFT, zone=Zone.MIDDLE)
PROFILE = commands.Profile(
    person="p1",
    threshold_n=80.0,
    body_mass_kg=78.0,
    plan=commands.Plan(
        steps=(
            commands.PlanStep(
                muscle="quadratus_lumborum", side="left", zone="middle", holds=2, hold_s=45.0
            ),
        )
    ),
)


@pytest.mark.parametrize(
    ("command", "of"),
    [
        (commands.tare(), "tool"),
        (commands.tare([0, 2]), "tool"),
        (commands.start(), "tool"),
        (commands.stop(), "tool"),
        (commands.identify(), "tool"),
        (commands.place(SPOT), "tool"),
        (commands.place(None), "tool"),
        (commands.use_by("p1"), "tool"),
        (commands.use_by(None), "tool"),
        (commands.history(None), "bridge"),
        (commands.history(Cursor(epoch="5f0c7d1e9a3b2846", seq=200)), "bridge"),
        (commands.profile(PROFILE), "bridge"),
        (commands.profile(commands.Profile(person="p2", calibrated_at=NOW)), "bridge"),
    ],
)
def test_commands_satisfy_their_schemas(command: commands.Command, of: str) -> None:
    """So that a bridge takes them."""
    document = json.loads(command.payload("ha-1", NOW))
    Draft202012Validator(schema(f"{of}-cmd-{command.op}")).validate(document)
    assert document["sent"] == "2026-11-20T18:30:00.000Z"


def test_a_profile_says_what_the_example_says() -> None:
    """Field by field."""
    sent = json.loads(commands.profile(PROFILE).payload("phone-0038", NOW))
    assert sent | {"sent": None} == example("bridge-cmd-profile") | {"sent": None}


@pytest.mark.parametrize("prefix", ["ql_release", "a/b", "a/b/c", "x-1/y_2"])
def test_prefixes(prefix: str) -> None:
    """One to three levels."""
    assert is_prefix(prefix)
    assert prefix_of_hello(f"{prefix}/tool/lounge/hello") == prefix


@pytest.mark.parametrize("prefix", ["", "/", "a/", "/a", "a//b", "a/b/c/d", "+", "a/#", "Ä", "A"])
def test_what_is_no_prefix(prefix: str) -> None:
    """No wildcards, no empty levels."""
    assert not is_prefix(prefix)
    assert prefix_of_hello(f"{prefix}/tool/lounge/hello") is None


@pytest.mark.parametrize("topic", ["ql_release/tool/lounge/state", "ql_release/tool/+/hello", ""])
def test_what_is_no_hello(topic: str) -> None:
    """Discovery comes from anyone."""
    assert prefix_of_hello(topic) is None


@pytest.mark.parametrize(
    ("topic", "place"),
    [
        ("home/x/tool/lounge/state", Place("tool", "lounge", "state")),
        ("home/x/tool/lounge/event/session", Place("tool", "lounge", "event/session")),
        ("home/x/bridge/b1/status", Place("bridge", "b1", "status")),
        ("home/x/tool/Lounge/state", None),
        ("home/x/tool", None),
    ],
)
def test_topics_are_told_apart(topic: str, place: Place | None) -> None:
    """By what they are about."""
    assert Topics("home/x").parse(topic) == place


def test_what_is_subscribed_to_is_what_a_bridge_publishes() -> None:
    """All of the table of topics but what others say."""
    with (FOLDER / "topics.json").open(encoding="utf-8") as file:
        table = json.load(file)["topics"]
    wanted = {
        f"ql_release/{topic['path']}".replace("<tool>", "+").replace("<bridge>", "+")
        for topic in table
        if topic["by"] == "bridge"
    }
    filters = Topics("ql_release").filters
    wanted_patterns = {
        "ql_release/tool/+/event/+" if "/event/" in topic else topic for topic in wanted
    }
    assert set(filters) == wanted_patterns
    assert Topics("x").filters[-1] == "x/bridge/+/status"
    assert Topics("x").hellos == "x/tool/+/hello"
