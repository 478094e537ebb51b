"""When a tool's live values are published, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ql_release.context import Limits
from ql_release.payloads.base import rfc3339
from ql_release.payloads.tool import CalibrationProgress, State
from ql_release.pipeline import Pipeline
from ql_release.signal.zero import MN_PER_N
from ql_release.signal.zones import Place, centre, shares
from ql_release.units import MICROSECONDS

if TYPE_CHECKING:
    from ql_release.sessions.measuring import Measurement

CONTACT_PERIOD_S = 0.25
"""At most four states a second while somebody is on the tool (DESIGN §5)."""
IDLE_PERIOD_S = 60.0
"""One state a minute otherwise (DESIGN §5)."""
RATE_TOLERANCE = 0.02
"""Frames come in batches, so that one a little early still counts as being on time."""

FORCE_DIGITS = 1
"""Digits of newtons: a load cell's noise is about 0.1 N."""
SHARE_DIGITS = 2
"""Digits of a share: a percent."""
RHYTHM_DIGITS = 2
"""Digits of a breathing rate in hertz: half a breath a minute."""
KPA_PER_N_CM2 = 10.0
"""1 N/cm² is 10 kPa."""


@dataclass(slots=True)
class StatePace:
    """Keeps the published states to their rates."""

    _last: float | None = None
    _in_contact: bool = False

    def due(self, now: float, *, in_contact: bool) -> bool:
        """Return whether a state is to be published now, and count it as published.

        Args:
            now: seconds of a monotonic clock.
            in_contact: whether somebody is on the tool.
        """
        if self._last is not None:
            slow = not in_contact and not self._in_contact
            period = IDLE_PERIOD_S if slow else CONTACT_PERIOD_S
            if now - self._last < period - RATE_TOLERANCE:
                return False
        self._last, self._in_contact = now, in_contact
        return True

    def hurry(self) -> None:
        """Let the next state go out at once: the broker has lost what it had."""
        self._last = None


def state_of(
    pipeline: Pipeline,
    battery_pct: int | None,
    rate_hz: float | None,
    places: Sequence[Place] = (),
) -> State:
    """Return a tool's live values as of its last sample.

    Args:
        pipeline: the tool's.
        battery_pct: its battery, percent, where known.
        rate_hz: its sample rate, where known.
        places: where its force zones sit, mm, where configured.
    """
    view, tracker, limits = pipeline.view, pipeline.tracker, pipeline.context.limits
    session = tracker.open
    tally = None if session is None else session.tally
    line = pipeline.context.line
    return State(
        at=rfc3339(line.at(view.t * MICROSECONDS)),
        force_n=round(view.force_n, FORCE_DIGITS),
        force_pct=_percent(view.force_n, limits.threshold_n),
        kpa=_kpa(view.force_n, limits),
        in_contact=view.in_contact,
        phase=view.phase,
        hold_s=None if view.hold_s is None else round(view.hold_s, 1),
        session=None if session is None else session.id,
        session_s=None if session is None else round(session.seconds(pipeline.now), 1),
        holds=0 if tally is None else tally.holds,
        releases=0 if tally is None else tally.releases,
        slips=0 if tally is None else tally.slips,
        bone_contacts=0 if tally is None else tally.bone_contacts,
        person=tracker.person,
        placement=tracker.placement,
        plan=tracker.plan,
        zones_n=[round(zone, FORCE_DIGITS) for zone in view.zones],
        shares=[round(share, SHARE_DIGITS) for share in shares(view.zones)],
        centre_mm=_rounded(centre(view.zones, places)),
        expected_n=None if view.expected_n is None else round(view.expected_n, FORCE_DIGITS),
        breath_hz=None if view.breath_hz is None else round(view.breath_hz, RHYTHM_DIGITS),
        tilt_deg=None if view.tilt_deg is None else round(view.tilt_deg, 1),
        over_pressure=limits.limit_n is not None and view.force_n > limits.limit_n,
        possible_sink=view.possible_sink,
        quality=view.quality,
        battery_pct=battery_pct,
        rate_hz=None if rate_hz is None else round(rate_hz, 1),
        calibration=_progress(pipeline.measurement) if session is None else None,
        zero_n=None if session is None else _newtons(session.zero.level_mn),
    )


def _progress(measurement: "Measurement | None") -> CalibrationProgress | None:
    if measurement is None:
        return None
    routine, ending = measurement.routine, measurement.ending
    return CalibrationProgress(
        press=routine.counted + (ending is None),
        of=routine.wanted,
        holding_s=None if routine.kept_s is None or ending else round(routine.kept_s, 1),
        last_n=None if routine.last_n is None else round(routine.last_n, FORCE_DIGITS),
        ending=ending,
    )


def _newtons(millinewtons: int | None) -> float | None:
    return None if millinewtons is None else round(millinewtons / MN_PER_N, FORCE_DIGITS)


def _rounded(place: Place | None) -> list[float] | None:
    return None if place is None else [round(each, 1) for each in place]


def _percent(force_n: float, threshold_n: float | None) -> float | None:
    return None if threshold_n is None else round(100 * force_n / threshold_n, 1)


def _kpa(force_n: float, limits: Limits) -> float | None:
    area = limits.contact_area_cm2
    return None if area is None else round(KPA_PER_N_CM2 * force_n / area, 1)
