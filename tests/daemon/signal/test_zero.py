"""The resting level between contacts."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ql_release.signal.samples import SampleBlock
from ql_release.signal.zero import ZeroWatch

Blocks = Callable[..., SampleBlock]


def watch(block: SampleBlock, sizes: Sequence[int] = (500,)) -> ZeroWatch:
    """Return a watch after a block that is cut into pieces of these sizes in turn."""
    zero, start, turn = ZeroWatch(), 0, 0
    while start < len(block.t):
        stop = start + sizes[turn % len(sizes)]
        zero.take(block.part(start, stop))
        start, turn = stop, turn + 1
    return zero


def test_rest_counts_from_two_seconds_after_the_contact(block_of: Blocks) -> None:
    assert watch(block_of([(5, 60.0), (2, 4.0), (2, 3.0)])).level_mn == 3000
    assert watch(block_of([(5, 60.0), (2.9, 3.0)])).level_mn is None


def test_a_level_below_nothing_is_one_too(block_of: Blocks) -> None:
    assert watch(block_of([(5, 60.0), (5, -2.5)])).level_mn == -2500


def test_the_last_rest_that_was_long_enough_tells(block_of: Blocks) -> None:
    first = [(5, 60.0), (5, 3.0), (5, 60.0)]
    assert watch(block_of(first)).level_mn == 3000
    assert watch(block_of([*first, (2.5, 1.0)])).level_mn == 3000
    assert watch(block_of([*first, (4, 1.0)])).level_mn == 1000


def test_a_short_touch_makes_the_rest_begin_anew(block_of: Blocks) -> None:
    zero = watch(block_of([(1, 60.0), (5, 3.0), (0.2, 9.0), (0.2, 6.0), (4, 1.0)]))
    assert zero.level_mn == 1000


def test_another_zero_makes_it_forget(block_of: Blocks) -> None:
    zero = watch(block_of([(1, 60.0), (5, 3.0)]))
    zero.forget()
    assert zero.level_mn is None


def test_another_stream_waits_again_and_keeps_what_was_seen(block_of: Blocks) -> None:
    zero = watch(block_of([(1, 60.0), (5, 3.0)]))
    zero.begin_stream()
    zero.take(block_of([(2, 0.5)]))
    assert zero.level_mn == 3000
    zero.take(block_of([(2, 0.5)], start=2.0))
    assert zero.level_mn == 500


def test_a_contact_zone_keeps_it_from_being_rest(block_of: Blocks) -> None:
    plain = block_of([(1, 60.0), (9, 3.0)])
    touched = SampleBlock(0, plain.t, plain.zones, contact=[True] * 700 + [False] * 300)
    assert watch(touched).level_mn is None
    free = SampleBlock(0, plain.t, plain.zones, contact=[True] * 600 + [False] * 400)
    assert watch(free).level_mn == 3000


def test_a_sensor_that_does_not_answer_tells_nothing(block_of: Blocks) -> None:
    plain = block_of([(1, 60.0), (9, 3.0)])
    assert watch(SampleBlock(0, plain.t, plain.zones, fault=True)).level_mn is None


FORCES = st.lists(
    st.tuples(st.floats(0.1, 5.0), st.sampled_from([-3.0, 0.1, 2.7, 4.9, 6.0, 8.0, 40.0])),
    min_size=1,
    max_size=8,
)


@given(FORCES, st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_it_does_not_matter_how_samples_are_cut(
    pieces: list[tuple[float, float]], sizes: list[int]
) -> None:
    forces = [force for seconds, force in pieces for _ in range(round(seconds * 100))]
    times = [number / 100 for number in range(len(forces))]
    block = SampleBlock(0, times, [(force * 0.3, force * 0.7) for force in forces])
    assert watch(block, sizes).level_mn == watch(block, (10_000,)).level_mn


@pytest.mark.parametrize("skip", [0, 300, 700])
def test_samples_before_the_session_are_left_out(block_of: Blocks, skip: int) -> None:
    block = block_of([(5, 4.0), (5, 1.0)])
    whole, part = ZeroWatch(), ZeroWatch()
    whole.take(block, skip)
    part.take(block.part(skip, len(block.t)))
    assert whole.level_mn == part.level_mn
