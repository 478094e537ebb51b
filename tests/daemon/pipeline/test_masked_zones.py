"""Zones that a tool does not measure count for nothing, whatever their channels hold."""

import pytest
from pipeline_cases import BLOCK, Disk, Live, Tape, crashed, live, names, pressed, restarted, told

from ql_release.context import ALL_ZONES
from ql_release.events import HoldEnded
from ql_release.follower import Announced
from ql_release.marks import Mark, MarkKind


def tape() -> Tape:
    """Return 40 N on the first zone, and about 300 N of nonsense on the second all the time."""
    return pressed((2.0, (0.0, 300.0)), (20.0, (40.0, 310.0)), (15.0, (0.0, 300.0)))


def masked(mask: int) -> Live:
    """Play the tape under a mask that the tool tells before its first sample."""
    return live(tape()).play([tape().status(0, mask=mask), *tape().arrivals()])


def peak(tool: Live) -> float:
    """Return the hold's highest force."""
    (hold,) = [event for event in tool.events if isinstance(event, HoldEnded)]
    return hold.peak_force_n


def test_a_zone_that_is_not_measured_gives_no_force() -> None:
    tool = masked(0b01)
    assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
    assert peak(tool) == 40.0
    assert tool.pipeline.view.zones == (0.0, 0.0)


def test_with_no_mask_every_zone_counts() -> None:
    tool = masked(0b11)
    assert names(tool.events)[:2] == ["started", "hold_started"]
    assert "hold_ended" not in names(tool.events)
    assert tool.pipeline.view.zones == (0.0, 300.0)


def test_bits_of_zones_that_the_tool_lacks_mean_nothing() -> None:
    """A tool of two zones may set the other six bits or not: it is no change."""
    tool = masked(0b01)
    tool.play([tape().status(len(tape()), mask=0b1111_1101)])
    assert tool.marks(MarkKind.CALIBRATION) == []
    assert tool.pipeline.mask == 0b1111_1101


@pytest.mark.parametrize("size", [1, 7, 50])
def test_a_mask_that_changes_takes_effect_at_its_sample(size: int) -> None:
    """The second zone's 300 N end with sample 500: only then can there be 40 N."""
    steps = [tape().status(0), *tape().arrivals((size,), 0, 400), tape().status(503, mask=0b01)]
    tool = live(tape()).play([*steps, *tape().arrivals((size,), 400)])
    (mark,) = tool.marks(MarkKind.CALIBRATION)
    assert isinstance(mark.record, Mark)
    assert (mark.index, mark.record.data) == (503, {"block": BLOCK.hex(), "mask": 0b1111_1101})
    one = [tape().status(0), *tape().arrivals((1,), 0, 400), tape().status(503, mask=0b01)]
    assert told(tool.events) == told(live(tape()).play([*one, *tape().arrivals((1,), 400)]).events)
    assert "hold_ended" in names(tool.events)
    assert peak(tool) == 350.0


def test_a_mask_outlives_a_rebuild() -> None:
    steps = [tape().status(0, mask=0b01), *tape().arrivals()]
    tool = live(tape()).play(steps)
    tool.write()
    for batches in range(1, len(tool.written) + 1):
        disk = crashed(steps, tool.written[:batches])
        assert list(disk.events.values()) == told(tool.events)


def test_a_link_that_comes_back_does_not_forget_the_mask() -> None:
    """INFO and GET_CAL tell no mask; the next status frame will."""
    tool = live(tape()).play([tape().status(0, mask=0b01), *tape().arrivals((10,), 0, 1000)])
    tool.write()
    disk = Disk()
    for one in tool.written:
        disk.write(one.batch)
    again = restarted(disk, Announced(tape().uid, BLOCK, 1000))
    assert again.pipeline.mask == ALL_ZONES & ~0b10
    assert again.marks(MarkKind.CALIBRATION) == []


def test_a_calibration_mark_without_a_mask_leaves_it() -> None:
    tool = masked(0b01)
    context = tool.pipeline.context
    mark = Mark(MarkKind.CALIBRATION, context.uid, len(tape()), 0, {"block": BLOCK.hex()})
    tool.follower.feed(mark)
    assert tool.pipeline.mask == context.mask
