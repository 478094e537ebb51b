"""A little of `make fuzz`: whatever comes, only what is documented is raised."""

from functools import cache

import pytest
from fuzzing.targets import Target, targets
from hypothesis import given, settings
from hypothesis import strategies as st

SEED = 7
SPOILT = 300
"""Spoilt inputs for each target: a second or less."""
NAMES = [target.name for target in targets()]


@cache
def target(name: str) -> Target:
    """Return a target; its line or folder is one for all examples, as on a real connection."""
    return next(one for one in targets() if one.name == name)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.binary(max_size=2048), cuts=st.lists(st.integers(0, 2048), max_size=3).map(sorted))
@settings(max_examples=100)
def test_any_bytes_are_taken(name: str, data: bytes, cuts: list[int]) -> None:
    target(name).feed(data, cuts)


@pytest.mark.parametrize("name", NAMES)
def test_spoilt_inputs_are_taken(name: str) -> None:
    mutator = target(name).mutator(SEED)
    for _ in range(SPOILT):
        data = mutator.next()
        target(name).feed(data, mutator.cuts(len(data)))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_right_is_understood(name: str) -> None:
    """Else the fuzzing would only meet the first check of each reader."""
    assert any(target(name).feed(seed, []) for seed in target(name).seeds)
