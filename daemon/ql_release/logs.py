"""Logging for a daemon that runs for months: one line for each change of state.

Text is for people and for systemd's journal, JSON lines are for collectors. Both go to
standard error. What comes from outside (a tool's name, a broker's reason) may hold control
characters; they are escaped, so that a record is always one line and never moves a cursor.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal, TextIO

from ql_release.text import one_line

QUIET_LOGGERS = ("aiomqtt", "mqtt", "asyncio")
"""Libraries whose everyday chatter repeats what our own lines say."""
PACKAGE = "ql_release."

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


class TextFormatter(logging.Formatter):
    """`2026-11-20T17:03:09.250Z info    mqtt.publisher: connected to broker:1883`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, a traceback below it if there is one."""
        message = one_line(record.getMessage())
        line = f"{_time(record)} {record.levelname.lower():<7} {_room(record)}: {message}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`, perhaps `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as compact JSON."""
        document = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, separators=(",", ":"))


def configure(level: LogLevel, form: LogFormat, stream: TextIO | None = None) -> None:
    """Send the process's log to a stream, in place of whatever handled it before.

    Args:
        level: the least serious level that is written.
        form: `text` or `json`.
        stream: where to; standard error by default.
    """
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # A reader of the log that went away is no reason for tracebacks, nor for stopping.
    logging.raiseExceptions = False
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")


def _time(record: logging.LogRecord) -> str:
    """Return when the record was made, RFC 3339 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _room(record: logging.LogRecord) -> str:
    """Return the module that logged, without the package's name."""
    return record.name.removeprefix(PACKAGE)
