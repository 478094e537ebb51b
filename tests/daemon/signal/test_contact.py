"""Contacts and holds by the rules of the design."""

from collections.abc import Callable

import pytest

from ql_release.signal.detections import (
    ContactEnded,
    ContactStarted,
    Detection,
    HoldEnded,
    HoldStarted,
)
from ql_release.signal.detector import Detector, DetectorSettings
from ql_release.signal.samples import SampleBlock

MakeBlock = Callable[..., SampleBlock]
Detect = Callable[..., list[Detection]]
CONTACT_EVENTS = [ContactStarted, ContactEnded]
HOLD_EVENTS = [ContactStarted, HoldStarted, HoldEnded, ContactEnded]


def kinds(found: list[Detection]) -> list[type]:
    return [type(each) for each in found]


def test_a_hold_is_told_in_order_with_its_own_times(
    detected: Detect,
) -> None:
    started, hold, hold_ended, ended = detected([(2, 0), (10, 40), (2, 0)])
    assert isinstance(started, ContactStarted)
    assert isinstance(hold, HoldStarted)
    assert isinstance(hold_ended, HoldEnded)
    assert isinstance(ended, ContactEnded)
    assert (started.at, started.t, started.index) == (2.0, 3.0, 300)
    assert (hold.at, hold.t) == (2.0, 5.0)
    assert (hold_ended.at, hold_ended.t, ended.at, ended.t) == (12.0, 12.5, 12.0, 12.5)
    assert hold_ended.hold_s == pytest.approx(10.0)
    assert (hold_ended.mean_force_n, hold_ended.peak_force_n) == (40.0, 40.0)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([(2, 0), (0.9, 40), (2, 0)], []),
        ([(2, 0), (30, 7.9), (2, 0)], []),
        ([(2, 0), (30, 29), (2, 0)], CONTACT_EVENTS),
        ([(2, 0), (2.9, 40), (2, 0)], CONTACT_EVENTS),
        ([(2, 0), (2, 9), (2, 6), (2, 31), (2, 0)], HOLD_EVENTS),
        ([(2, 0), (10, 40), (0.4, 0), (10, 40), (2, 0)], HOLD_EVENTS),
        ([(2, 0), (10, 40), (0.6, 0), (10, 40), (2, 0)], HOLD_EVENTS * 2),
        ([(2, 0), (10, 40), (0.4, 0), (0.3, 6), (10, 40)], HOLD_EVENTS * 2),
        ([(2, 0), (0.7, 40), (0.3, 0), (0.5, 40), (2, 0)], CONTACT_EVENTS),
        ([(2, 0), (10, 40)], HOLD_EVENTS),
        ([(2, 0), (0.9, 40)], []),
    ],
    ids=[
        "touch under a second",
        "never 8 N",
        "never 30 N",
        "under 3 s",
        "30 N comes late",
        "found again in time",
        "found again too late",
        "6 N is not found again",
        "a touch found again lasts a second",
        "the stream ends in the hold",
        "the stream ends in a touch",
    ],
)
def test_contacts_and_holds(
    detected: Detect, pieces: list[tuple[float, float]], expected: list
) -> None:
    assert kinds(detected(pieces)) == expected


def test_a_contact_lost_when_the_stream_ends_ended_at_its_loss(
    detected: Detect,
) -> None:
    assert [each.at for each in detected([(2, 0), (10, 40), (0.3, 0)])[2:]] == [12.0, 12.0]


def test_three_holds_of_forty_seconds_are_three_holds(
    detected: Detect,
) -> None:
    found = detected([(8, 0.3), (40, 62)] * 3 + [(5, -0.4)])
    assert kinds(found) == HOLD_EVENTS * 3
    assert [round(each.hold_s) for each in found if isinstance(each, HoldEnded)] == [40, 40, 40]


def test_a_contact_only_zone_gives_contact_but_never_a_hold() -> None:
    block = SampleBlock(
        index=0,
        t=[number / 100 for number in range(1000)],
        zones=[()] * 1000,
        contact=[200 <= number < 800 for number in range(1000)],
    )
    found = Detector(DetectorSettings()).feed(block)
    assert kinds(found) == CONTACT_EVENTS
    assert (found[0].at, found[1].at) == (2.0, 8.0)


def without(block: SampleBlock, first: float, last: float) -> SampleBlock:
    keep = [number for number, t in enumerate(block.t) if not first <= t < last]
    return SampleBlock(
        index=0, t=[block.t[number] for number in keep], zones=[block.zones[n] for n in keep]
    )


@pytest.mark.parametrize(("hole_s", "holds"), [(0.06, 1), (1.9, 1), (2.5, 2), (30, 2)])
def test_a_hole_of_up_to_two_seconds_does_not_split_a_hold(
    block_of: MakeBlock, hole_s: float, holds: int
) -> None:
    block = without(block_of([(2, 0), (60, 40), (2, 0)]), 20.0, 20.0 + hole_s)
    ended = [e for e in Detector(DetectorSettings()).feed(block) if isinstance(e, HoldEnded)]
    assert len(ended) == holds
    assert ended[0].at == pytest.approx(62.0 if holds == 1 else 19.99)


def test_a_clock_that_jumps_back_ends_the_contact_at_its_last_sample(
    block_of: MakeBlock,
) -> None:
    detector = Detector(DetectorSettings())
    detector.feed(block_of([(2, 0), (10, 40)]))
    again = block_of([(10, 40)])
    found = detector.feed(SampleBlock(index=1200, t=again.t, zones=again.zones))
    assert kinds(found) == [HoldEnded, ContactEnded, ContactStarted, HoldStarted]
    assert found[0].at == pytest.approx(11.99)


@pytest.mark.parametrize(("fault_s", "holds"), [(1.0, 1), (4.0, 2)])
def test_zeros_of_a_channel_that_does_not_answer_do_not_end_a_hold_at_once(
    block_of: MakeBlock, fault_s: float, holds: int
) -> None:
    detector = Detector(DetectorSettings())
    found = []
    t, index = 0.0, 0
    for seconds, force, fault in [(2, 0, 0), (6, 40, 0), (fault_s, 0, 1), (6, 41, 0), (2, 0, 0)]:
        part = block_of([(seconds, force)], start=t)
        found += detector.feed(
            SampleBlock(index=index, t=part.t, zones=part.zones, fault=bool(fault))
        )
        assert detector.view.quality == ("fault" if fault else "measuring")
        t, index = t + seconds, index + len(part.t)
    assert sum(isinstance(each, HoldEnded) for each in found) == holds


def test_the_view_follows_the_contact(block_of: MakeBlock) -> None:
    detector = Detector(DetectorSettings())
    assert detector.view.phase == "idle"
    block = block_of([(1, 0.2), (5, 40), (0.2, 0), (1, 0)])
    seen = []
    for stop, start in ((50, 0), (150, 50), (500, 150), (610, 500), (720, 610)):
        detector.feed(block.part(start, stop))
        view = detector.view
        seen.append((view.phase, view.in_contact, view.hold_s))
    assert seen[0] == ("idle", False, None)
    assert seen[1] == ("contact", True, None)
    assert seen[2][:2] == ("hold", True)
    assert seen[2][2] == pytest.approx(3.99)
    assert seen[3][:2] == ("hold", False)
    assert seen[4] == ("idle", False, None)
    assert (view.zones, view.force_n, view.imu, view.tilt_deg) == ((0,), 0, False, None)


def test_the_view_tells_the_tilt_against_the_vertical() -> None:
    detector = Detector(DetectorSettings())
    motion = (0.0, 9.80665, 0.0, 0.0, 0.0, 0.0)
    detector.feed(SampleBlock(index=0, t=[0.0], zones=[(1.0, 2.0)], imu=[motion]))
    assert detector.view.tilt_deg == pytest.approx(90.0)
    assert detector.view.force_n == 3.0
    assert detector.view.imu


def test_while_idle_the_next_sample_is_where_to_resume(
    block_of: MakeBlock,
) -> None:
    detector = Detector(DetectorSettings(), first_index=7)
    assert (detector.idle, detector.resume_index) == (True, 7)
    block = block_of([(2, 0), (10, 40), (2, 0)])
    detector.feed(block.part(0, 150))
    assert (detector.idle, detector.resume_index) == (True, 150)
    detector.feed(block.part(150, 900))
    assert (detector.idle, detector.resume_index) == (False, 200)
    detector.feed(block.part(900, 1400))
    assert (detector.idle, detector.resume_index) == (True, 1400)
