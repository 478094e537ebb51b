"""One contact from its first sample to its end, with every detector that watches it."""

from collections.abc import Sequence

from ql_release.signal.bins import Bin, Binner
from ql_release.signal.bone import BoneDetector
from ql_release.signal.channels import Channels
from ql_release.signal.contact import CONTACT_OFF_N, CONTACT_ON_N, Contact
from ql_release.signal.detections import (
    ContactEnded,
    ContactStarted,
    Detection,
    HoldEnded,
    HoldStarted,
    OverPressure,
)
from ql_release.signal.hold import Hold
from ql_release.signal.jump import Bins
from ql_release.signal.onset import Onset
from ql_release.signal.pressure import OverPressureWatch
from ql_release.signal.release import ReleaseDetector
from ql_release.signal.rhythm import Rhythm
from ql_release.signal.sink import SinkDetector
from ql_release.signal.slip import SlipDetector
from ql_release.signal.steps import History
from ql_release.signal.trust import LONGEST_HOLE_S, LONGEST_SILENCE_S, Trust
from ql_release.signal.view import Phase

BONE_SETTLES_S = 1.0
"""Seconds after a bone contact began from which on the level is another: bone does not relax."""


class Track:
    """What is known of one contact.

    Args:
        index: its first sample's index.
        t: its first sample's time, seconds.
        zones: that sample's newtons per zone.

    Attributes:
        index: its first sample's index.
        channels: which zones measure.
        rhythm: how the body moves the force.
    """

    __slots__ = (
        "_binner",
        "_bins",
        "_bone",
        "_contact",
        "_history",
        "_hold",
        "_hollow",
        "_onset",
        "_pressure",
        "_release",
        "_sink",
        "_slip",
        "_trust",
        "channels",
        "index",
        "rhythm",
    )

    def __init__(self, index: int, t: float, zones: Sequence[float]) -> None:
        self.index = index
        self._onset = Onset(zones)
        self._begin(index, t, Channels())

    def _begin(self, index: int, t: float, channels: Channels) -> None:
        """Begin the contact at a sample."""
        self._hollow = False
        self.channels = channels
        self._contact = Contact(index, t)
        self._hold = Hold(t)
        self._pressure = OverPressureWatch()
        self._binner = Binner(t)
        self._trust = Trust(t)
        self._history = History()
        self._bins = Bins()
        self.rhythm = Rhythm(self._history)
        self._slip = SlipDetector(t)
        self._bone = BoneDetector(t, self._history)
        self._release = ReleaseDetector(t, self._history, self.rhythm, self._bins)
        self._sink = SinkDetector(t, self._history)

    @property
    def in_contact(self) -> bool:
        """Whether the force is there at this moment."""
        return self._contact.lost_at is None and not self._hollow

    @property
    def phase(self) -> Phase:
        """How far the contact has come."""
        if self._hold.started:
            return "hold"
        return "idle" if self._hollow else "contact"

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

    @property
    def expected_n(self) -> float | None:
        """The force that the hold's own decay leaves by now, newtons."""
        return self._release.expected_n if self._hold.started else None

    def ends_before(self, t: float) -> bool:
        """Return whether the contact was over before a sample at this time came."""
        return self._contact.ends_before(t)

    def take(  # noqa: PLR0917
        self,
        index: int,
        t: float,
        force: float,
        zones: Sequence[float],
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
            zones: its newtons per zone.
            motion: its IMU row, or None.
            found: where what is decided goes.
            touched: whether a contact-only zone is touched.
            doubtful: whether its force is not to be trusted.
            limit: the force above which pressure is too much, newtons, or None.
        """
        if self._hollow and not self._is_carried(index, t, zones, touched=touched):
            return self._waits(t, zones)
        contact = self._contact
        if not contact.lasted:
            self._onset.take(zones)
        force -= self.channels.stuck_n
        if not contact.take(t, force, touched=touched):
            self.end(index, t, found)
            return self._stays_hollow(index, t, zones)
        if not doubtful:
            done = self._binner.take(t, force, zones, motion, lost=contact.lost_at is not None)
            if done is not None:
                done.index = index
                done.decided = t
                self._judge(done, found)
        if contact.lost_at is not None:
            return True
        if limit is not None:
            since = self._pressure.take(t, force, limit)
            if since is not None:
                found.append(OverPressure(index, t, since, force, limit))
        hold = self._hold
        hold.take(force)
        if not hold.started:
            self._advance(index, t, zones, found)
        return True

    def end(self, index: int, t: float, found: list[Detection]) -> None:
        """End the contact; the sample of this index and time decides it."""
        contact, hold = self._contact, self._hold
        if hold.started:
            slip = self._slip.finish(index, t)
            if slip is not None:
                found.append(slip)
            found.append(
                HoldEnded(
                    index,
                    t,
                    contact.end,
                    hold_s=contact.end - contact.start,
                    mean_force_n=hold.mean,
                    peak_force_n=hold.peak,
                    unjudged_s=self._trust.unjudged_until(contact.end),
                    stuck_zones=tuple(sorted(self.channels.ever_stuck)),
                )
            )
        if contact.lasted:
            found.append(ContactEnded(index, t, contact.end))

    def _is_carried(self, index: int, t: float, zones: Sequence[float], *, touched: bool) -> bool:
        """Return whether zones that measure carry a contact now, which then begins here."""
        self._onset.take(zones)
        if not touched and self._onset.carried_n(zones) < CONTACT_ON_N:
            return False
        still = self._onset.still
        self._begin(index, t, Channels(still, sum(zones[number] for number in still)))
        return True

    def _waits(self, t: float, zones: Sequence[float]) -> bool:
        """Let a sample pass with nobody there; return whether the stuck zones still say so."""
        self._contact.last = t
        return sum(zones) >= CONTACT_OFF_N

    def _stays_hollow(self, index: int, t: float, zones: Sequence[float]) -> bool:
        """Return whether, the contact being over, stuck zones go on as if somebody were there."""
        stuck = self.channels.stuck
        if self.channels.stuck_n < CONTACT_ON_N:
            return False
        self._onset = Onset(zones, moved=frozenset(range(len(zones))) - stuck)
        self._begin(index, t, Channels())
        self._hollow = True
        return True

    def _advance(
        self, index: int, t: float, zones: Sequence[float], found: list[Detection]
    ) -> None:
        """Tell of the contact and of the hold when they have lasted."""
        contact, hold = self._contact, self._hold
        if contact.is_due() and not contact.lasted:
            self._hollow = not self.channels.stuck and self._onset.is_hollow(zones)
            if self._hollow:
                return
            contact.lasted = True
            found.append(ContactStarted(index, t, contact.start))
        if hold.has_just_started(t):
            found.append(HoldStarted(index, t, contact.start))

    def _judge(self, done: Bin, found: list[Detection]) -> None:
        """Show a bin to the judged detectors; an event in one is a new beginning for others."""
        self._slip_in(done, found)
        if done.lost:
            return
        changed = self.channels.take(done.t, done.zones)
        missing = self._trust.take(done.t, hidden=self.channels.hidden)
        if changed or missing > LONGEST_SILENCE_S:
            self._begin_quickly_anew(done.t)
        if changed or missing > LONGEST_HOLE_S:
            self._begin_slowly_anew(done.t)
        if self.channels.hidden:
            return
        self._bins.take(done)
        bone = self._bone.take(done)
        if bone is not None:
            found.append(bone)
            self._release.begin_anew(bone.at + BONE_SETTLES_S)
        if self._history.take(done):
            self._judge_slowly(done, found)

    def _slip_in(self, done: Bin, found: list[Detection]) -> None:
        """Show a bin to the slip detector, which also watches how contact is lost."""
        slip = self._slip.take(done)
        if slip is not None:
            found.append(slip)
            self._release.begin_anew(done.t)
            self._sink.begin_anew(done.t)

    def _judge_slowly(self, done: Bin, found: list[Detection]) -> None:
        """Show a step to the slow detectors."""
        released = self._release.take(done)
        self.rhythm.take(self._release.since)
        if released is not None:
            found.append(released)
            self._sink.begin_anew(done.t)
        sink = self._sink.take(done)
        if sink is not None:
            found.append(sink)

    def _begin_quickly_anew(self, t: float) -> None:
        """Let the quick detectors forget what came before a hole."""
        self._slip.begin_anew(t)
        self._bone.begin_anew(t)

    def _begin_slowly_anew(self, t: float) -> None:
        """Let the slow detectors forget what came before a longer one."""
        self._release.begin_anew(t)
        self._sink.begin_anew(t)
