"""Let programs that were unpacked under the checkout find their own loader and libraries."""

import shutil
import sys
from pathlib import Path

from checkout import SetupError, run

LAUNCHER = """#!/bin/sh
# The 32-bit MicroPython through its own loader: the machine itself needs no 32-bit libraries.
root=$(dirname "$(dirname "$(readlink -f "$0")")")/{root}
exec "$root/{loader}" --library-path "$root/{libraries}" "$root/{program}" "$@"
"""


def adopt(program: Path, root: Path) -> None:
    """Point an unpacked program at the loader and the libraries of its own root.

    Raises:
        SetupError: patchelf is missing or refuses the file.

    """
    patchelf = _patchelf()
    present = run([patchelf, "--print-interpreter", program], f"{program.name} is no program")
    loader = libraries(root) / Path(present.strip()).name
    if present.strip() == str(loader):
        return
    where = f"$ORIGIN/{Path('..', libraries(root).relative_to(root / 'usr'))}"
    change = ["--set-interpreter", str(loader), "--force-rpath", "--set-rpath", where]
    run([patchelf, *change, program], f"{program.name} cannot be relocated")


def libraries(root: Path) -> Path:
    """Return the folder of an unpacked root that holds its C library.

    Raises:
        SetupError: There is none.

    """
    for found in sorted(root.glob("usr/lib/*-linux-gnu*/libc.so.6")):
        return found.parent
    raise SetupError(f"{root.name} holds no C library")


def link_headers(root: Path) -> None:
    """Let C extensions build against the unpacked Python: its headers name a system folder."""
    triplet = libraries(root).name
    for headers in sorted(root.glob(f"usr/include/{triplet}/python3.*")):
        link = root / "usr" / "include" / headers.name / triplet / headers.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(Path("..", "..", triplet, headers.name))


def launcher(program: Path, root: Path) -> str:
    """Return a shell script, for a `bin` folder beside the root, that starts a foreign program.

    Raises:
        SetupError: The root holds no loader.

    """
    folder = libraries(root)
    for loader in sorted(folder.glob("ld-linux*.so.*")):
        return LAUNCHER.format(
            root=root.name,
            loader=loader.relative_to(root),
            libraries=folder.relative_to(root),
            program=program.relative_to(root),
        )
    raise SetupError(f"{root.name} holds no program loader")


def _patchelf() -> str:
    beside = Path(sys.prefix) / "bin" / "patchelf"
    found = str(beside) if beside.exists() else shutil.which("patchelf")
    if not found:
        raise SetupError("patchelf is missing: run `make venv`, which brings it")
    return found
