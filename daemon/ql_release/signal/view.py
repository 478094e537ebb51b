"""What can be shown live, as of the last sample."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Phase: TypeAlias = Literal["idle", "contact", "hold"]
Quality: TypeAlias = Literal["measuring", "saturated", "fault"]


@dataclass(frozen=True, slots=True)
class LiveView:
    """The tool as of its last sample.

    Attributes:
        t: the sample's time, seconds on the stream's clock.
        force_n: total force, newtons.
        in_contact: whether somebody is on the tool, from the first sample of 8 N on.
        phase: "idle", "contact" (not yet a hold) or "hold".
        hold_s: seconds since the hold's contact began; None outside holds.
        zones: newtons per zone.
        tilt_deg: angle between the tool's z axis and the vertical, 0 to 180 degrees; None
            without an IMU or in free fall.
        imu: whether the last sample came with motion.
        possible_sink: whether the tool has been sinking in during this contact.
        expected_n: the force that the hold's own decay leaves by now, newtons; None until the
            load has settled, and outside holds.
        breath_hz: breaths a second; None where no breath is seen in the force.
        breath_pct: amplitude of the breath, percent of the force.
        sway_pct: standard deviation of what else moves the force slowly, percent of it.
        tremor_pct: standard deviation of the force within a fifth of a second, percent of it.
        quality: "measuring"; "saturated" when the force is only a lower bound; "fault" when
            a force channel does not answer.
    """

    t: float = 0.0
    force_n: float = 0.0
    in_contact: bool = False
    phase: Phase = "idle"
    hold_s: float | None = None
    zones: tuple[float, ...] = ()
    tilt_deg: float | None = None
    imu: bool = False
    possible_sink: bool = False
    expected_n: float | None = None
    breath_hz: float | None = None
    breath_pct: float | None = None
    sway_pct: float | None = None
    tremor_pct: float | None = None
    quality: Quality = "measuring"
