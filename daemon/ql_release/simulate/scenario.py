"""A session to be simulated: a body, a sensor, and holds with what happens in them."""

from dataclasses import dataclass, field
from typing import Literal

from ql_release.simulate.happenings import Happening
from ql_release.simulate.tissue import LogLinear, Tissue


@dataclass(frozen=True, slots=True)
class Body:
    """Who lies on the tool.

    Attributes:
        tissue: how the force relaxes.
        stiffening: how much stiffer the tissue gets while it is pressed in: 0 for a linear
            spring; tissue alone stiffens sevenfold from 5 to 30 N (Isogai 2022), 2 to 3 here.
        breath_hz: breaths a second (12-20 a minute: 0.2-0.33 Hz).
        breath_depth: amplitude of breathing, share of the force (1-8 %).
        breath_turn_deg: how far the tool rocks with each breath, degrees.
        breath_jitter: how unevenly the breaths come and how deep, share.
        breath_in: share of a breath's movement in which it goes in.
        breath_rest: share of a breath in which nothing moves, after breathing out.
        breath_held: how likely the breath is held for some seconds after a breath.
        sway: standard deviation of the force's slow wandering, share of the force.
        sway_s: how slowly it wanders, seconds.
        sway_octaves: wanderings that add up, each four times slower than the one before.
        sway_tail: how restless times differ from calm ones: 0 for not at all, 0.5 for a lot.
        sway_turn_deg: how far the tool turns with one standard deviation of it, degrees.
        tremor: amplitude of tremor, share of the force.
        tremor_hz: its frequency (6-12 Hz, Lakie 2015).
    """

    tissue: Tissue = field(default_factory=LogLinear)
    stiffening: float = 2.0
    breath_hz: float = 0.25
    breath_depth: float = 0.03
    breath_turn_deg: float = 0.2
    breath_jitter: float = 0.1
    breath_in: float = 0.42
    breath_rest: float = 0.1
    breath_held: float = 0.0
    sway: float = 0.006
    sway_s: float = 3.0
    sway_octaves: int = 1
    sway_tail: float = 0.0
    sway_turn_deg: float = 0.15
    tremor: float = 0.004
    tremor_hz: float = 9.0


@dataclass(frozen=True, slots=True)
class Defect:
    """A force zone breaks.

    Attributes:
        kind: "stuck": it says for ever what it said; "dead": it says nothing, 0 N.
        zone: which one, from 0.
        at: from when on, seconds since the recording's first sample.
    """

    kind: Literal["stuck", "dead"]
    zone: int
    at: float


@dataclass(frozen=True, slots=True)
class Sensor:
    """What measures it.

    Attributes:
        zones: force zones.
        rate_hz: samples a second.
        imu: whether there is an IMU.
        noise_n: standard deviation of a zone's noise, newtons.
        offset_n: largest error of a zone's zero, newtons.
        creep: upward creep for each e-fold of time under load, share (FSR: up to 0.022).
        jitter: how unevenly the samples come, share of the period.
        lost: share of packets that are lost, in runs of `packet` samples.
        packet: samples in a packet.
        most_n: force at which a zone saturates, newtons.
        gyro_bias: largest bias of a turn rate, rad/s.
        accel_noise: standard deviation of an acceleration, m/s².
        gyro_noise: standard deviation of a turn rate, rad/s.
        accel_bias: largest bias of an acceleration, m/s².
        quantum_n: smallest difference of force that a zone tells, newtons; 0 for none.
        imu_hz: readings of the IMU a second; the latest is repeated; 0 for one with each sample.
        mounting_deg: how the IMU is turned in the tool: about x, then y, then z, degrees.
        defect: a zone that breaks.
    """

    zones: int = 4
    rate_hz: float = 100.0
    imu: bool = True
    noise_n: float = 0.1
    offset_n: float = 0.3
    creep: float = 0.0
    jitter: float = 0.02
    lost: float = 0.0
    packet: int = 6
    most_n: float = 1000.0
    gyro_bias: float = 0.01
    accel_noise: float = 0.03
    gyro_noise: float = 0.003
    accel_bias: float = 0.0
    quantum_n: float = 0.0
    imu_hz: float = 0.0
    mounting_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    defect: Defect | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody lies down on the tool, stays, and gets up.

    Attributes:
        force_n: force at the end of the approach, newtons, before it relaxes.
        lasts: seconds from the beginning of the approach to the lift-off.
        happenings: what happens meanwhile.
        approach_s: seconds of lying down.
        lift_s: seconds of getting up.
        bang: acceleration of a knock at the lift-off, m/s²; 0 for none.
        rest_s: seconds of an empty tool before it.
        lies_deg: how far from level the tool lies, degrees; it is laid down so in the rest
            before.
    """

    force_n: float = 80.0
    lasts: float = 40.0
    happenings: tuple[Happening, ...] = ()
    approach_s: float = 1.5
    lift_s: float = 0.7
    bang: float = 0.0
    rest_s: float = 8.0
    lies_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole recording.

    Attributes:
        holds: the holds in order.
        body: who lies on the tool.
        sensor: what measures it.
        seed: makes the noise; the same scenario gives the same recording.
        end_rest_s: seconds of an empty tool after the last hold.
    """

    holds: tuple[Hold, ...] = (Hold(),)
    body: Body = field(default_factory=Body)
    sensor: Sensor = field(default_factory=Sensor)
    seed: int = 1
    end_rest_s: float = 6.0

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the last."""
        return self.end_rest_s + sum(hold.rest_s + hold.lasts for hold in self.holds)

    def starts(self) -> list[float]:
        """Return when each hold's approach begins, seconds."""
        starts = []
        t = 0.0
        for hold in self.holds:
            starts.append(t + hold.rest_s)
            t += hold.rest_s + hold.lasts
        return starts
