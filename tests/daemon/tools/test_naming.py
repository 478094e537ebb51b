"""Every tool has one id and keeps it."""

import pytest
from live_bench import BenchTool, SmallDaemon

from ql_release.settings import Settings
from ql_release.tools.naming import Names

FIRST = bytes.fromhex("00112233aabbccdd")
SECOND = bytes.fromhex("0011223344556677")
LIKE_FIRST = bytes.fromhex("ff112233aabbccdd")
"""The same last digits as FIRST."""


def names(taken: dict[str, str] | None = None, **tools: str) -> Names:
    named = {tool: {"serial": serial} for tool, serial in tools.items()}
    return Names(Settings.model_validate({"tools": named}), taken or {})


def test_a_tool_has_its_own_name_whenever_it_comes() -> None:
    known = names()
    assert [known.id_of(FIRST, "mat"), known.id_of(FIRST, "mat")] == ["mat", "mat"]


@pytest.mark.parametrize("name", ["Mat", "my mat", "a/b", "x" * 33, "mät", "mat\n"])
def test_a_name_that_is_no_id_is_replaced_and_told_of(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert names().id_of(FIRST, name) == "tool-bbccdd"
    [sentence] = caplog.messages
    assert FIRST.hex() in sentence
    assert "an id has 1 to 32 of a-z, 0-9, _ and -" in sentence
    assert "[tools.<id>]" in sentence


def test_a_tool_without_a_name_is_nothing_to_be_told_of(caplog: pytest.LogCaptureFixture) -> None:
    assert names().id_of(FIRST, "") == "tool-bbccdd"
    assert not caplog.messages


def test_the_second_tool_of_a_name_is_called_by_its_serial_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = names()
    assert known.id_of(FIRST, "mat") == "mat"
    assert known.id_of(SECOND, "mat") == "tool-556677"
    assert "as another tool does" in caplog.text


def test_all_digits_are_used_when_the_last_ones_clash() -> None:
    known = names()
    assert known.id_of(FIRST, "") == "tool-bbccdd"
    assert known.id_of(LIKE_FIRST, "") == "tool-ff112233aabbccdd"


def test_a_made_up_id_does_not_take_a_configured_one() -> None:
    known = names(**{"tool-bbccdd": SECOND.hex()})
    assert known.id_of(FIRST, "") == f"tool-{FIRST.hex()}"


def test_the_settings_name_wins_over_the_tools_own() -> None:
    known = names({"mat": FIRST.hex()}, couch=FIRST.hex())
    assert known.id_of(FIRST, "mat") == "couch"


def test_a_name_in_the_settings_is_kept_for_its_tool() -> None:
    assert names(mat=SECOND.hex()).id_of(FIRST, "mat") == "tool-bbccdd"


def test_a_forgotten_name_is_free_for_another_tool() -> None:
    known = names({"mat": FIRST.hex()})
    known.forget("mat")
    assert known.id_of(SECOND, "mat") == "mat"


async def test_names_are_kept_over_a_restart_whoever_comes_first(
    daemon: SmallDaemon, tool: BenchTool
) -> None:
    other = BenchTool(daemon.clock, serial=SECOND, uid=5)
    await daemon.start()
    await daemon.connect(tool)
    await daemon.connect(other)
    await daemon.stop()
    await daemon.start()
    await daemon.connect(other)
    await daemon.connect(tool)
    serials = {live.identity.tool: live.identity.serial for live in daemon.fleet}
    assert serials == {"mat": tool.serial, "tool-556677": SECOND}
