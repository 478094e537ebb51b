"""Whether the machine's clock can be believed, from what there is to go by."""

from dataclasses import replace
from pathlib import Path

import pytest

from ql_release import timesource
from ql_release.bootclock import BootClock
from ql_release.provisional import dated, is_date
from ql_release.timesource import EARLIEST_US, Evidence, gather, is_synchronised, judge

NOW_US = EARLIEST_US + 86_400_000_000
BOOTED = Evidence(
    machine_us=NOW_US, newest_us=None, synchronised=False, rtc_us=None, uptime_us=20_000_000
)
"""A Raspberry Pi twenty seconds after its start."""
WAIT_S = 600.0

CASES = {
    "nothing is known": (BOOTED, "no time server"),
    "a time server has answered": (replace(BOOTED, synchronised=True), None),
    "it is 1970": (replace(BOOTED, machine_us=20_000_000), "before this version"),
    "it is 1970 and that is called right": (
        replace(BOOTED, machine_us=20_000_000, synchronised=True, uptime_us=10**15),
        "before this version",
    ),
    "a battery kept the time": (replace(BOOTED, rtc_us=NOW_US - 900_000), None),
    "the battery's time is another": (replace(BOOTED, rtc_us=NOW_US - 61_000_000), "no time"),
    "the battery is empty": (replace(BOOTED, rtc_us=20_000_000), "no time server"),
    "it is behind the journal": (
        replace(BOOTED, rtc_us=NOW_US, newest_us=NOW_US + 1),
        "behind what was measured",
    ),
    "a time server contradicts the journal": (
        replace(BOOTED, newest_us=NOW_US * 2, synchronised=True),
        None,
    ),
    "no time server will ever come": (replace(BOOTED, uptime_us=600_000_000), None),
    "nor a journal from the future stops it then": (
        replace(BOOTED, uptime_us=600_000_000, newest_us=NOW_US * 2),
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_clock_is_believed_on_evidence(case: str) -> None:
    evidence, doubt = CASES[case]
    judged = judge(evidence, WAIT_S)
    assert (judged is None) if doubt is None else (judged is not None and doubt in judged)


def test_without_patience_any_possible_time_will_do() -> None:
    assert judge(BOOTED, 0) is None


def test_timesyncd_tells_by_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> bool:
        pytest.fail("the kernel was asked though timesyncd runs")

    monkeypatch.setattr(timesource, "_kernel_is_synchronised", never)
    assert not is_synchronised(tmp_path)
    (tmp_path / "synchronized").touch()
    assert is_synchronised(tmp_path)


def test_without_timesyncd_the_kernel_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_synchronised(tmp_path / "none") in (True, False)  # the real one, whatever it says
    for told in (True, False):
        monkeypatch.setattr(timesource, "_kernel_is_synchronised", lambda told=told: told)
        assert is_synchronised(tmp_path / "none") is told


def test_the_machine_tells_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rtc = tmp_path / "since_epoch"
    monkeypatch.setattr(timesource, "RTC", rtc)
    assert gather(NOW_US, 5, WAIT_S).rtc_us is None
    rtc.write_text("1800000000\n")
    found = gather(NOW_US, 5, WAIT_S)
    assert (found.machine_us, found.newest_us, found.rtc_us) == (NOW_US, 5, 1_800_000_000_000_000)
    assert found.uptime_us > 0


def test_until_it_is_believed_the_clock_counts_steadily_from_1970() -> None:
    clock = BootClock()
    clock.begin(5_000_000)
    first = clock.now_us()
    assert not is_date(first)
    assert first >= 5_000_000
    assert clock.now_us() >= first
    shift_us = clock.shift_us()
    before = clock.now_us()
    clock.believe()
    assert clock.known
    assert is_date(clock.now_us())
    assert abs(clock.now_us() - dated(before, shift_us)) < 60_000_000
    assert dated(NOW_US, shift_us) == NOW_US


def test_a_time_server_is_asked_for_only_where_nothing_else_tells(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(timesource, "is_synchronised", lambda: bool(asked.append(1)) or True)
    assert not gather(NOW_US, None, wait_s=0).synchronised
    assert not asked
    assert gather(NOW_US, None, wait_s=1e12).synchronised
    assert len(asked) == 1
