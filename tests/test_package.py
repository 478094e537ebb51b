"""The package that users install holds what it must, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def names(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel and list it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=repository,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_all_of_the_daemon(names: set[str], repository: Path) -> None:
    """A module that is in the checkout but not in the package works only for its author."""
    daemon = repository / "daemon"
    modules = {str(path.relative_to(daemon)) for path in daemon.rglob("*.py")}
    assert modules
    assert modules <= names


def test_wheel_holds_the_firmware(names: set[str], repository: Path) -> None:
    """`ql-release demo` runs the real firmware, from an installed package too."""
    firmware = repository / "firmware"
    wanted = {
        f"ql_release/_firmware/{path.relative_to(firmware)}" for path in firmware.rglob("*.py")
    }
    assert wanted
    assert wanted <= names


def test_wheel_holds_the_unit_file(names: set[str]) -> None:
    """It lands beside the command, where packagers look for it."""
    assert any(name.endswith("/data/lib/systemd/system/ql-release.service") for name in names)


def test_wheel_holds_nothing_else(names: set[str]) -> None:
    """No tests, caches or scripts."""
    assert all(name.startswith(("ql_release/", "ql_release-")) for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".mpy"))]
