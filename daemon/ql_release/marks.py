"""Host decisions, each pinned to the sample before which it takes effect.

The pure pipeline knows nothing of time-outs, commands or settings: whatever the host
decides becomes a mark at a (stream uid, sample index), is journaled there, and is obeyed
again when the same frames are replayed. That is what makes a replay give the same events.
"""

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from ql_release.provisional import dated


class MarkKind(StrEnum):
    """What the host decided."""

    CONTEXT = "context"
    """All that is in force where a segment begins: the other kinds' data under their names."""
    CLOCK = "clock"
    """A new device-clock fit: `device_us`, `host_us` (a pair that belongs together), `ppm`."""
    CALIBRATION = "calibration"
    """A calibration came into force: the calibration block as hex in `block`, and the zones that
    are measured, one bit each, in `mask`; without one they stay the same."""
    GAP_CLOSED = "gap_closed"
    """Samples before `index` that have not come are given up."""
    SILENCE = "silence"
    """The tool has been silent for so long that the session is over; `host_us` says when."""
    SHUTDOWN = "shutdown"
    """The daemon stopped here; the session stays open."""
    RECORDING_END = "recording_end"
    """The file that was played ends here, and with it what is open."""
    STOP = "stop"
    """The person ended the session."""
    SETTINGS = "settings"
    """Limits and session rules came into force; see `pipeline.PipelineSettings`."""
    PERSON = "person"
    """`person`: the id of who uses the tool from here on, or null."""
    PLACE = "place"
    """`placement`: muscle, side and zone that are worked from here on, or null."""
    FELT = "felt"
    """The person's yes or no to a release: `command`, `release`, `felt`, `session`."""
    REASSIGNED = "reassigned"
    """A session was someone else's: `command`, `session`, `person`, `was`."""
    DATED = "dated"
    """The host learned the time: what was counted before (see `provisional`) becomes a date by
    `shift_us`."""
    THRESHOLD = "threshold"
    """The guided measurement of a threshold begins: `command`, `person`. Not obeyed while a session
    is open."""


ANSWERS = frozenset({MarkKind.FELT, MarkKind.REASSIGNED})
"""Marks that may be about another session, and name its person."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One host decision.

    Attributes:
        kind: what was decided.
        uid: the stream it belongs to.
        index: the sample before which it takes effect.
        host_us: when it was decided, Unix microseconds.
        data: what the kind needs, as JSON values.
    """

    kind: MarkKind
    uid: int
    index: int
    host_us: int
    data: dict[str, Any] = field(default_factory=dict)

    def dated(self, shift_us: int) -> Self:
        """Return the mark with dates in place of times from before the time was known."""
        data = self.data
        if self.kind is MarkKind.CLOCK:
            data = _dated_line(data, shift_us)
        elif self.kind is MarkKind.CONTEXT:
            data = data | {"clock": _dated_line(data["clock"], shift_us)}
        return replace(self, host_us=dated(self.host_us, shift_us), data=data)

    def to_json(self) -> bytes:
        """Return the mark as compact JSON, the form in which it is stored."""
        document = {
            "kind": self.kind.value,
            "uid": self.uid,
            "index": self.index,
            "host_us": self.host_us,
            "data": self.data,
        }
        return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_json(cls, document: bytes | str) -> Self:
        """Return the mark that `to_json` stored.

        Raises:
            ValueError: when the document is not such a mark.
        """
        try:
            raw = json.loads(document)
            return cls(
                kind=MarkKind(raw["kind"]),
                uid=int(raw["uid"]),
                index=int(raw["index"]),
                host_us=int(raw["host_us"]),
                data=dict(raw["data"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"not a mark: {error}") from error


def _dated_line(line: dict[str, Any], shift_us: int) -> dict[str, Any]:
    return line | {"host_us": dated(int(line["host_us"]), shift_us)}
