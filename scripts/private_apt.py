"""Unpack Debian packages of another release into a folder, without touching the system.

A private apt: its own lists, cache and empty list of installed packages. Needs no root.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checkout import SetupError, run
from machine_apt import Mirror, mirrors

SUITE = "forky"
"""Debian 14: the first with Python 3.14, which Home Assistant 2026.10 and later need."""

STAMP = ".complete"

WORK = "unpack-"
"""How work folders are called; one that is there at the start was left by a run that was killed."""


@dataclass(frozen=True, slots=True)
class Unpacking:
    """One folder of unpacked packages.

    Attributes:
        root: Where they go.
        packages: Their names; what they depend on comes along.
        architecture: Debian's name of it; empty for the machine's own.

    """

    root: Path
    packages: tuple[str, ...]
    architecture: str = ""

    def ensure(self, inputs: str) -> None:
        """Have the folder filled; a folder that appears is whole, for it is renamed at the end.

        Args:
            inputs: A hash of what decides the contents; another one than last time starts anew.

        Raises:
            SetupError: No mirror of this machine has the packages.

        """
        stamp = self.root / STAMP
        if stamp.is_file() and stamp.read_text(encoding="utf-8") == inputs:
            return
        print(f"Fetching {', '.join(self.packages)} from Debian {SUITE} …", flush=True)
        for abandoned in self.root.parent.glob(f"{WORK}*"):
            shutil.rmtree(abandoned)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=self.root.parent) as work:
            fresh = Path(work) / "root"
            fresh.mkdir()
            for package in self._download(Path(work)):
                run(["dpkg-deb", "--extract", package, fresh], f"{package.name} is damaged")
            _link_libraries(fresh)
            (fresh / STAMP).write_text(inputs, encoding="utf-8")
            if self.root.exists():
                self.root.rename(Path(work) / "old")
            fresh.rename(self.root)

    def _download(self, work: Path) -> list[Path]:
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise SetupError("this machine has no apt-get and dpkg-deb")
        reasons = []
        for mirror in mirrors():
            try:
                return self._download_from(mirror, work)
            except SetupError as error:
                reasons.append(str(error))
        raise SetupError("; ".join(reasons) or "apt's sources name no Debian mirror")

    def _download_from(self, mirror: Mirror, work: Path) -> list[Path]:
        apt = Path(tempfile.mkdtemp(prefix="apt-", dir=work))
        options = _private(apt, mirror, self.architecture)
        run(["apt-get", *options, "update"], f"no lists of Debian {SUITE}")
        install = ["install", "--yes", "--download-only", *self.packages]
        run(["apt-get", *options, *install], f"no packages of Debian {SUITE}")
        return sorted((apt / "cache" / "archives").glob("*.deb"))


def _private(folder: Path, mirror: Mirror, architecture: str) -> list[str]:
    """Lay out a private apt in a folder and return the options that make apt-get use it."""
    for name in ("lists/partial", "cache/archives/partial", "sources"):
        (folder / name).mkdir(parents=True)
    (folder / "status").touch()
    (folder / "sources" / "private.sources").write_text(mirror.sources(SUITE), encoding="utf-8")
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "sources",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": folder,
        "Dir::State::lists": folder / "lists",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Debug::NoLocking": "1",
        "APT::Default-Release": SUITE,
        "APT::Install-Recommends": "0",
        "APT::Sandbox::User": "",  # the work folder may be closed to apt's own user
        "APT::Update::Error-Mode": "any",  # lists that half came are no lists
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    if architecture:
        settings |= {"APT::Architecture": architecture, "APT::Architectures": architecture}
    return ["-q", *(word for key, value in settings.items() for word in ("-o", f"{key}={value}"))]


def _link_libraries(root: Path) -> None:
    """Give every library the link by its soname: some packages leave that to their own scripts."""
    folders = {path.parent for path in root.glob("usr/lib/*-linux-gnu*/*.so.*")}
    ldconfig: Sequence[str | Path] = ["/sbin/ldconfig", "-n", *sorted(folders)]
    run(ldconfig, "the unpacked libraries cannot be linked")
