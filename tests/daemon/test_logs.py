"""The log: one line for each change of state."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from ql_release.logs import configure


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Put logging back as it was."""
    root = logging.getLogger()
    handlers, level, raising = root.handlers[:], root.level, logging.raiseExceptions
    yield
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)


def test_text_has_time_level_and_place_and_stays_one_line() -> None:
    out = io.StringIO()
    configure("info", "text", out)
    logging.getLogger("ql_release.mqtt.publisher").warning("name %s", "a\nb\x1b[2J")
    time, level, rest = out.getvalue().split(maxsplit=2)
    assert len(time) == len("2026-11-20T17:03:09.250Z")
    assert time.endswith("Z")
    assert level == "warning"
    assert rest == "mqtt.publisher: name a\\nb\\x1b[2J\n"


def test_json_is_one_object_a_line() -> None:
    out = io.StringIO()
    configure("info", "json", out)
    logging.getLogger("ql_release.links").info("one\ntwo")
    logging.getLogger("ql_release.links").error("three")
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first["level"] == "info"
    assert first["logger"] == "ql_release.links"
    assert first["message"] == "one\ntwo"
    assert second["message"] == "three"
    assert set(first) == {"at", "level", "logger", "message"}


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_unexpected_error_brings_its_traceback(form: str) -> None:
    out = io.StringIO()
    configure("info", form, out)  # type: ignore[arg-type]
    try:
        int("oh")
    except ValueError:
        logging.getLogger("ql_release").exception("failed")
    assert "ValueError: invalid literal" in out.getvalue()


def test_less_serious_records_are_left_out() -> None:
    out = io.StringIO()
    configure("warning", "text", out)
    logging.getLogger("ql_release").info("quiet")
    assert out.getvalue() == ""


def test_libraries_are_heard_only_when_something_is_wrong() -> None:
    out = io.StringIO()
    configure("info", "text", out)
    logging.getLogger("aiomqtt").info("chatter")
    logging.getLogger("aiomqtt").warning("trouble")
    assert "chatter" not in out.getvalue()
    assert "trouble" in out.getvalue()
