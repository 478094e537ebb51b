"""Whether the machine's clock can be believed.

What there is to go by, the surest first:

- systemd-timesyncd notes each start's first answer of a time server in a file.
- The kernel knows whether somebody (chrony, ntpd, timesyncd) keeps its clock synchronised;
  adjtimex(2) tells, in a container, too.
- A clock of its own, backed by a battery, from which the machine was started.
- Patience: on a network without a time server nothing of this ever comes, and the clock that
  the machine saved at its last stop is the best there is.

A clock before this version's making is wrong in any case. `judge` is pure; `gather` asks.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from ql_release.bootclock import uptime_us
from ql_release.units import MICROSECONDS

EARLIEST_US = 1_793_491_200_000_000
"""2026-11-01, Unix µs: no clock can rightly be before this version was made."""
AGREEMENT_US = 60 * MICROSECONDS
"""A battery-backed clock is set and read in whole seconds and drifts some a day; one that differs
by more than a minute is not where the machine's time came from."""

TIMESYNC = Path("/run/systemd/timesync")
"""Is there while systemd-timesyncd runs; `synchronized` in it since a time server answered."""
RTC = Path("/sys/class/rtc/rtc0/since_epoch")
"""Seconds since 1970 of the battery-backed clock."""

_STA_UNSYNC = 0x40
_STATUS = 5
_TIMEX_LONGS = 64
"""struct timex is 208 bytes at most; the kernel writes no more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the machine's clock.

    Attributes:
        machine_us: what it says, Unix µs.
        newest_us: the newest date in the journal, Unix µs; None when there is none.
        synchronised: a time server keeps it right.
        rtc_us: what the battery-backed clock says, Unix µs; None when there is none.
        uptime_us: since the machine's start, µs.
    """

    machine_us: int
    newest_us: int | None
    synchronised: bool
    rtc_us: int | None
    uptime_us: int


def judge(evidence: Evidence, wait_s: float) -> str | None:
    """Return why the clock cannot be believed, in a clause; None when it can.

    Args:
        evidence: what is known of it.
        wait_s: seconds after the machine's start for which a time server is waited for.
    """
    if evidence.machine_us < EARLIEST_US:
        return "the machine's clock is set to a time before this version was made"
    if evidence.synchronised or evidence.uptime_us >= wait_s * MICROSECONDS:
        return None
    if evidence.newest_us is not None and evidence.machine_us < evidence.newest_us:
        return "the machine's clock is behind what was measured before"
    if evidence.rtc_us is not None and (abs(evidence.rtc_us - evidence.machine_us) <= AGREEMENT_US):
        return None
    return "no time server has answered since the machine's start"


def gather(machine_us: int, newest_us: int | None, wait_s: float) -> Evidence:
    """Return what the machine tells of its clock now.

    Whether a time server keeps it right costs memory to find out, and is asked last.
    """
    known = Evidence(
        machine_us, newest_us, synchronised=False, rtc_us=_rtc_us(), uptime_us=uptime_us()
    )
    if judge(known, wait_s) is None:
        return known
    return replace(known, synchronised=is_synchronised())


def is_synchronised(timesync: Path = TIMESYNC) -> bool:
    """Return whether a time server keeps the machine's clock right."""
    if (timesync / "synchronized").exists():
        return True
    # Where timesyncd runs its file says it all, and what follows costs 0.3 MB.
    return not timesync.is_dir() and _kernel_is_synchronised()


def _kernel_is_synchronised() -> bool:
    """Return what adjtimex(2) says; a machine that does not let us ask is taken for a no."""
    import ctypes  # noqa: PLC0415 - see `is_synchronised`

    timex = (ctypes.c_long * _TIMEX_LONGS)()
    try:
        state = ctypes.CDLL(None).adjtimex(timex)
    except (OSError, AttributeError):
        return False
    # unsigned modes, long offset, freq, maxerror, esterror, int status: each fills a long.
    return state >= 0 and not timex[_STATUS] & _STA_UNSYNC


def _rtc_us() -> int | None:
    """Return what the battery-backed clock says; None where there is none."""
    try:
        return int(RTC.read_text(encoding="ascii")) * MICROSECONDS
    except (OSError, ValueError):
        return None
