"""Logging for a daemon that runs for months: one line for each change of state.

Text is for people and for systemd's journal, JSON lines are for collectors. Both go to
standard error. What comes from outside (a tool's name, a broker's reason) may hold control
characters; they are escaped, so that a record is always one line and never moves a cursor.
"""

import json
import logging
import re
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TextIO

from ql_release.text import one_line

QUIET_LOGGERS = ("aiomqtt", "mqtt", "asyncio")
"""Libraries whose everyday chatter repeats what our own lines say."""
PACKAGE = "ql_release."
FOLD_S = 60.0
"""The same trouble is told again after so long at the earliest, and how often it came meanwhile."""
MAX_FOLDED = 256
"""Kinds of trouble that are remembered: what strangers send must not fill the memory."""
NUMBERS = re.compile(r"\d+")
"""Ports, counts and addresses differ from one line of the same trouble to the next."""

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


class TextFormatter(logging.Formatter):
    """`2026-11-20T17:03:09.250Z info    mqtt.publisher: connected to broker:1883`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line, a traceback below it if there is one."""
        message = one_line(record.getMessage())
        repeated = _repeated(record)
        if repeated:
            message += f" ({repeated} {'time' if repeated == 1 else 'times'} more)"
        line = f"{_time(record)} {record.levelname.lower():<7} {_room(record)}: {message}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `at`, `level`, `logger`, `message`; see docs/settings.md."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as compact JSON."""
        document: dict[str, str | int] = {
            "at": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        repeated = _repeated(record)
        if repeated:
            document["repeated"] = repeated
        if record.exc_info:
            document["exception"] = self.formatException(record.exc_info)
        return json.dumps(document, separators=(",", ":"))


@dataclass(slots=True)
class _Trouble:
    """One kind of trouble: its last line, since when it is counted, and how often it came."""

    record: logging.LogRecord
    since: float
    more: int = 0


class Folding(logging.StreamHandler[TextIO]):
    """Writes each trouble once, and then once a minute how often it came again.

    Only warnings and errors without a traceback are folded: what is less serious is one line for
    each change of state, and a traceback is never the same trouble.

    Args:
        stream: where to write.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, stream: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream)
        self._now = now
        self._troubles: OrderedDict[str, _Trouble] = OrderedDict()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it."""
        self.tell()
        if record.levelno < logging.WARNING or record.exc_info:
            super().emit(record)
            return
        kind = f"{record.name} {NUMBERS.sub('#', record.getMessage())}"
        trouble = self._troubles.get(kind)
        if trouble is not None:
            trouble.record = record
            trouble.more += 1
            return
        self._troubles[kind] = _Trouble(record, self._now())
        while len(self._troubles) > MAX_FOLDED:
            self._tell_of(self._troubles.popitem(last=False)[1])
        super().emit(record)

    def tell(self) -> None:
        """Write how often the troubles came again whose minute is over."""
        due = self._now() - FOLD_S
        while self._troubles and next(iter(self._troubles.values())).since <= due:
            kind, trouble = self._troubles.popitem(last=False)
            if self._tell_of(trouble):
                self._troubles[kind] = _Trouble(trouble.record, self._now())

    def close(self) -> None:
        """Write what was counted last."""
        while self._troubles:
            self._tell_of(self._troubles.popitem(last=False)[1])
        super().close()

    def _tell_of(self, trouble: _Trouble) -> bool:
        """Write a trouble's last line again with its count; return whether there was one."""
        if trouble.more:
            again = copy(trouble.record)
            again.repeated = trouble.more
            super().emit(again)
        return trouble.more > 0


def tell_folded() -> None:
    """Have the log tell what it has counted; to be called now and then."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, Folding):
            with handler.lock or nullcontext():
                handler.tell()


def configure(level: LogLevel, form: LogFormat, stream: TextIO | None = None) -> None:
    """Send the process's log to a stream, in place of whatever handled it before.

    Args:
        level: the least serious level that is written.
        form: `text` or `json`.
        stream: where to; standard error by default.
    """
    handler = Folding(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # A reader of the log that went away is no reason for tracebacks, nor for stopping.
    logging.raiseExceptions = False
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel("DEBUG" if level == "debug" else "WARNING")


def _repeated(record: logging.LogRecord) -> int:
    """Return how often this came again since it was last told."""
    return int(getattr(record, "repeated", 0))


def _time(record: logging.LogRecord) -> str:
    """Return when the record was made, RFC 3339 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def _room(record: logging.LogRecord) -> str:
    """Return the module that logged, without the package's name."""
    return record.name.removeprefix(PACKAGE)
