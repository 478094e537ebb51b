"""Where inputs begin: the golden vectors and examples of the contracts, and right files."""

import json
from functools import cache
from typing import Any

from program_paths import ROOT

WIRE = ROOT / "tests" / "contract" / "wire"
EXAMPLES = ROOT / "tests" / "contract" / "mqtt" / "examples"
DEEP = 5_000
"""Levels of nesting that no honest document has, more than the interpreter's stack takes."""


@cache
def vectors(name: str) -> list[dict[str, Any]]:
    """Return the vectors of a file."""
    found: list[dict[str, Any]] = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return found


def messages() -> list[bytes]:
    """Return messages of every kind, also malformed ones."""
    names = ("samples", "statuses", "events", "malformed")
    found = [bytes.fromhex(vector["hex"]) for name in names for vector in vectors(name)]
    return [message for message in found if message] + replies() + requests()


def replies() -> list[bytes]:
    """Return a tool's replies to every op."""
    return [bytes.fromhex(one["reply"]) for one in _exchanges()]


def requests() -> list[bytes]:
    """Return a host's requests of every op."""
    return [bytes.fromhex(one["request"]) for one in _exchanges()]


def lines(framing: str) -> list[bytes]:
    """Return framed messages."""
    return [bytes.fromhex(vector[framing]) for vector in vectors("framings")]


def examples(pattern: str) -> list[bytes]:
    """Return payloads of the MQTT contract."""
    return [path.read_bytes() for path in sorted(EXAMPLES.glob(pattern))]


def hostile_json() -> list[bytes]:
    """Return documents that are JSON, and too much of it."""
    return [
        b"[" * DEEP,
        b'{"id":' * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"id": "a", "op": "history", "sent": ' + b"9" * DEEP + b"}",
        b'{"at": "2026-11-20T17:03:09.250Z", "uptime_s": 1e999, "start_nonce": 1}',
        b'{"at": "2026-11-20T17:03:09.250Z", "uptime_s": "' + b"x" * DEEP + b'"}',
    ]


def blocks() -> list[bytes]:
    """Return calibration blocks."""
    return [bytes.fromhex(vector["hex"]) for vector in vectors("calibrations")]


def _exchanges() -> list[dict[str, Any]]:
    conversations: Any = vectors("conversations")
    found: list[dict[str, Any]] = conversations["exchanges"]
    return found
