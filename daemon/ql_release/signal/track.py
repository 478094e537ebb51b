"""One contact from its first sample to its end, with every detector that watches it."""

from collections.abc import Sequence

from ql_release.signal.bins import Bin, Binner
from ql_release.signal.bone import BoneDetector
from ql_release.signal.contact import Contact
from ql_release.signal.detections import (
    ContactEnded,
    ContactStarted,
    Detection,
    HoldEnded,
    HoldStarted,
    OverPressure,
)
from ql_release.signal.hold import Hold
from ql_release.signal.pressure import OverPressureWatch
from ql_release.signal.release import ReleaseDetector
from ql_release.signal.sink import SinkDetector
from ql_release.signal.slip import SlipDetector
from ql_release.signal.steps import History
from ql_release.signal.view import Phase

LONGEST_SILENCE_S = 0.5
"""Seconds without trusted samples after which the judged detectors begin anew: a fall hidden
in a hole cannot be told slow from fast. Shorter holes, lost packets, they bridge."""


class Track:
    """What is known of one contact.

    Args:
        index: its first sample's index.
        t: its first sample's time, seconds.

    Attributes:
        index: its first sample's index.
    """

    __slots__ = (
        "_binner",
        "_bone",
        "_contact",
        "_history",
        "_hold",
        "_pressure",
        "_release",
        "_sink",
        "_slip",
        "_trusted",
        "index",
    )

    def __init__(self, index: int, t: float) -> None:
        self.index = index
        self._contact = Contact(index, t)
        self._hold = Hold(t)
        self._pressure = OverPressureWatch()
        self._binner = Binner(t)
        self._slip = SlipDetector(t)
        self._bone = BoneDetector(t)
        self._history = History()
        self._release = ReleaseDetector(t, self._history)
        self._sink = SinkDetector(t, self._history)
        self._trusted = t

    @property
    def in_contact(self) -> bool:
        """Whether the force is there at this moment."""
        return self._contact.lost_at is None

    @property
    def phase(self) -> Phase:
        """How far the contact has come."""
        if self._hold.started:
            return "hold"
        return "contact"

    @property
    def hold_s(self) -> float | None:
        """Seconds from the contact's start to now, once it is a hold."""
        if not self._hold.started:
            return None
        return self._contact.end - self._contact.start

    @property
    def possible_sink(self) -> bool:
        """Whether the tool has been sinking in during this contact."""
        return self._sink.seen

    def ends_before(self, t: float) -> bool:
        """Return whether the contact was over before a sample at this time came."""
        return self._contact.ends_before(t)

    def take(
        self,
        index: int,
        t: float,
        force: float,
        motion: Sequence[float] | None,
        found: list[Detection],
        *,
        touched: bool,
        doubtful: bool,
        limit: float | None,
    ) -> bool:
        """Take a sample; return False when the contact is over with it.

        Flat values instead of a sample object, since this runs for every sample.

        Args:
            index: its index.
            t: its time, seconds.
            force: its total force, newtons.
            motion: its IMU row, or None.
            found: where what is decided goes.
            touched: whether a contact-only zone is touched.
            doubtful: whether its force is not to be trusted.
            limit: the force above which pressure is too much, newtons, or None.
        """
        contact = self._contact
        if not contact.take(t, force, touched=touched):
            self.end(index, t, found)
            return False
        if contact.lost_at is not None:
            return True
        if limit is not None:
            since = self._pressure.take(t, force, limit)
            if since is not None:
                found.append(OverPressure(index, t, since, force, limit))
        if not doubtful:
            done = self._binner.take(t, force, motion)
            if done is not None:
                done.index = index
                done.decided = t
                self._judge(done, found)
        hold = self._hold
        hold.take(force)
        if not hold.started:
            self._advance(index, t, found)
        return True

    def end(self, index: int, t: float, found: list[Detection]) -> None:
        """End the contact; the sample of this index and time decides it."""
        contact, hold = self._contact, self._hold
        if hold.started:
            duration = contact.end - contact.start
            found.append(HoldEnded(index, t, contact.end, duration, hold.mean, hold.peak))
        if contact.lasted:
            found.append(ContactEnded(index, t, contact.end))

    def _advance(self, index: int, t: float, found: list[Detection]) -> None:
        """Tell of the contact and of the hold when they have lasted."""
        contact, hold = self._contact, self._hold
        if contact.has_just_lasted():
            found.append(ContactStarted(index, t, contact.start))
        if hold.has_just_started(t):
            found.append(HoldStarted(index, t, contact.start))

    def _judge(self, done: Bin, found: list[Detection]) -> None:
        """Show a bin to the judged detectors; an event in one is a new beginning for others."""
        if done.t - self._trusted > LONGEST_SILENCE_S:
            self._begin_anew(done.t)
        self._trusted = done.t
        slip = self._slip.take(done)
        bone = self._bone.take(done)
        if slip is not None:
            found.append(slip)
            self._release.begin_anew(done.t)
            self._sink.begin_anew(done.t)
        if bone is not None:
            found.append(bone)
            self._release.begin_anew(done.t)
        if self._history.take(done):
            self._judge_slowly(done, found)

    def _judge_slowly(self, done: Bin, found: list[Detection]) -> None:
        """Show a step to the slow detectors."""
        released = self._release.take(done)
        if released is not None:
            found.append(released)
            self._sink.begin_anew(done.t)
        sink = self._sink.take(done)
        if sink is not None:
            found.append(sink)

    def _begin_anew(self, t: float) -> None:
        """Let every judged detector forget what came before a hole."""
        self._slip.begin_anew(t)
        self._bone.begin_anew(t)
        self._release.begin_anew(t)
        self._sink.begin_anew(t)
