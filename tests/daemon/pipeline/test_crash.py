"""A crash anywhere: what was written is enough to go on as if nothing had happened."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pipeline_cases import (
    OTHER_UID,
    Decision,
    Disk,
    Live,
    Step,
    calibration,
    crashed,
    heard_again,
    live,
    names,
    pressed,
    restarted,
    resumed,
    story,
    told,
)

from ql_release.context import Limits
from ql_release.marks import MarkKind

PLACEMENT = {"muscle": "quadratus_lumborum", "side": "left", "zone": "upper"}


@cache
def evening() -> tuple[Step, ...]:
    """Return a story with a mark of every kind, lost and reordered frames, and a restart."""
    tape = story()
    steps: list[Step] = [tape.status(0), *tape.arrivals((7,), 0, 600)]
    steps += [tape.decision(6, MarkKind.PERSON, {"person": "p1"})]
    steps += [tape.decision(6, MarkKind.SETTINGS, Limits(60.0, end_after_s=10.0).to_data())]
    steps += tape.arrivals((10,), 600, 900)
    steps += [tape.decision(9, MarkKind.PLACE, {"placement": PLACEMENT})]
    steps += reversed(tape.arrivals((10,), 900, 1200))
    steps += [tape.status(1305, calibration(cal_id=2, scale=1.01).encode())]
    steps += [*tape.arrivals((10,), 1200, 3000), *tape.arrivals((10,), 3060, 3200)]
    steps += [Decision(MarkKind.GAP_CLOSED, tape.at(3200), index=3060)]
    line = {"device_us": 32_000_000, "host_us": tape.at(3200) + 2_500, "ppm": 12.5}
    steps += [tape.decision(32, MarkKind.CLOCK, line)]
    steps += tape.arrivals((23,), 3200, 5500)
    line = {"device_us": 0, "host_us": tape.at(0), "ppm": 0.0}  # as a new fit would tell
    steps += [tape.decision(55, MarkKind.CLOCK, line), *tape.arrivals((23,), 5500)]
    tail = pressed((3.0, (0.0, 0.0)), (20.0, (40.0, 30.0)), (5.0, (0.0, 0.0)), uid=OTHER_UID)
    again = type(tail)(tail.samples, 2, uid=OTHER_UID, host_us=tape.at(len(tape)))
    steps += [again.status(0), *again.arrivals((10,), 0, 1500)]
    steps += [again.decision(15, MarkKind.STOP), *again.arrivals((10,), 1500)]
    return tuple(steps)


@cache
def undisturbed(*, eager: bool) -> Live:
    """Return the evening without a crash."""
    tool = live(story(), eager=eager).play(evening())
    tool.write()
    return tool


def test_the_evening_has_everything() -> None:
    tool = undisturbed(eager=False)
    kinds = {record.kind for taken in tool.taken if (record := taken.record) and _is_mark(record)}
    wanted = {"person", "settings", "place", "calibration", "gap_closed", "clock", "context"}
    assert kinds == wanted | {"stop"}
    assert {"released", "over_pressure", "ended"} <= set(names(tool.events))
    assert names(tool.events).count("ended") == 3
    assert tool.pipeline.idle


def _is_mark(record: object) -> bool:
    return hasattr(record, "kind")


@given(st.data())
@settings(max_examples=25)
@pytest.mark.parametrize("eager", [True, False], ids=["every record", "when due"])
def test_after_a_crash_anywhere_the_events_are_those_of_the_undisturbed_run(
    eager: bool, data: st.DataObject
) -> None:
    tool = undisturbed(eager=eager)
    cut = data.draw(st.integers(1, len(tool.written)), label="batches that were written")
    disk = crashed(evening(), tool.written[:cut])
    assert list(disk.events.values()) == told(tool.events)
    assert disk.start is None


@given(st.data())
@settings(max_examples=10)
def test_two_crashes_are_no_worse(data: st.DataObject) -> None:
    steps = evening()
    tool = undisturbed(eager=False)
    disk = Disk()
    written, done = tool.written, 0
    for _ in range(2):
        for one in written[: data.draw(st.integers(1, 60))]:
            disk.write(one.batch)
            last = one.steps
        done += last
        written = resumed(disk, steps, done).written
    for one in written:
        disk.write(one.batch)
    assert list(disk.events.values()) == told(tool.events)


@given(st.data())
@settings(max_examples=8)
def test_what_is_sent_again_after_a_crash_may_be_cut_otherwise(data: st.DataObject) -> None:
    """The tool replays from its memory, in frames of another size, more than was asked for."""
    tape = story()
    tool = live(tape).play(tape.arrivals())
    tool.write()
    cut = data.draw(st.integers(1, len(tool.written)))
    size = data.draw(st.integers(1, 56))
    disk = Disk()
    for one in tool.written[:cut]:
        disk.write(one.batch)
    written = min(len(tape), tool.written[cut - 1].steps * 10)
    early = max(0, written - data.draw(st.integers(0, 500)))
    rest = tape.arrivals((size,), early if disk.start is not None else written)
    again = restarted(disk, heard_again(tape.arrivals(), rest)).play(rest)
    again.write()
    for one in again.written:
        disk.write(one.batch)
    assert list(disk.events.values()) == told(tool.events)


@pytest.mark.parametrize("until", [10.0, 20.5, 30.0])
def test_an_orderly_stop_of_the_daemon_leaves_the_session_open(until: float) -> None:
    tape = pressed((2.0, 0.0), (30.0, 60.0), (20.0, 0.0))
    split = round(until * 100)
    steps = tape.arrivals((10,))
    tool = live(tape).play([*tape.arrivals((10,), 0, split)])
    tool.play([tape.decision(until, MarkKind.SHUTDOWN)])
    tool.write()
    disk = Disk()
    for one in tool.written:
        disk.write(one.batch)
    rest = tape.arrivals((10,), split)
    again = restarted(disk, heard_again(steps, rest)).play(rest)
    assert told([*tool.events, *again.events]) == told(live(tape).play(steps).events)


def test_after_a_stop_a_restart_opens_no_session_in_the_contact_that_still_lasts() -> None:
    tape = pressed((2.0, 0.0), (40.0, 60.0), (20.0, 0.0))
    stopped = [*tape.arrivals((10,), 0, 2000), tape.decision(20, MarkKind.STOP)]
    for second in (20, 21, 25, 41):
        before = [*stopped, *tape.arrivals((10,), 2000, second * 100)]
        rest = tape.arrivals((10,), second * 100)
        tool = live(tape).play(before)
        tool.write()
        disk = Disk()
        for one in tool.written:
            disk.write(one.batch)
        assert disk.start is not None
        again = restarted(disk, heard_again(before, rest)).play(rest)
        assert again.events == []
        assert again.pipeline.idle
        assert names(tool.events) == ["started", "hold_started", "hold_ended", "ended"]
