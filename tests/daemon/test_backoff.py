"""Waits between tries."""

from ql_release.backoff import Backoff


def test_waits_double_up_to_the_limit() -> None:
    backoff = Backoff(first=1.0, limit=10.0)
    assert [backoff.wait() for _ in range(6)] == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_success_begins_again() -> None:
    backoff = Backoff(first=0.5, limit=10.0)
    backoff.wait()
    backoff.wait()
    backoff.reset()
    assert backoff.wait() == 0.5
