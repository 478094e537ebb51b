"""The log: one line for each change of state."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from ql_release.logs import FOLD_S, MAX_FOLDED, Folding, configure, tell_folded


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


class Folded:
    """A folding log whose time a test turns."""

    def __init__(self, form: str = "text") -> None:
        self.out = io.StringIO()
        configure("info", form, self.out)  # type: ignore[arg-type]
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, Folding)
        self.handler = handler
        self.seconds = 0.0
        handler._now = lambda: self.seconds
        self.logger = logging.getLogger("ql_release.links")

    @property
    def lines(self) -> list[str]:
        """What was written so far."""
        return self.out.getvalue().splitlines()


def test_a_burst_of_the_same_trouble_is_one_line_and_then_a_count() -> None:
    log = Folded()
    for number in range(5000):
        log.logger.warning("tcp 192.0.2.1:%d sends nonsense", number)
    assert len(log.lines) == 1
    assert log.lines[0].endswith("tcp 192.0.2.1:0 sends nonsense")
    log.seconds = FOLD_S
    tell_folded()
    assert len(log.lines) == 2
    assert log.lines[1].endswith("tcp 192.0.2.1:4999 sends nonsense (4999 times more)")


def test_trouble_that_goes_on_is_told_once_a_minute_and_then_forgotten() -> None:
    log = Folded("json")
    for _ in range(4):
        log.logger.error("the disk is full")
        log.logger.error("the disk is full")
        log.seconds += FOLD_S
        tell_folded()
    told = [json.loads(line) for line in log.lines]
    assert [line.get("repeated", 0) for line in told] == [0, 1, 2, 2, 2]
    assert {line["message"] for line in told} == {"the disk is full"}
    for _ in range(2):
        log.seconds += FOLD_S
        tell_folded()
    log.logger.error("the disk is full")
    assert "repeated" not in json.loads(log.lines[-1])


def test_what_is_no_trouble_or_another_one_is_not_folded() -> None:
    log = Folded()
    for text in ("one", "two", "one"):
        log.logger.warning("%s is wrong", text)
        log.logger.info("%s is here", text)
    assert [line.split(": ")[1] for line in log.lines] == [
        "one is wrong",
        "one is here",
        "two is wrong",
        "two is here",
        "one is here",
    ]


def test_every_traceback_is_told() -> None:
    log = Folded()
    for _ in range(2):
        try:
            int("oh")
        except ValueError:
            log.logger.exception("failed")
    assert log.out.getvalue().count("Traceback") == 2


def test_the_last_count_is_told_at_the_end() -> None:
    log = Folded()
    for _ in range(3):
        log.logger.warning("trouble")
    log.handler.close()
    assert log.lines[-1].endswith("trouble (2 times more)")


def test_strangers_cannot_fill_the_memory() -> None:
    log = Folded()
    for number in range(3 * MAX_FOLDED):
        log.logger.warning("%s is strange", f"{number:b}".replace("0", "a").replace("1", "b"))
    assert len(log.handler._troubles) == MAX_FOLDED
    assert len(log.lines) == 3 * MAX_FOLDED


def test_without_a_folding_log_there_is_nothing_to_tell() -> None:
    logging.getLogger().handlers[:] = [logging.NullHandler()]
    tell_folded()
