"""Host decisions as they are stored."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.marks import Mark, MarkKind

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
MARKS = st.builds(
    Mark,
    kind=st.sampled_from(MarkKind),
    uid=st.integers(0, (1 << 64) - 1),
    index=st.integers(0, 1 << 30),
    host_us=st.integers(0, 1 << 62),
    data=st.dictionaries(st.text(max_size=9), VALUES, max_size=4),
)
USUAL: dict[str, Any] = {"kind": "stop", "uid": 5, "index": 7, "host_us": 9, "data": {}}


@given(MARKS)
def test_a_mark_comes_back_as_it_was_stored(mark: Mark) -> None:
    assert Mark.from_json(mark.to_json()) == mark
    assert Mark.from_json(mark.to_json().decode()) == mark


@given(MARKS)
def test_the_same_mark_is_always_stored_as_the_same_bytes(mark: Mark) -> None:
    twin = Mark(mark.kind, mark.uid, mark.index, mark.host_us, dict(reversed(mark.data.items())))
    assert twin.to_json() == mark.to_json()


def test_what_is_stored_is_compact_json_with_sorted_names() -> None:
    mark = Mark(MarkKind.PERSON, 5, 7, 9, {"person": "p1"})
    assert mark.to_json() == (
        b'{"data":{"person":"p1"},"host_us":9,"index":7,"kind":"person","uid":5}'
    )


def test_the_names_of_the_kinds_are_for_ever() -> None:
    """They stand in journals and captures."""
    assert {kind.value for kind in MarkKind} == {
        *("context", "clock", "calibration", "gap_closed", "silence", "shutdown"),
        *("recording_end", "stop", "settings", "person", "place", "felt", "reassigned"),
        "threshold",
        "dated",
    }


@pytest.mark.parametrize("name", USUAL)
def test_a_mark_that_lacks_something_is_refused(name: str) -> None:
    document = json.dumps({key: value for key, value in USUAL.items() if key != name})
    with pytest.raises(ValueError, match=f"not a mark: '{name}'"):
        Mark.from_json(document)


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b"5", b"null", b"\xff\xfe{}", '"stop"'],
    ids=["nothing", "cut", "list", "number", "null", "no text", "text"],
)
def test_what_is_no_mark_is_refused(document: bytes | str) -> None:
    with pytest.raises(ValueError, match="not a mark"):
        Mark.from_json(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "dance"),
        ("uid", "x"),
        ("index", None),
        ("host_us", []),
        ("data", 5),
        ("data", "ab"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match="not a mark"):
        Mark.from_json(json.dumps(USUAL | {name: value}))


def test_fields_of_a_later_version_are_ignored() -> None:
    assert Mark.from_json(json.dumps(USUAL | {"mood": 1})) == Mark(MarkKind.STOP, 5, 7, 9)
