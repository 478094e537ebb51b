"""What a recording's samples do not allow is said."""

import pytest

from ql_release.links.recording_soundness import Soundness
from ql_release.signal.samples import SampleBlock


def notes(rows: list[tuple[float, ...]], rate_hz: float = 100.0) -> tuple[str, ...]:
    """Return what is said of rows, taken in blocks of ten."""
    soundness = Soundness()
    for start in range(0, len(rows), 10):
        part = rows[start : start + 10]
        times = [(start + number) / rate_hz for number in range(len(part))]
        soundness.take(SampleBlock(index=start, t=times, zones=part))
    return soundness.notes


def moving(count: int = 100) -> list[tuple[float, ...]]:
    return [(50.0 + number % 7, 20.0 + number % 3) for number in range(count)]


def test_sound_samples_need_no_word() -> None:
    assert notes(moving()) == ()
    assert Soundness().notes == ()


@pytest.mark.parametrize(("rate_hz", "said"), [(1.0, "releases, slips"), (10.0, "judge slips")])
def test_too_few_samples_are_told(rate_hz: float, said: str) -> None:
    (note,) = notes(moving(), rate_hz)
    assert said in note
    assert f"{rate_hz:.1f} samples a second" in note


@pytest.mark.parametrize("force", [0.0, 300.0])
def test_a_recording_that_never_changes_measured_nothing(force: float) -> None:
    (note,) = notes([(force, force)] * 50)
    assert "nothing was measured" in note


def test_a_column_that_never_changes_is_named() -> None:
    (note,) = notes([(*row, 40.0, 0.0) for row in moving()])
    assert note.startswith("f3 never changes")
