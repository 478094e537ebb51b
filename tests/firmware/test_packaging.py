"""What goes onto a board is what the board needs, all of it."""

import json
import re
from pathlib import Path

ON_COMPUTERS_ALONE = {
    "release_tool/hal/trace.py",
    "release_tool/hal/tty.py",
    "release_tool/hal/unix.py",
    "release_tool/hal/virtual.py",
}


def modules(firmware: Path) -> set[str]:
    """Return every module of the package by its path on the board."""
    found = firmware.glob("release_tool/**/*.py")
    return {path.relative_to(firmware).as_posix() for path in found}


def test_the_package_lists_every_module_of_a_board(firmware: Path) -> None:
    """`mip install` brings all modules but those that only make sense on a computer."""
    package = json.loads((firmware / "package.json").read_text(encoding="utf-8"))
    assert {target for target, _ in package["urls"]} == modules(firmware) - ON_COMPUTERS_ALONE
    assert all(target == source for target, source in package["urls"])


def test_what_a_board_has_imports_nothing_that_it_has_not(firmware: Path) -> None:
    """No module of a board imports one that stays on computers."""
    absent = {name.removesuffix(".py").replace("/", ".") for name in ON_COMPUTERS_ALONE}
    for name in modules(firmware) - ON_COMPUTERS_ALONE:
        text = (firmware / name).read_text(encoding="utf-8")
        imported = set(re.findall(r"^\s*(?:from|import) (release_tool[\w.]*)", text, re.MULTILINE))
        assert not imported & absent, name


def test_only_the_board_knows_the_board(firmware: Path) -> None:
    """`machine` is imported by the board's hardware object and `boot.py` alone."""
    users = {
        path.relative_to(firmware).as_posix()
        for path in firmware.glob("**/*.py")
        if re.search(r"^(?:from|import) machine\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert users == {"boot.py", "release_tool/hal/board.py"}


def test_the_image_holds_all_that_runs_at_power_up(firmware: Path) -> None:
    """An image without `boot.py` would have no safe mode."""
    manifest = (firmware / "manifest.py").read_text(encoding="utf-8")
    frozen = set(re.findall(r'^module\("([\w.]+)"', manifest, re.MULTILINE))
    assert frozen == {"boot.py", "main.py"}


def test_package_and_image_have_the_same_version(firmware: Path) -> None:
    """The version stands in three places, which agree."""
    package = json.loads((firmware / "package.json").read_text(encoding="utf-8"))["version"]
    manifest = (firmware / "manifest.py").read_text(encoding="utf-8")
    control = (firmware / "release_tool" / "control.py").read_text(encoding="utf-8")
    assert f'version="{package}"' in manifest
    assert f"FIRMWARE_VERSION = ({package.replace('.', ', ')})" in control
