"""The mark by which what was counted before the time was known gets its date."""

from dataclasses import replace

import pytest
from pipeline_cases import Decision, Live, Step, crashed, live, names, story, told

from ql_release.events import Event, SessionEnded, unix_us
from ql_release.marks import Mark, MarkKind

SHIFT_US = 1_790_000_000_000_000
COUNTED_US = 30_000_000
"""The machine had run for half a minute when the first sample came."""


def played(mark_at: int | None, *, eager: bool = False) -> tuple[Live, list[Step]]:
    """Play the story; the host learns the time at a sample, or knows it from the start."""
    tape = replace(story(), host_us=COUNTED_US)
    if mark_at is None:
        tape = replace(tape, host_us=COUNTED_US + SHIFT_US)
        steps: list[Step] = [*tape.arrivals()]
        return live(tape, eager=eager).play(steps), steps
    dated = replace(tape, host_us=COUNTED_US + SHIFT_US)
    mark = Decision(MarkKind.DATED, dated.at(mark_at), {"shift_us": SHIFT_US})
    steps = [*tape.arrivals((10,), 0, mark_at), mark, *dated.arrivals((10,), mark_at)]
    return live(tape, eager=eager).play(steps), steps


def with_dates(events: list[Event]) -> list[dict[str, object]]:
    """Return events as the journal tells them once it has given dates."""
    return [
        {name: _counted(name, value) for name, value in event.model_dump().items()}
        for event in events
    ]


def _counted(name: str, value: object) -> object:
    """Return a time as what it was counted as; anything else as it is."""
    is_time = name.endswith("at") and isinstance(value, str)
    return unix_us(str(value)) % SHIFT_US if is_time else value


@pytest.mark.parametrize("mark_at", [10, 500, 1000, 2000])
def test_wherever_the_host_learns_the_time_the_events_are_the_same(mark_at: int) -> None:
    tool, _ = played(mark_at)
    known, _ = played(None)
    assert with_dates(tool.events) == with_dates(known.events)
    last = next(event for event in tool.events if isinstance(event, SessionEnded))
    assert last.started_at.startswith("2026-")


def test_a_crash_anywhere_leads_to_the_same() -> None:
    tool, steps = played(1000, eager=True)
    for batches in range(1, len(tool.written) + 1, 7):
        disk = crashed(steps, tool.written[:batches])
        assert list(disk.events.values()) == told(tool.events)
    assert names(tool.events)[-1] == "ended"


def test_a_mark_is_dated_with_its_clock_line() -> None:
    line = {"device_us": 1, "host_us": 5, "ppm": 0.0}
    clock = Mark(MarkKind.CLOCK, 1, 2, 6, line).dated(SHIFT_US)
    assert (clock.host_us, clock.data["host_us"]) == (SHIFT_US + 6, SHIFT_US + 5)
    context = Mark(MarkKind.CONTEXT, 1, 2, 6, {"clock": line, "person": "p"}).dated(SHIFT_US)
    assert context.data == {"clock": line | {"host_us": SHIFT_US + 5}, "person": "p"}
    assert clock.dated(SHIFT_US) == clock
