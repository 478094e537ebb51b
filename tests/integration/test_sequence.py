"""The order of a bridge's events: nothing lost, nothing twice, whatever the broker does."""

from dataclasses import replace

from contract_files import NOW, example
from custom_components.ql_release.contract.common import Cursor
from custom_components.ql_release.contract.events import Event, event_from
from custom_components.ql_release.sequence import REMEMBERED, Sequence
from hypothesis import given
from hypothesis import strategies as st

EPOCH = "5f0c7d1e9a3b2846"
START = event_from(example("event-session-started"), NOW)


def _event(seq: int) -> Event:
    return replace(START, id=f"{seq:032x}", seq=seq, epoch=EPOCH)


@given(
    arrivals=st.lists(st.integers(1, 12), max_size=40),
    pages=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=6),
)
def test_each_event_is_applied_once_and_the_cursor_covers_only_those(
    arrivals: list[int], pages: list[tuple[int, int]]
) -> None:
    """Live events in any order, repeats, and pages of history between them."""
    sequence = Sequence(None)
    applied: list[int] = []

    def page(length: int) -> None:
        begin = sequence.cursor.seq if sequence.cursor else 0
        seqs = list(range(begin + 1, 13))[:length]
        applied.extend(seq for seq in seqs if sequence.is_new(_event(seq)))
        sequence.page_applied(Cursor(epoch=EPOCH, seq=seqs[-1] if seqs else begin))

    for step, seq in enumerate(arrivals):
        for when, length in pages:
            if when == step:
                page(length)
        event = _event(seq)
        if sequence.is_new(event):
            applied.append(seq)
            sequence.advance(event)
        covered = sequence.cursor.seq if sequence.cursor else 0
        assert set(range(1, covered + 1)) <= set(applied)
    for _ in range(12):
        page(5)
    assert sorted(applied) == list(range(1, 13))


def test_a_cursor_from_before_covers_what_is_sent_again() -> None:
    """After a restart nothing is remembered but the cursor."""
    sequence = Sequence(Cursor(epoch=EPOCH, seq=5))
    assert not sequence.is_new(_event(5))
    assert sequence.advance(_event(5))
    assert sequence.is_new(_event(6))
    assert sequence.advance(_event(6))
    assert sequence.cursor == Cursor(epoch=EPOCH, seq=6)


def test_ids_are_not_remembered_for_ever() -> None:
    """Memory has a bound, also where no history ever comes."""
    sequence = Sequence(None)
    for seq in range(1, REMEMBERED + 10):
        assert sequence.is_new(_event(seq))
    assert len(sequence._ids) == REMEMBERED
    assert sequence.is_new(_event(1))
    assert not sequence.is_new(_event(REMEMBERED))
