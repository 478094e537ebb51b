"""Tool and host prove to each other that they know the same key.

HMAC-SHA256 (RFC 2104), because MicroPython has the hash but not the HMAC. Each side's proof
covers both nonces and the tool's serial under a label of its own, so that neither can be
reflected, replayed or used for another tool.
"""

import hashlib

from release_tool.compat import const

_BLOCK = const(64)
_INNER = const(0x36)
_OUTER = const(0x5C)
_TOOL = b"ql-release tool"
_HOST = b"ql-release host"

_NONCE_SIZE = const(16)


def hmac_sha256(key, message):
    """Return the HMAC-SHA256 of a message."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    key = key + bytes(_BLOCK - len(key))
    inner = hashlib.sha256(bytes(b ^ _INNER for b in key))
    inner.update(message)
    outer = hashlib.sha256(bytes(b ^ _OUTER for b in key))
    outer.update(inner.digest())
    return outer.digest()


def equal(one, other):
    """Return whether two byte strings are equal, in a time that tells nothing of where."""
    if len(one) != len(other):
        return False
    difference = 0
    for place in range(len(one)):
        difference |= one[place] ^ other[place]
    return difference == 0


class Authenticator:
    """The tool's side of AUTH on one connection.

    Attributes:
        passed: whether frames and other requests are allowed.

    Args:
        key: the shared key, None when none is asked for.
        serial: the tool's serial, 8 bytes.
        urandom: function that returns random bytes.
    """

    def __init__(self, key, serial, urandom):
        self._key = key
        self._serial = serial
        self._urandom = urandom
        self._nonces = None
        self.passed = key is None

    @property
    def needed(self):
        """Whether a key is configured."""
        return self._key is not None

    def challenge(self, host_nonce):
        """Return the tool's nonce and its proof; begins anew."""
        self.passed = False
        tool_nonce = self._urandom(_NONCE_SIZE)
        self._nonces = (host_nonce, tool_nonce)
        proof = hmac_sha256(self._key, _TOOL + host_nonce + tool_nonce + self._serial)
        return tool_nonce + proof

    def check(self, proof):
        """Return whether the host's proof is right; either way its nonces are used up."""
        if self._nonces is None:
            return False
        host_nonce, tool_nonce = self._nonces
        self._nonces = None
        expected = hmac_sha256(self._key, _HOST + tool_nonce + host_nonce + self._serial)
        self.passed = equal(proof, expected)
        return self.passed
