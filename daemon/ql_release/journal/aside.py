"""Setting a damaged file aside, and putting the new one in its place.

Between the first rename and the last there may be a power cut. The new file is whole before that,
under a name that says so: whoever opens the journal next goes on where this was cut short.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ql_release.journal.rescue import Rescued

MOST_ASIDE = 9
"""Files kept aside: where more are damaged the computer itself is failing, and the last is
replaced, lest they fill the disk. What could be read of it is in the file that came after."""
_BESIDE = ("-wal", "-shm", "")
"""A file's log and index go with it, and before it: the log must never meet the new file."""


def set_aside(path: Path) -> tuple[Path, "Rescued"]:
    """Begin a journal anew with what can be read of it; return where the damaged file is.

    Raises:
        sqlite3.Error: when the new file cannot be written: nothing was changed.
        OSError: the same.
    """
    from ql_release.journal.rescue import rescue  # noqa: PLC0415 - few starts need it

    unfinished = path.with_name(f"{path.name}-rescue")
    try:
        rescued = rescue(path, unfinished)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(_rescued(path))
    _sync(path.parent)
    return finish(path), rescued


def is_unfinished(path: Path) -> bool:
    """Return whether a file was about to be set aside when the daemon ended."""
    return _rescued(path).exists()


def finish(path: Path) -> Path:
    """Move what is left of the damaged file, then put the new one in its place."""
    aside = _free_name(path)
    log, index = (path.with_name(f"{path.name}{suffix}") for suffix in _BESIDE[:2])
    if log.exists() and not log.stat().st_size:
        log.unlink()
        index.unlink(missing_ok=True)
    for suffix in _BESIDE:
        beside = path.with_name(f"{path.name}{suffix}")
        if beside.exists():
            beside.replace(aside.with_name(f"{aside.name}{suffix}"))
    _sync(path.parent)
    _rescued(path).replace(path)
    _sync(path.parent)
    return aside


def mark_suspect(path: Path) -> None:
    """Have a file checked whole, however large it is, when it is opened next."""
    _suspect(path).touch()


def is_suspect(path: Path) -> bool:
    """Return whether it is to be checked whole."""
    return _suspect(path).exists()


def clear_suspect(path: Path) -> None:
    """It was checked, or is not there any more."""
    _suspect(path).unlink(missing_ok=True)


def _rescued(path: Path) -> Path:
    return path.with_name(f"{path.name}-rescued")


def _suspect(path: Path) -> Path:
    return path.with_name(f"{path.name}-suspect")


def _free_name(path: Path) -> Path:
    """Return `journal-damaged-1.db` or the next one that is free."""
    names = [
        path.with_name(f"{path.stem}-damaged-{number}{path.suffix}")
        for number in range(1, MOST_ASIDE + 1)
    ]
    return next((name for name in names if not name.exists()), names[-1])


def _sync(folder: Path) -> None:
    """Have the disk note what was renamed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
