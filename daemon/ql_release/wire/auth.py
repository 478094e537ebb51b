"""Mutual proof that tool and host hold the same key (docs/wire.md, AUTH).

Nonces come from the caller: making them is I/O. Each may be used once.
"""

import hmac

from ql_release.wire.limits import SERIAL_BYTES

NONCE_BYTES = 16
"""128 random bits: none comes twice in the life of a key."""
PROOF_BYTES = 32
"""Of HMAC-SHA256."""

_TOOL = b"ql-release tool"
_HOST = b"ql-release host"


def tool_proof(key: bytes, host_nonce: bytes, tool_nonce: bytes, serial: bytes) -> bytes:
    """Return what only a tool that has the key can answer to the host's nonce.

    Raises:
        ValueError: for an empty key, or a nonce or serial of a wrong length.
    """
    return _proof(key, _TOOL, (host_nonce, tool_nonce), serial)


def host_proof(key: bytes, host_nonce: bytes, tool_nonce: bytes, serial: bytes) -> bytes:
    """Return what only a host that has the key can answer to the tool's nonce.

    Raises:
        ValueError: for an empty key, or a nonce or serial of a wrong length.
    """
    return _proof(key, _HOST, (tool_nonce, host_nonce), serial)


def proofs_match(expected: bytes, received: bytes) -> bool:
    """Return whether two proofs are the same, in a time that does not tell how far they are."""
    return hmac.compare_digest(expected, received)


def _proof(key: bytes, role: bytes, nonces: tuple[bytes, bytes], serial: bytes) -> bytes:
    if not key:
        raise ValueError("the key is empty: write one into the key file")
    if any(len(nonce) != NONCE_BYTES for nonce in nonces):
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes: make a new one")
    if len(serial) != SERIAL_BYTES:
        raise ValueError(f"a serial number has {SERIAL_BYTES} bytes, not {len(serial)}")
    return hmac.digest(key, role + b"".join(nonces) + serial, "sha256")
