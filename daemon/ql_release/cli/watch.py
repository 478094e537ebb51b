"""Shows what arrives over MQTT: a line for each event, the force as a moving bar.

An ordinary subscriber: it knows the topics and payloads of docs/mqtt.md and nothing of the
daemon. `Watcher` turns messages into lines; the client around it is in `subscriber`.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ql_release.cli import summary, words
from ql_release.cli.console import Console, Style
from ql_release.cli.words import Document

TIME_COLUMNS = 10
"""Room for `hh:mm:ss` and a gap."""
LEAST_NAME_COLUMNS = 8
"""Room for a short tool id; the column grows with the longest one seen."""
GAP = "  "
BAR_COLUMNS = (10, 40)
"""The bar's least and greatest width; in between it takes what the terminal has left."""
STATUS_TEXT_COLUMNS = 28
"""Room for the figures beside the bar; with a plan they need more."""
SPARE_COLUMNS = 2
"""Kept free behind them, so that one digit more does not wrap the line."""
LEAST_FULL_SCALE_N = 100.0
"""The bar's full scale until more is seen: most holds are below (30 to 90 N)."""
SCALE_STEP_N = 50.0
"""A force beyond full scale widens it by such steps, so that the bar does not jitter."""

OnEvent = Callable[[Document], None]


class Watcher:
    """Prints what one prefix's topics bring.

    Args:
        console: where to print.
        prefix: the topics' prefix.
        on_event: called with each new event, for whoever wants to check them.
        on_summary: called with each new session summary, after it was printed.
    """

    def __init__(
        self,
        console: Console,
        prefix: str,
        *,
        on_event: OnEvent | None = None,
        on_summary: OnEvent | None = None,
    ) -> None:
        self._console = console
        self._prefix = f"{prefix}/"
        self._on_event = on_event
        self._on_summary = on_summary
        self._seen: set[str] = set()
        self._ended: set[str] = set()
        self._summaries: dict[str, Document] = {}
        self._name_columns = LEAST_NAME_COLUMNS
        self._availability: dict[str, str] = {}
        self._full_scale_n = LEAST_FULL_SCALE_N

    def message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Take one message."""
        match topic.removeprefix(self._prefix).split("/"):
            case ["bridge", bridge, "status"]:
                self._bridge(bridge, payload)
            case ["tool", tool, "availability"]:
                self._available(tool, _document(payload))
            case ["tool", tool, "event", _]:
                self._event(tool, _document(payload), topic)
            case ["tool", tool, "state"]:
                self._state(tool, _document(payload))
            case ["tool", _, "session", "last"] if not retained:
                self._take_summary(_document(payload))

    def _bridge(self, bridge: str, payload: bytes) -> None:
        state = payload.decode(errors="replace")
        if state in ("online", "offline"):
            self._changed(f"bridge {bridge}", "", bridge, f"bridge is {state}")

    def _available(self, tool: str, document: Document | None) -> None:
        if document is not None:
            time = _clock_time(document.get("at"))
            self._changed(f"tool {tool}", time, tool, f"tool is {document.get('state')}")

    def _changed(self, key: str, time: str, name: str, text: str) -> None:
        """Print a state when it is another than before."""
        if self._availability.get(key) != text:
            self._availability[key] = text
            self._line(time, name, text, Style.FAINT)

    def _event(self, tool: str, event: Document | None, topic: str) -> None:
        if event is None:
            self._line("", tool, f"unreadable message on {topic}", Style.WRONG)
            return
        identity = str(event.get("id"))
        if identity in self._seen:  # QoS 1 may bring a message twice
            return
        self._seen.add(identity)
        text = words.describe(event)
        self._line(_clock_time(event.get("at")), tool, text, words.style(event))
        if self._on_event is not None:
            self._on_event(event)
        if (event.get("family"), event.get("type")) == ("session", "ended"):
            self._ended.add(str(event.get("session")))
            self._show_summaries()

    def _state(self, tool: str, state: Document | None) -> None:
        """Redraw the bar while there is contact, clear it otherwise."""
        if state is not None and not state.get("in_contact"):
            self._guide(tool, state)
        if state is None or not state.get("in_contact"):
            self._console.status()
            return
        force = words.number(state, "force_n")
        while force > self._full_scale_n:
            self._full_scale_n += SCALE_STEP_N
        least, most = BAR_COLUMNS
        name = self._padded(tool)
        text = f" {force:4.0f} N{_beside(state)}"
        room = self._console.width - len(name) - max(STATUS_TEXT_COLUMNS, len(text) + SPARE_COLUMNS)
        bar = self._console.bar(force / self._full_scale_n, max(least, min(most, room)))
        self._console.status(f"{name}{bar}{text}")

    def _guide(self, tool: str, state: Document) -> None:
        """Say what comes next in a measurement; how an old one ended is no news."""
        text, key = words.progress(state), f"measurement {tool}"
        if text is not None and (words.measuring(state) or key in self._availability):
            self._changed(key, _clock_time(state.get("at")), tool, text)

    def _take_summary(self, document: Document | None) -> None:
        """Keep a summary until the event of the session's end was shown: either may come first."""
        if document is not None:
            self._summaries[str(document.get("session"))] = document
            self._show_summaries()

    def _show_summaries(self) -> None:
        for session in self._ended & self._summaries.keys():
            self._summary(self._summaries.pop(session))

    def _summary(self, document: Document) -> None:
        self._console.status()
        self._console.line()
        self._console.line("Session summary", Style.STRONG)
        for line in summary.table(document, self._console.width):
            self._console.line(line)
        if self._on_summary is not None:
            self._on_summary(document)

    def _line(self, time: str, name: str, text: str, style: Style) -> None:
        """Print one row of the three columns."""
        self._console.line(f"{time:<{TIME_COLUMNS}}{self._padded(name)}{text}", style)

    def _padded(self, name: str) -> str:
        """Return a name as wide as the longest one seen."""
        self._name_columns = max(self._name_columns, len(name))
        return f"{name:<{self._name_columns}}{GAP}"


def _document(payload: bytes) -> Document | None:
    """Return a JSON object; None when the payload is anything else."""
    try:
        document: Any = json.loads(payload)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _beside(state: Document) -> str:
    """Return the figures beside the bar."""
    percent, hold = state.get("force_pct"), state.get("hold_s")
    guided = words.progress(state)
    if guided is not None:
        return f"  {guided}"
    parts = [] if percent is None else [f"{words.number(state, 'force_pct'):3.0f} %"]
    if hold is not None:
        parts.append(f"hold {words.minutes(words.number(state, 'hold_s'))}{_wanted(state)}")
    return "".join(f"  {part}" for part in parts)


def _wanted(state: Document) -> str:
    """Return how long the plan wants the hold to be; nothing outside a plan."""
    plan = state.get("plan")
    if not isinstance(plan, dict) or plan.get("placement") is None:
        return ""
    if plan["placement"] != state.get("placement"):
        return ""
    return f" of {words.minutes(words.number(plan, 'hold_s'))}"


def _clock_time(timestamp: object) -> str:
    """Return an event's time on the wall clock here, `hh:mm:ss`."""
    try:
        return datetime.fromisoformat(str(timestamp)).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return "--:--:--"
