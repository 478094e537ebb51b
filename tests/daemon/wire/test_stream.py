"""Frames of one stream in order, each sample once, whatever the link does to them."""

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.wire import stream
from ql_release.wire.frames import FrameFlags, SampleFrame
from ql_release.wire.stream import Gap, StreamAssembler

UID = 0xABCDEF0123456789
PERIOD_US = 10_000


def frame(index: int, n: int, *, flags: int = 0, replayed: bool = False) -> SampleFrame:
    """A frame in which each sample's count is its index."""
    body = b"".join(number.to_bytes(3, "little") for number in range(index, index + n))
    return SampleFrame(
        flags, UID & 0xFFFF, index, index * PERIOD_US, PERIOD_US, 1, 0, n, body, replayed
    )


def indexes(frames: Iterable[SampleFrame]) -> list[int]:
    """Return the samples of frames by their counts, checking that index and time agree."""
    found = []
    for each in frames:
        assert [row[0] for row in each.rows()] == list(range(each.index, each.end))
        assert each.t0_us == each.index * PERIOD_US
        found += range(each.index, each.end)
    return found


@st.composite
def divisions(draw: st.DrawFn, total: int = 200) -> list[SampleFrame]:
    """Samples 0 to `total` in frames of one batching."""
    cuts = draw(st.sets(st.integers(min_value=1, max_value=total - 1), max_size=40))
    edges = sorted({0, total, *cuts})
    return [frame(a, b - a) for a, b in pairwise(edges)]


@given(frames=divisions(), generator=st.randoms(use_true_random=False))
def test_any_order_gives_each_sample_once_in_order(
    frames: list[SampleFrame], generator: random.Random
) -> None:
    generator.shuffle(frames)
    assembler = StreamAssembler(UID, 0)
    given_out = [part for each in frames for part in assembler.feed(each)]
    assert indexes(given_out) == list(range(200))
    assert assembler.gap is None
    assert assembler.stats.duplicates == 0


@given(first=divisions(), again=divisions(), generator=st.randoms(use_true_random=False))
def test_repeats_in_another_batching_are_dropped_sample_by_sample(
    first: list[SampleFrame], again: list[SampleFrame], generator: random.Random
) -> None:
    frames = [*first, *again]
    generator.shuffle(frames)
    assembler = StreamAssembler(UID, 0)
    given_out = [part for each in frames for part in assembler.feed(each)]
    assert indexes(given_out) == list(range(200))
    assert assembler.stats.duplicates == 200


@given(frames=divisions(), kept=st.randoms(use_true_random=False))
def test_what_replay_brings_for_each_gap_completes_the_stream(
    frames: list[SampleFrame], kept: random.Random
) -> None:
    """The host asks for whatever gap is open, and for the end, as the daemon does."""
    assembler = StreamAssembler(UID, 0)
    given_out: list[SampleFrame] = []
    for each in frames:
        if kept.random() < 0.5:
            given_out += assembler.feed(each)
    while (gap := assembler.gap) is not None:
        given_out += assembler.feed(frame(gap.first, gap.count, replayed=True))
    assert assembler.expected is not None
    if assembler.expected < 200:
        given_out += assembler.feed(frame(assembler.expected, 200 - assembler.expected))
    assert indexes(given_out) == list(range(200))


@given(
    frames=divisions(),
    generator=st.randoms(use_true_random=False),
    closings=st.lists(st.integers(min_value=0, max_value=220), max_size=5),
)
def test_samples_never_come_twice_nor_go_back_whatever_is_given_up(
    frames: list[SampleFrame], generator: random.Random, closings: list[int]
) -> None:
    steps: list[SampleFrame | int] = [*frames, *frames[::2], *closings]
    generator.shuffle(steps)
    assembler = StreamAssembler(UID, 0)
    given_out: list[SampleFrame] = []
    for step in steps:
        given_out += assembler.close_gap(step) if isinstance(step, int) else assembler.feed(step)
    order = indexes(given_out)
    assert order == sorted(set(order))
    lost = set(range(max([200, *closings]))) - set(order)
    assert assembler.stats.lost >= len(lost & set(range(200)))


@given(frames=divisions(), closings=st.lists(st.integers(min_value=0, max_value=200), max_size=5))
def test_each_loss_is_marked_on_the_first_frame_after_it(
    frames: list[SampleFrame], closings: list[int]
) -> None:
    assembler = StreamAssembler(UID, 0)
    given_out: list[SampleFrame] = []
    for each in frames[::2]:
        given_out += assembler.feed(each)
    for closing in sorted(closings):
        given_out += assembler.close_gap(closing)
    expected = 0
    for each in given_out:
        assert bool(each.flags & FrameFlags.GAP_BEFORE) == (each.index != expected)
        expected = each.end


def test_a_stream_taken_up_in_the_middle_begins_with_its_first_frame() -> None:
    assembler = StreamAssembler(UID)
    assert assembler.expected is None
    assert indexes(assembler.feed(frame(1000, 5))) == list(range(1000, 1005))
    assert assembler.expected == 1005


def test_a_gap_is_told_and_goes_when_it_is_filled() -> None:
    assembler = StreamAssembler(UID, 0)
    assembler.feed(frame(0, 10))
    assert assembler.feed(frame(15, 5)) == []
    assert assembler.gap == Gap(10, 5)
    assert assembler.pending == 1
    assert indexes(assembler.feed(frame(10, 5, replayed=True))) == list(range(10, 20))
    assert assembler.gap is None
    assert assembler.stats.reordered == 1


def test_a_closed_gap_marks_the_next_frame_and_refuses_what_comes_for_it() -> None:
    assembler = StreamAssembler(UID, 0)
    assembler.feed(frame(0, 10))
    assembler.feed(frame(15, 5))
    (after,) = assembler.close_gap(15)
    assert after.flags & FrameFlags.GAP_BEFORE
    assert assembler.feed(frame(10, 5)) == []
    assert assembler.feed(frame(8, 2)) == []
    stats = assembler.stats
    assert (stats.gaps_closed, stats.lost, stats.late, stats.duplicates) == (1, 5, 5, 2)


def test_a_gap_closed_within_a_frame_gives_the_frames_rest() -> None:
    assembler = StreamAssembler(UID, 0)
    assembler.close_gap(3)
    (rest,) = assembler.feed(frame(0, 10))
    assert indexes([rest]) == list(range(3, 10))
    assert rest.flags & FrameFlags.GAP_BEFORE


def test_closing_past_several_gaps_gives_out_what_lies_between() -> None:
    assembler = StreamAssembler(UID, 0)
    assembler.feed(frame(10, 5))
    assembler.feed(frame(20, 5))
    parts = assembler.close_gap(22)
    assert [(part.index, part.flags & FrameFlags.GAP_BEFORE) for part in parts] == [
        (10, 1),
        (20, 1),
    ]
    assert assembler.stats.gaps_closed == 2


def test_closing_what_has_come_does_nothing() -> None:
    assembler = StreamAssembler(UID, 0)
    assembler.feed(frame(0, 10))
    assert assembler.close_gap(10) == []
    (following,) = assembler.feed(frame(10, 5))
    assert following.flags == 0


def test_frames_of_another_stream_are_dropped_and_counted() -> None:
    assembler = StreamAssembler(UID ^ 1, 0)
    assert assembler.feed(frame(0, 10)) == []
    assert assembler.stats.foreign == 1
    assert assembler.expected == 0


def test_the_same_frame_again_and_again_takes_one_place() -> None:
    assembler = StreamAssembler(UID, 0)
    for _ in range(1000):
        assembler.feed(frame(50, 5))
    assert assembler.pending == 1
    assert assembler.stats.duplicates == 999 * 5


def test_waiting_frames_are_bounded_and_replay_still_completes_the_stream(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "MAX_PENDING", 8)
    assembler = StreamAssembler(UID, 0)
    for index in range(5, 200, 5):
        assembler.feed(frame(index, 5))
    assert assembler.pending == 8
    assert assembler.stats.refused == 31
    given_out = assembler.feed(frame(0, 5))
    assert indexes(given_out) == list(range(45))
    given_out = assembler.feed(frame(45, 155, replayed=True))
    assert indexes(given_out) == list(range(45, 200))


def test_when_full_a_frame_nearer_the_gap_takes_the_furthest_ones_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stream, "MAX_PENDING", 2)
    assembler = StreamAssembler(UID, 0)
    for index in (20, 30, 10):
        assembler.feed(frame(index, 5))
    assert assembler.gap == Gap(0, 10)
    assert assembler.pending == 2
    assert indexes(assembler.close_gap(30)) == [*range(10, 15), *range(20, 25)]
