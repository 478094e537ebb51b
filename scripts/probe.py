"""Ask a program whether it runs here and is new enough."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin"
"""Where servers lie; an ordinary user's PATH leaves them out."""

PATIENCE_S = 60
"""A program that answers a question about its version no sooner than this hangs."""

MICROPYTHON = """
import asyncio, binascii, hashlib, json, select, socket, struct, sys, termios
print(".".join(str(n) for n in sys.implementation[1][:3]), 64 if sys.maxsize > 1 << 32 else 32)
"""
"""Imports what the firmware needs of its host; small builds lack some of it."""

PYTHON = "import ssl, sqlite3, sys, venv; print('.'.join(str(n) for n in sys.version_info[:3]))"

Probe = Callable[[Path], str | None]
"""Takes a program, returns its version, or None when it does not do."""


def on_path(name: str, outside: Path) -> Path | None:
    """Return a program of that name on PATH, unless it lies in the folder we fill ourselves."""
    for path in (None, SYSTEM_FOLDERS):
        found = shutil.which(name, path=path)
        if found and not Path(found).is_relative_to(outside):
            return Path(found)
    return None


def micropython(program: Path) -> str | None:
    """Accept MicroPython 1.24 or newer, of either word size."""
    answer = _ask(program, "-c", MICROPYTHON).split()
    return answer[0] if answer and _at_least(answer[0], (1, 24)) else None


def micropython32(program: Path) -> str | None:
    """Accept a MicroPython whose integers and ticks are those of a 32-bit board."""
    answer = _ask(program, "-c", MICROPYTHON).split()
    return micropython(program) if answer[1:] == ["32"] else None


def mosquitto(program: Path) -> str | None:
    """Accept the broker or a client of Mosquitto 2 or newer: 1.x listens everywhere by default."""
    found = re.search(r"version (\d+(?:\.\d+)+)", _ask(program, "--help"))
    return found[1] if found and _at_least(found[1], (2,)) else None


def mosquitto_passwd(program: Path) -> str | None:
    """Accept the tool that writes password files; it does not tell its version."""
    return "2" if "passwordfile" in _ask(program, "--help") else None


def nats_server(program: Path) -> str | None:
    """Accept NATS 2.10 or newer: the first that can write each message to disk at once."""
    found = re.search(r"v(\d+(?:\.\d+)+)", _ask(program, "--version"))
    return found[1] if found and _at_least(found[1], (2, 10)) else None


def python314(program: Path) -> str | None:
    """Accept a Python 3.14 with the modules that Debian splits off."""
    version = _ask(program, "-c", PYTHON).strip()
    return version if _at_least(version, (3, 14)) else None


def _ask(program: Path, *arguments: str) -> str:
    """Return all that a program prints; nothing when it cannot be started."""
    try:
        done = subprocess.run(
            [program, *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def _at_least(version: str, wanted: tuple[int, ...]) -> bool:
    numbers = re.fullmatch(r"\d+(\.\d+)*", version)
    return bool(numbers) and tuple(int(n) for n in version.split(".")) >= wanted
