"""A tool on a table: says what its detectors would, and keeps what the tracker tells."""

from collections.abc import Callable
from typing import Any

import pytest

from ql_release.context import Limits
from ql_release.events import Event, SessionEnded, rfc3339
from ql_release.sessions.tracker import Moment, SessionTracker, ToolIdentity
from ql_release.signal import detections
from ql_release.signal.detections import Detection

RATE_HZ = 100
STARTED_US = 1_795_194_000_000_000
"""2026-11-20T17:00:00Z, where the stream's zero is."""


class Bench:
    """Plays detections of one tool at times in seconds after 17:00.

    Attributes:
        tracker: what is tested.
        told: every event so far.
        uid: the stream that the tool sends at present.
        zero: when that stream began, in the same seconds.
    """

    def __init__(self, **options: Any) -> None:
        identity = ToolIdentity(bytes.fromhex("24587ccdb0a1f00d"), "lounge", "home")
        self.tracker = SessionTracker(identity, options.pop("rules", Limits()), **options)
        self.told: list[Event] = []
        self.uid = 0xA1
        self.zero = 0.0

    def moment(self, seconds: float) -> Moment:
        """Return the sample at a time."""
        t = round(seconds - self.zero, 6)
        return Moment(self.uid, round(t * RATE_HZ), t, STARTED_US + round(seconds * 1_000_000))

    def say(self, kind: type[Detection], decided: float, at: float, **figures: Any) -> list[Event]:
        """Apply a detection; return what it led to."""
        sample = self.moment(decided)
        detection = kind(index=sample.index, t=sample.t, at=round(at - self.zero, 6), **figures)
        return self.keep(self.tracker.apply(detection, sample))

    def keep(self, told: list[Event]) -> list[Event]:
        """Note events; return them."""
        self.told += told
        return told

    def contact(self, start: float, end: float, *, hold: bool = False, peak: float = 80.0) -> None:
        """Play a whole contact, or a hold."""
        self.begin(start, hold=hold)
        self.finish(start, end, end + 0.5, hold=hold, peak=peak)

    def begin(self, start: float, *, hold: bool = False) -> None:
        """Play the beginning of a contact."""
        self.say(detections.ContactStarted, start + 1, start)
        if hold:
            self.say(detections.HoldStarted, start + 3, start)

    def finish(
        self, start: float, end: float, decided: float, *, hold: bool = False, peak: float = 80.0
    ) -> None:
        """Play the end of a contact."""
        if hold:
            figures = {"hold_s": end - start, "mean_force_n": 60.0, "peak_force_n": peak}
            self.say(detections.HoldEnded, decided, end, **figures)
        self.say(detections.ContactEnded, decided, end)

    def judged(self, kind: type[Detection], decided: float, **figures: Any) -> list[Event]:
        """Play a detection that is a matter of degree, a second after it happened."""
        return self.say(kind, decided, decided - 1, **({"confidence": 0.8} | figures))

    def wait(self, until: float, *, touched: bool = False) -> list[Event]:
        """Let time pass."""
        return self.keep(self.tracker.advance(self.moment(until), touched=touched))

    def restart(self, seconds: float, uid: int = 0xB2) -> None:
        """Restart the tool: another stream begins."""
        self.uid, self.zero = uid, seconds

    def names(self) -> list[str]:
        """Return the types of all events so far."""
        return [event.type for event in self.told]

    def ended(self) -> SessionEnded:
        """Return the one session that has ended."""
        (ended,) = [event for event in self.told if isinstance(event, SessionEnded)]
        return ended

    @staticmethod
    def clock(seconds: float) -> str:
        """Return how events tell a time."""
        return rfc3339(STARTED_US + round(seconds * 1_000_000))


@pytest.fixture
def bench() -> Bench:
    """A bench with the usual rules, nobody and nowhere."""
    return Bench()


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    """Makes benches of any kind."""
    return Bench
