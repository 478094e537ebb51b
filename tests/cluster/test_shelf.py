"""The watcher's bookkeeping: what is missing, what came twice, what came otherwise."""

from typing import Any

from drill.shelf import Shelf


def event(seq: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{seq:032x}", "epoch": "e", "seq": seq, "live": True, **more}


def page(*events: dict[str, Any], after: int) -> dict[str, Any]:
    return {"events": list(events), "next": {"epoch": "e", "seq": after}, "more": False}


def test_without_a_page_of_history_something_may_be_missing() -> None:
    shelf = Shelf()
    shelf.hear(event(3))
    assert shelf.missing
    shelf.take_page(page(event(1), event(2), event(3, live=False), after=3))
    assert not shelf.missing
    assert (len(shelf.events), shelf.clashes, shelf.repeats) == (3, set(), 0)


def test_a_jump_is_missing_until_it_is_filled() -> None:
    shelf = Shelf()
    shelf.take_page(page(event(1), after=1))
    shelf.hear(event(2))
    assert not shelf.missing
    shelf.hear(event(5))
    assert shelf.missing
    assert shelf.cursor == {"epoch": "e", "seq": 2}
    shelf.take_page(page(event(3), event(4), after=4))
    assert not shelf.missing
    assert shelf.cursor == {"epoch": "e", "seq": 5}


def test_what_comes_twice_is_counted_and_kept_once() -> None:
    shelf = Shelf()
    shelf.hear(event(1))
    shelf.hear(event(1, live=False))
    assert (len(shelf.events), shelf.repeats, shelf.clashes) == (1, 1, set())


def test_other_contents_under_the_same_id_are_told() -> None:
    shelf = Shelf()
    shelf.hear(event(1))
    shelf.take_page(page(event(1, force_n=3.0), after=1))
    assert shelf.clashes == {event(1)["id"]}


def test_a_new_journal_begins_a_new_count() -> None:
    shelf = Shelf()
    shelf.take_page(page(event(1), event(2), after=2))
    shelf.hear(event(1, id="f1", epoch="f"))
    assert shelf.missing
    fresh = {"events": [], "next": {"epoch": "f", "seq": 0}, "more": False}
    shelf.take_page(fresh)
    assert not shelf.missing
    assert (len(shelf.events), shelf.cursor) == (3, {"epoch": "f", "seq": 1})
