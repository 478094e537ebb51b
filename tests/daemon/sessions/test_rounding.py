"""What a session tells does not depend on what its times are counted from."""

import pytest

from ql_release.sessions.rounding import rounded


@pytest.mark.parametrize("start_us", [0, 61_803, 3_694_967_296, 7_989_934_592, 2**50])
@pytest.mark.parametrize("lasts_us", [5_125_000, 5_135_000, 12_345_000, 62_500])
def test_a_duration_is_the_same_wherever_it_lies(start_us: int, lasts_us: int) -> None:
    started, ended = start_us / 1e6, (start_us + lasts_us) / 1e6
    assert rounded(ended - started, 2) == rounded(lasts_us / 1e6, 2)


def test_rounding_is_otherwise_that_of_python() -> None:
    assert [rounded(value, 2) for value in (0.0, 1.004, 1.006, -1.006, 1e9)] == [
        0.0,
        1.0,
        1.01,
        -1.01,
        1e9,
    ]
