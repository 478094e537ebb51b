"""Which firmware runs, and under what."""

import subprocess
import sys
from pathlib import Path

import pytest

from ql_release.demo import firmware
from ql_release.demo.firmware import FirmwareMissingError, find_firmware, find_micropython


def program(folder: Path, name: str = "micropython") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_variable_comes_first_then_the_path(tmp_path: Path) -> None:
    named = program(tmp_path / "named", "my-micropython")
    on_path = program(tmp_path / "path")
    environ = {"PATH": str(on_path.parent)}
    assert find_micropython(environ) == str(on_path)
    assert find_micropython({**environ, firmware.VARIABLE: str(named)}) == str(named)


def test_one_unpacked_beside_the_checkout_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = program(tmp_path / "bin")
    monkeypatch.setattr(firmware, "UNPACKED", unpacked)
    assert find_micropython({"PATH": ""}) == str(unpacked)
    unpacked.chmod(0o644)
    unpacked.unlink()
    assert find_micropython({"PATH": ""}) is None


@pytest.mark.parametrize("name", ["", "/does/not/exist"])
def test_without_micropython_the_firmware_runs_under_this_python_and_says_so(name: str) -> None:
    found = find_firmware({"PATH": "", firmware.VARIABLE: name})
    assert found.command[0] == sys.executable
    assert found.runs_on.startswith("CPython 3.")
    assert Path(found.command[1]).is_file()


def test_the_firmware_found_is_the_one_of_the_checkout(repository: Path) -> None:
    found = find_firmware({"PATH": "", firmware.VARIABLE: ""})
    assert found.folder == repository / "firmware"
    done = subprocess.run(found.command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--trace" in done.stderr


def test_an_installed_wheel_brings_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "_firmware"
    inside.mkdir()
    (inside / firmware.LAUNCHER).write_text("", encoding="utf-8")
    monkeypatch.setattr(firmware, "PLACES", (inside, tmp_path / "beside"))
    assert find_firmware({"PATH": ""}).folder == inside


def test_without_firmware_people_are_told_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmware, "PLACES", (tmp_path / "a", tmp_path / "b"))
    with pytest.raises(FirmwareMissingError, match=r"is not in .*/a or .*/b; install the wheel"):
        find_firmware({"PATH": ""})
