"""The detector: samples of one tool in, detections out.

Pure and synchronous; no clock, no I/O, bounded memory. Whatever is known of a contact lives in
a `Track` that begins at the contact's first sample of 8 N and ends with the contact: between
contacts the detector remembers nothing, so it equals a fresh one, and feeding a fresh one
from `resume_index` on leads to the very same state and the same later detections.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ql_release.signal.contact import CONTACT_OFF_N, CONTACT_ON_N
from ql_release.signal.detections import Detection
from ql_release.signal.motion import tilt_of
from ql_release.signal.samples import SampleBlock
from ql_release.signal.track import Track
from ql_release.signal.view import LiveView, Quality


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """What a person sets; everything else is a constant of its detector.

    Attributes:
        limit_n: force above which pressure is too much, newtons; None for no limit.
    """

    limit_n: float | None = None


class Detector:
    """Turns one stream's samples into detections.

    Samples come in index order. Lost samples need no call of their own: the time step says
    how much is missing. A contact survives a hole of up to 2 s; the judged detectors (release,
    slip, bone contact, sink) begin anew after one of more than half a second.

    Args:
        settings: what the person has set.
        first_index: index of the first sample that will be fed.
    """

    __slots__ = ("_last_block", "_next", "_track", "settings")

    def __init__(self, settings: DetectorSettings, *, first_index: int = 0) -> None:
        self.settings = settings
        self._next = first_index
        self._track: Track | None = None
        self._last_block: SampleBlock | None = None

    @property
    def idle(self) -> bool:
        """Whether no contact is open or pending: the state is that of a fresh detector."""
        return self._track is None

    @property
    def resume_index(self) -> int:
        """The first sample a fresh detector must be fed to reach this one's state."""
        return self._next if self._track is None else self._track.index

    @property
    def view(self) -> LiveView:
        """What can be shown live, as of the last sample."""
        block = self._last_block
        if block is None:
            return LiveView()
        zones = tuple(block.zones[-1])
        motion = block.imu[-1] if block.imu else None
        idle = LiveView(
            t=block.t[-1],
            force_n=sum(zones),
            zones=zones,
            tilt_deg=None if motion is None else tilt_of(motion),
            imu=motion is not None,
            quality=_quality(block),
        )
        return idle if self._track is None else _in_track(idle, self._track)

    def feed(self, block: SampleBlock) -> list[Detection]:
        """Take the next samples and return what was decided with them, in order.

        The result does not depend on how the samples are cut into blocks.
        """
        times = block.t
        if not times:
            return []
        self._last_block = block
        self._next = block.index + len(times)
        forces = list(map(sum, block.zones))
        if self._track is None and max(forces) < CONTACT_ON_N and block.contact is None:
            return []
        found: list[Detection] = []
        self._walk(block, forces, found)
        return found

    def finish(self) -> list[Detection]:
        """End the stream here: an open contact ends at its last sample.

        Returns:
            What that decides; the detector is idle afterwards.
        """
        found: list[Detection] = []
        track = self._track
        block = self._last_block
        if track is not None and block is not None:
            self._track = None
            track.end(self._next - 1, block.t[-1], found)
        return found

    def _walk(self, block: SampleBlock, forces: Sequence[float], found: list[Detection]) -> None:
        """Take each sample of a block in which somebody may be on the tool."""
        index = block.index
        rows = block.zones
        touches = block.contact
        motions = block.imu
        doubtful = block.saturated or block.fault
        limit = self.settings.limit_n
        track = self._track
        touched = False
        motion = None
        for place, (t, force) in enumerate(zip(block.t, forces, strict=True)):
            if touches is not None:
                touched = touches[place]
            if track is not None and track.ends_before(t):
                track.end(index + place, t, found)
                track = None
            if track is None:
                if force < CONTACT_ON_N and not touched:
                    continue
                track = Track(index + place, t, rows[place])
            elif block.fault and force < CONTACT_OFF_N:
                continue  # a channel that does not answer is no proof that nobody is there
            if motions is not None:
                motion = motions[place]
            if not track.take(
                index + place,
                t,
                force,
                rows[place],
                motion,
                found,
                touched=touched,
                doubtful=doubtful,
                limit=limit,
            ):
                track = None
        self._track = track


def _in_track(view: LiveView, track: Track) -> LiveView:
    """Return a view with what is known of the contact."""
    channels, rhythm = track.channels, track.rhythm
    quality = view.quality
    if channels.stuck or channels.dead:
        quality = "fault"
    elif channels.limited and quality == "measuring":
        quality = "saturated"
    return replace(
        view,
        force_n=view.force_n - channels.stuck_n,
        in_contact=track.in_contact,
        phase=track.phase,
        hold_s=track.hold_s,
        possible_sink=track.possible_sink,
        expected_n=track.expected_n,
        breath_hz=rhythm.breath_hz,
        breath_pct=rhythm.breath_pct,
        sway_pct=rhythm.sway_pct,
        tremor_pct=rhythm.tremor_pct,
        quality=quality,
    )


def _quality(block: SampleBlock) -> Quality:
    """Return how far a block's forces are to be trusted."""
    if block.fault:
        return "fault"
    return "saturated" if block.saturated else "measuring"
