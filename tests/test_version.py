"""Daemon, integration and firmware have one version."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from version import PLACES, VersionError, set_version, version_of

from ql_release import __version__


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """Return a checkout that holds nothing but the files with the version."""
    for place in PLACES:
        (tmp_path / place.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / place.path, tmp_path / place.path)
    return tmp_path


def test_all_parts_have_the_same() -> None:
    """It is the daemon's own."""
    assert version_of() == __version__


def test_it_is_set_in_all_places(copy: Path) -> None:
    """And nothing but the version changes."""
    before = {place.path: (copy / place.path).read_text("utf-8") for place in PLACES}
    set_version("12.34.5", copy)
    assert version_of(copy) == "12.34.5"
    assert (
        "FIRMWARE_VERSION = (12, 34, 5)" in (copy / "firmware/release_tool/control.py").read_text()
    )
    set_version(__version__, copy)
    assert {place.path: (copy / place.path).read_text("utf-8") for place in PLACES} == before


@pytest.mark.parametrize("wrong", ["1.2", "v1.2.3", "1.2.3b1", "1.2.256", ""])
def test_what_is_no_version_is_refused(copy: Path, wrong: str) -> None:
    """Nothing is set then."""
    with pytest.raises(VersionError, match="three numbers"):
        set_version(wrong, copy)
    assert version_of(copy) == __version__


def test_two_versions_are_told(copy: Path) -> None:
    """Each with where it stands."""
    PLACES[1].write(copy, "9.9.9")
    with pytest.raises(VersionError, match=r"9\.9\.9  integration/custom_components"):
        version_of(copy)


def test_a_place_that_moved_is_told(copy: Path) -> None:
    """Before anything is written."""
    (copy / PLACES[-1].path).write_text("")
    with pytest.raises(VersionError, match=r"control\.py: no single version"):
        set_version("9.9.9", copy)
    assert PLACES[0].read(copy) == __version__


def test_the_command_says_it(repository: Path) -> None:
    """As `make version` does."""
    said = subprocess.run(
        [sys.executable, repository / "scripts/version.py"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout == f"{__version__}\n"
