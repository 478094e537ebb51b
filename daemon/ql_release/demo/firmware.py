"""Finds the tool's firmware and something to run it with."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = "run_unix.py"
VARIABLE = "QL_RELEASE_MICROPYTHON"
"""Names a MicroPython to use, or is empty for none."""
PACKAGE = Path(__file__).resolve().parent.parent
PLACES = (PACKAGE / "_firmware", PACKAGE.parent.parent / "firmware")
"""In an installed wheel the firmware lies within the package, in a checkout beside `daemon/`."""
UNPACKED = PACKAGE.parent.parent / ".tools" / "bin" / "micropython"
"""Where `make` unpacks a MicroPython, beside the checkout's other programs."""


class FirmwareMissingError(Exception):
    """The firmware is not where it should be; the message says where that is."""


@dataclass(frozen=True, slots=True)
class Firmware:
    """The firmware and what runs it.

    Attributes:
        command: the program and the launcher, to be followed by the launcher's options.
        folder: where the firmware's modules are.
        runs_on: what people are told, such as `MicroPython (/usr/bin/micropython)`.
    """

    command: Sequence[str]
    folder: Path
    runs_on: str


def find_firmware(environ: Mapping[str, str] | None = None) -> Firmware:
    """Return the firmware under MicroPython, or under this Python when there is none.

    Args:
        environ: environment variables; the process's own by default.

    Raises:
        FirmwareMissingError: when there is no firmware.
    """
    environ = os.environ if environ is None else environ
    folder = next((place for place in PLACES if (place / LAUNCHER).is_file()), None)
    if folder is None:
        places = " or ".join(str(place) for place in PLACES)
        raise FirmwareMissingError(
            f"The tool's firmware ({LAUNCHER}) is not in {places}; install the wheel or use a "
            "checkout."
        )
    launcher = str(folder / LAUNCHER)
    micropython = find_micropython(environ)
    if micropython:
        return Firmware([micropython, launcher], folder, f"MicroPython ({micropython})")
    version = f"CPython {sys.version_info.major}.{sys.version_info.minor}"
    runs_on = f"{version} (no micropython on PATH or in {VARIABLE})"
    return Firmware([sys.executable, launcher], folder, runs_on)


def find_micropython(environ: Mapping[str, str]) -> str | None:
    """Return a MicroPython: the variable's, else one on PATH, else one unpacked by `make`."""
    named = environ.get(VARIABLE)
    if named is not None:
        return shutil.which(named, path=environ.get("PATH")) if named else None
    on_path = shutil.which("micropython", path=environ.get("PATH"))
    if on_path:
        return on_path
    return str(UNPACKED) if os.access(UNPACKED, os.X_OK) else None
