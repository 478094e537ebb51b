"""Tells a second daemon of the same bridge id from this daemon's own past.

Both use one client id, so the broker lets only one of them be connected at a time; each
finds the other's last `health` when it takes the connection back. A `health` with a start
nonce that is none of ours, past or present, proves that another daemon is alive when

- it is newer than one seen before of the same nonce, or
- it is recent, and arrives live or stands at the broker in place of our own.

What stood there before our first own `health` proves nothing: a daemon that is gone left it.
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ql_release.payloads.base import unix_us
from ql_release.provisional import is_date
from ql_release.units import MICROSECONDS

_LOGGER = logging.getLogger(__name__)


RECENT_US = 90 * MICROSECONDS
"""A daemon says how it is every 60 s; half as much again allows for clocks that differ."""


class DuplicateBridgeError(Exception):
    """Another daemon with this bridge id was there first; this one must stop."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a `health` says of the daemon that sent it.

    Attributes:
        nonce: names that start of that daemon.
        at_us: when it said so, by its own clock, Unix µs.
        started_us: when it started by its own clock, Unix µs.
    """

    nonce: str
    at_us: int
    started_us: int


class BridgeGuard:
    """Judges each `health` that arrives at the bridge's own topic.

    Args:
        bridge: the bridge's id, for the message.
        nonce: names this start of this daemon.
    """

    def __init__(self, bridge: str, nonce: str) -> None:
        self._bridge = bridge
        self._nonce = nonce
        self._past: set[str] = set()
        self._last_seen_us: dict[str, int] = {}
        self._own: Sighting | None = None
        self._own_stood_before = False
        self._told = False

    def know(self, past: Iterable[str]) -> None:
        """Note the nonces of this journal's earlier starts: none of them is another daemon."""
        self._past.update(past)

    def connected(self, health: bytes | None) -> None:
        """Note a new connection, and our own `health` that went out first on it.

        What this connection finds standing at the broker was put there before it, so that
        only a `health` of ours from an earlier connection makes it a proof.
        """
        self._own_stood_before = self._own is not None
        if health is not None:
            self._own = read_sighting(health)

    def judge(self, health: bytes, *, retained: bool, now_us: int) -> None:
        """Judge a `health` that arrived.

        The daemon that started last is the one that stops; one that is older says so once
        and goes on.

        Raises:
            DuplicateBridgeError: when another daemon is alive and started before this one.
        """
        other = read_sighting(health)
        if other is None or other.nonce == self._nonce or other.nonce in self._past:
            return
        alive = self._proves_life(other, retained=retained, now_us=now_us)
        self._last_seen_us[other.nonce] = other.at_us
        if self._own is None or not alive:
            return
        if _order(other) < _order(self._own):
            raise DuplicateBridgeError(
                f"another daemon with the bridge id {self._bridge!r} is already running: "
                "stop it, or give this one another bridge.id"
            )
        self._tell_of_newcomer()

    def _proves_life(self, other: Sighting, *, retained: bool, now_us: int) -> bool:
        """Return whether a `health` can only come from a daemon that is running now."""
        seen_us = self._last_seen_us.get(other.nonce)
        if seen_us is not None and other.at_us > seen_us:
            return True
        in_place_of_ours = self._own_stood_before or not retained
        return in_place_of_ours and abs(now_us - other.at_us) <= RECENT_US

    def _tell_of_newcomer(self) -> None:
        """Say once that another daemon came; it finds out about us by itself."""
        if not self._told:
            self._told = True
            _LOGGER.warning(
                "Another daemon with the bridge id %r was started: it should stop by itself; "
                "give it another bridge.id.",
                self._bridge,
            )


def read_sighting(health: bytes) -> Sighting | None:
    """Return what a `health` says of its sender; None when it is not one."""
    try:
        fields: Any = json.loads(health)
        at_us = unix_us(fields["at"])
        # A text would be repeated a million times.
        started_us = at_us - round(float(fields["uptime_s"]) * MICROSECONDS)
        return Sighting(str(fields["start_nonce"]), at_us, started_us)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _order(sighting: Sighting) -> tuple[bool, int, str]:
    """Return what puts daemons in one order, the same seen from each of them.

    One that does not know the time yet has only just started.
    """
    return not is_date(sighting.at_us), sighting.started_us, sighting.nonce
