"""The body of the demonstration, about three minutes: four holds and one thing in each of three."""

from ql_release.simulate.happenings import BoneContact, Release, Slip
from ql_release.simulate.scenario import Body, Hold, Scenario, Sensor


def demo_body(zones: int = 4, rate_hz: float = 100.0) -> Scenario:
    """Return the demonstration's scenario.

    Hold 1 eases by a clear release after 20 s, hold 2 slips after 15 s, hold 3 meets bone soon
    after its start and is short, hold 4 is plain; 30 to 90 N, with rests of 8 s between.

    Args:
        zones: force zones of the tool.
        rate_hz: samples a second.
    """
    return Scenario(
        holds=(
            Hold(force_n=88.0, lasts=45.0, happenings=(Release(20.0, fall=0.16, lasts=2.0),)),
            Hold(force_n=84.0, lasts=35.0, happenings=(Slip(15.0, fall=0.25),)),
            Hold(force_n=48.0, lasts=20.0, happenings=(BoneContact(4.0, rise_n=30.0),)),
            Hold(force_n=80.0, lasts=35.0),
        ),
        body=Body(breath_depth=0.025, sway=0.004),
        sensor=Sensor(zones=zones, rate_hz=rate_hz),
        seed=7,
        end_rest_s=10.0,
    )
