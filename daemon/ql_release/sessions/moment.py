"""Who measured, and when: a sample with its place on the stream's clock and on the wall's."""

from dataclasses import dataclass, replace
from typing import Self

from ql_release.provisional import dated
from ql_release.units import MICROSECONDS


@dataclass(frozen=True, slots=True)
class ToolIdentity:
    """What names a tool in events.

    Attributes:
        serial: its hardware serial number, which enters event ids.
        tool: its id on MQTT.
        bridge: the id of the bridge it is connected to.
    """

    serial: bytes
    tool: str
    bridge: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A sample at which something is decided.

    Attributes:
        uid: the stream it belongs to.
        index: its index in the stream.
        t: its time on the stream's clock, seconds.
        host_us: its wall time, Unix microseconds.
    """

    uid: int
    index: int
    t: float
    host_us: int

    def at(self, t: float) -> Self:
        """Return another time of the same stream, as seen from this sample.

        Only the times differ; the index stays that of the deciding sample. Near a sample its
        own wall time is truer than any line that was in force before.
        """
        return replace(self, t=t, host_us=self.host_us - round((self.t - t) * MICROSECONDS))

    def dated(self, shift_us: int) -> Self:
        """Return this moment with a date, now that the host knows the time."""
        return replace(self, host_us=dated(self.host_us, shift_us))

    def since(self, earlier: "Moment") -> float:
        """Return the seconds that have passed since a moment of the same stream."""
        return self.t - earlier.t

    def carried_to(self, first: "Moment") -> Self:
        """Return this moment on the clock of the stream that `first` belongs to.

        A tool that restarts begins a new stream with another zero; only wall time connects
        the two. Where the wall clock was set back in between, no time has passed.
        """
        if self.uid == first.uid:
            return self
        passed_us = max(0, first.host_us - self.host_us)
        return replace(self, uid=first.uid, t=first.t - passed_us / MICROSECONDS)
