"""Detections to events: adds whose they are, when they were, and their ids.

Figures are rounded here, once: to what the sensors can tell, and so that the last digits of a
float never make two runs differ.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeVar

from ql_release import events
from ql_release.events import Event, Placement, event_id, rfc3339
from ql_release.sessions.moment import Moment, ToolIdentity
from ql_release.sessions.rounding import rounded
from ql_release.signal import detections
from ql_release.signal.detections import Detection

FORCE_DIGITS = 1
PERCENT_DIGITS = 1
RATIO_DIGITS = 2
SECONDS_DIGITS = 2
CONFIDENCE_DIGITS = 2
EVIDENCE_DIGITS = 3

EventT = TypeVar("EventT", bound=Event)

MODELS: dict[type[Detection], type[Event]] = {
    detections.HoldStarted: events.HoldStarted,
    detections.HoldEnded: events.HoldEnded,
    detections.OverPressure: events.OverPressure,
    detections.BoneContact: events.BoneContact,
    detections.Slip: events.Slip,
    detections.Released: events.Released,
}
"""Detections that become an event as they are; the others only move the session."""

DIGITS = {
    "hold_s": SECONDS_DIGITS,
    "mean_force_n": FORCE_DIGITS,
    "peak_force_n": FORCE_DIGITS,
    "unjudged_s": SECONDS_DIGITS,
    "force_n": FORCE_DIGITS,
    "limit_n": FORCE_DIGITS,
    "confidence": CONFIDENCE_DIGITS,
    "drop_pct": PERCENT_DIGITS,
    "expected_pct": PERCENT_DIGITS,
    "held_s": SECONDS_DIGITS,
}
"""Decimals of each figure of a detection that an event tells."""


class EventMaker:
    """Makes the events of one tool.

    Args:
        identity: the tool.
        person: who uses it, or None.
        placement: what is being worked on, or None.

    Attributes:
        person: who uses it from now on.
        placement: what is being worked on from now on.
    """

    __slots__ = ("_identity", "person", "placement")

    def __init__(
        self, identity: ToolIdentity, person: str | None, placement: Placement | None
    ) -> None:
        self._identity = identity
        self.person = person
        self.placement = placement

    def id(self, model: type[Event], moment: Moment, command: str | None = None) -> str:
        """Return the id of the event of this kind that the sample decides."""
        kind = model.model_fields
        return event_id(
            self._identity.serial,
            moment.uid,
            kind["family"].default,
            kind["type"].default,
            moment.index,
            extra=command,
        )

    def make(
        self,
        model: type[EventT],
        moment: Moment,
        *,
        at_us: int,
        session: str | None,
        command: str | None = None,
        **fields: Any,
    ) -> EventT:
        """Return an event.

        Args:
            model: its kind.
            moment: its deciding sample.
            at_us: when it happened, Unix microseconds.
            session: the session it belongs to, or None.
            command: the id of the command that made it, where one did.
            **fields: what its kind has besides; may override person and placement.
        """
        common: dict[str, Any] = {
            "id": self.id(model, moment, command),
            "bridge": self._identity.bridge,
            "tool": self._identity.tool,
            "at": rfc3339(at_us),
            "decided_at": rfc3339(moment.host_us),
            "session": session,
            "person": self.person,
            "placement": self.placement,
        }
        return model(**(common | fields))

    def of(
        self,
        detection: Detection,
        moment: Moment,
        session: str | None,
        *,
        threshold_n: float | None = None,
    ) -> Event:
        """Return the event that a detection of `MODELS` becomes.

        Args:
            detection: what was detected.
            moment: its deciding sample.
            session: the session it belongs to, or None.
            threshold_n: the person's threshold force in newtons, where calibrated.
        """
        figures = _figures(detection)
        if isinstance(detection, detections.HoldEnded):
            for name in ("mean", "peak"):
                figures[f"{name}_pct"] = percent_of(figures[f"{name}_force_n"], threshold_n)
        return self.make(
            MODELS[type(detection)],
            moment,
            at_us=moment.at(detection.at).host_us,
            session=session,
            **figures,
        )


def percent_of(force_n: float | None, threshold_n: float | None) -> float | None:
    """Return a force in percent of the threshold force; None where one of them is not known."""
    if force_n is None or threshold_n is None:
        return None
    return round(100 * max(0.0, force_n) / threshold_n, PERCENT_DIGITS)


def _figures(detection: Detection) -> dict[str, Any]:
    """Return what a detection says of its own, rounded."""
    figures: dict[str, Any] = {
        name: rounded(getattr(detection, name), digits)
        for name, digits in DIGITS.items()
        if hasattr(detection, name)
    }
    if isinstance(detection, detections.HoldEnded):
        # A contact-only zone holds a contact whatever the load cells say, under a wrong zero less
        # than nothing.
        figures["mean_force_n"] = max(0.0, figures["mean_force_n"])
    if isinstance(detection, detections.Judged):
        figures["evidence"] = _rounded(detection.evidence)
    return figures


def _rounded(evidence: Mapping[str, float]) -> dict[str, float]:
    """Return the evidence rounded, without what is no number: JSON has no way to say it."""
    return {
        name: rounded(value, EVIDENCE_DIGITS)
        for name, value in evidence.items()
        if math.isfinite(value)
    }
