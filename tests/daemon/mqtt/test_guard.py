"""Two daemons of one id: the newcomer stops; a restart never takes its own past for another."""

import json

import pytest

from ql_release.mqtt.guard import BridgeGuard, DuplicateBridgeError, read_sighting
from ql_release.payloads.base import rfc3339

NOW_US = 1_790_000_000_000_000
SECOND = 1_000_000


def _health(nonce: str, *, uptime_s: float, at_us: int = NOW_US) -> bytes:
    fields = {"start_nonce": nonce, "uptime_s": uptime_s, "at": rfc3339(at_us)}
    return json.dumps(fields).encode()


OWN = _health("own", uptime_s=10)
OLDER = _health("other", uptime_s=500)
YOUNGER = _health("other", uptime_s=5)


def _guard(*connections: bytes | None) -> BridgeGuard:
    """Return a guard that has seen these connections, each with the health sent on it."""
    guard = BridgeGuard("pi", "own")
    for health in connections:
        guard.connected(health)
    return guard


def test_an_older_daemon_that_is_heard_live_makes_the_newcomer_stop() -> None:
    with pytest.raises(DuplicateBridgeError, match=r"'pi'.*already running"):
        _guard(OWN).judge(OLDER, retained=False, now_us=NOW_US)


def test_what_an_older_daemon_put_in_place_of_our_own_makes_the_newcomer_stop() -> None:
    with pytest.raises(DuplicateBridgeError):
        _guard(OWN, OWN).judge(OLDER, retained=True, now_us=NOW_US)


def test_a_newer_word_of_the_same_daemon_makes_the_newcomer_stop_whatever_its_clock() -> None:
    hour = 3600 * SECOND
    guard = _guard(OWN)
    guard.judge(
        _health("other", uptime_s=50_000, at_us=NOW_US - hour), retained=True, now_us=NOW_US
    )
    later = _health("other", uptime_s=50_060, at_us=NOW_US - hour + 60 * SECOND)
    with pytest.raises(DuplicateBridgeError):
        guard.judge(later, retained=False, now_us=NOW_US)


def test_what_stood_there_at_the_first_connection_is_the_past() -> None:
    _guard(OWN).judge(OLDER, retained=True, now_us=NOW_US)


def test_the_same_old_word_again_is_still_the_past() -> None:
    """A broker that is restarted from an old copy shows what stood there long ago."""
    guard = _guard(OWN)
    guard.judge(OLDER, retained=True, now_us=NOW_US)
    guard.connected(OWN)
    guard.judge(OLDER, retained=True, now_us=NOW_US + 120 * SECOND)


def test_this_journals_own_earlier_starts_are_never_another_daemon() -> None:
    guard = _guard(OWN, OWN)
    guard.know(["other"])
    guard.judge(OLDER, retained=False, now_us=NOW_US)


def test_our_own_word_is_no_other() -> None:
    _guard(OWN, OWN).judge(OWN, retained=False, now_us=NOW_US)


def test_the_older_daemon_goes_on_and_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    guard = _guard(OWN, OWN)
    for _ in range(3):
        guard.judge(YOUNGER, retained=False, now_us=NOW_US)
    assert len(caplog.records) == 1
    assert "was started" in caplog.text


def test_of_two_daemons_exactly_one_stops_even_if_started_together() -> None:
    """Each judges the other's health; whatever the start times, one of the two gives way."""
    for mine_s, other_s in ((10.0, 10.0), (10.0, 10.001), (10.001, 10.0), (1e6, 1.0)):
        stopped = 0
        words = {
            "own": _health("own", uptime_s=mine_s),
            "other": _health("other", uptime_s=other_s),
        }
        for me, you in (("own", "other"), ("other", "own")):
            guard = BridgeGuard("pi", me)
            guard.connected(words[me])
            try:
                guard.judge(words[you], retained=False, now_us=NOW_US)
            except DuplicateBridgeError:
                stopped += 1
        assert stopped == 1


@pytest.mark.parametrize("health", [b"", b"{}", b"[]", b"null", b"\xff", b'{"at": 1}'])
def test_what_is_no_health_says_nothing(health: bytes) -> None:
    _guard(OWN, OWN).judge(health, retained=False, now_us=NOW_US)


@pytest.mark.parametrize(
    "health",
    [
        b"[" * 5_000,
        b'{"at": "2026-11-20T17:03:09.250Z", "uptime_s": 1e999, "start_nonce": "a"}',
        b'{"at": "2026-11-20T17:03:09.250Z", "uptime_s": "x", "start_nonce": "a"}',
        b'{"at": "2026-11-20T17:03:09.250Z", "uptime_s": [1], "start_nonce": "a"}',
    ],
    ids=["nested too deeply", "endless uptime", "a text for a number", "a list for a number"],
)
def test_a_hostile_health_is_none(health: bytes) -> None:
    assert read_sighting(health) is None
