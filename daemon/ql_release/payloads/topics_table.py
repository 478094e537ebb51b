"""Every topic of the contract, for the documentation and for the tests of both sides."""

from dataclasses import dataclass
from typing import Any, Literal

EVENT_NAMES = {
    "session": ("started", "ended", "reassigned", "calibrated"),
    "pressure": ("hold_started", "hold_ended", "over_pressure", "bone_contact", "slip"),
    "release": ("released", "felt"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes:
        path: below the prefix; `<…>` stand for ids.
        by: who publishes.
        qos: with which quality of service.
        retained: whether the broker keeps it.
        payloads: the names of its schemas.
        about: what it is for.
    """

    path: str
    by: Literal["bridge", "anyone", "integration"]
    qos: Literal[0, 1]
    retained: Literal["yes", "no", "outside contact"]
    payloads: tuple[str, ...]
    about: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry of topics.json."""
        return {name: getattr(self, name) for name in self.__slots__}


def _events(family: str) -> tuple[str, ...]:
    return tuple(f"event-{family}-{name}" for name in EVENT_NAMES[family])


def _ops(prefix: str, ops: str) -> tuple[str, ...]:
    return tuple(f"{prefix}-{op}" for op in ops.split())


TOPICS = (
    Topic(
        "bridge/<bridge>/status",
        "bridge",
        1,
        "yes",
        ("bridge-status",),
        "`online` or `offline`; `offline` is also its will",
    ),
    Topic(
        "bridge/<bridge>/health", "bridge", 0, "yes", ("bridge-health",), "every 60 s: how it is"
    ),
    Topic(
        "bridge/<bridge>/cmd",
        "anyone",
        1,
        "no",
        _ops("bridge-cmd", "history profile assign erase"),
        "commands to the bridge",
    ),
    Topic("bridge/<bridge>/reply", "bridge", 1, "no", ("bridge-reply",), "its answers"),
    Topic(
        "tool/<tool>/hello",
        "bridge",
        1,
        "yes",
        ("tool-hello",),
        "what the tool is and can do; empty: the tool is gone",
    ),
    Topic(
        "tool/<tool>/availability",
        "bridge",
        1,
        "yes",
        ("tool-availability",),
        "whether it can be heard",
    ),
    Topic(
        "tool/<tool>/state",
        "bridge",
        0,
        "outside contact",
        ("tool-state",),
        "live values, at most 4 a second in contact, 1 a minute otherwise",
    ),
    Topic(
        "tool/<tool>/event/session", "bridge", 1, "no", _events("session"), "one event a message"
    ),
    Topic(
        "tool/<tool>/event/pressure", "bridge", 1, "no", _events("pressure"), "one event a message"
    ),
    Topic(
        "tool/<tool>/event/release", "bridge", 1, "no", _events("release"), "one event a message"
    ),
    Topic(
        "tool/<tool>/session/last",
        "bridge",
        1,
        "yes",
        ("tool-session-last",),
        "summary of the last finished session",
    ),
    Topic(
        "tool/<tool>/cmd",
        "anyone",
        1,
        "no",
        _ops(
            "tool-cmd",
            "tare calibrate start stop place person felt identify haptic sleep update forget",
        ),
        "commands to the tool",
    ),
    Topic("tool/<tool>/reply", "bridge", 1, "no", ("tool-reply",), "its answers"),
    Topic(
        "integration/<instance>/status",
        "integration",
        1,
        "yes",
        ("integration-status",),
        "from a consumer's set-up until it is removed (then empty), not on restart",
    ),
)
