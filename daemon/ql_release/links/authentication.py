"""Tool and daemon prove to each other that they have the same key."""

from collections.abc import Callable

from ql_release.links.channel import Channel
from ql_release.links.errors import AuthenticationError
from ql_release.wire import auth, control
from ql_release.wire.control import AuthReply, Op


async def authenticate(
    channel: Channel, key: bytes | None, serial: bytes, nonce: Callable[[int], bytes]
) -> None:
    """Do both steps of AUTH; return when both sides have proved the key.

    The tool proves it first, so that a false tool learns nothing.

    Args:
        channel: the link to the tool, after HELLO.
        key: the shared key; None when there is none, though the tool asks for it.
        serial: the tool's serial number, from its HELLO.
        nonce: makes so many random bytes; they must never come again.

    Raises:
        AuthenticationError: when either side does not prove it.
        LinkError: when the tool does not answer or goes.
    """
    if key is None:
        raise AuthenticationError(
            f"{channel.label} asks for a shared key and none is configured: set tcp.key_file"
            " to the tool's key"
        )
    host_nonce = nonce(auth.NONCE_BYTES)
    answer = await _challenge(channel, host_nonce)
    expected = auth.tool_proof(key, host_nonce, answer.tool_nonce, serial)
    if not auth.proofs_match(expected, answer.proof):
        raise _tool_failed(channel)
    proof = auth.host_proof(key, host_nonce, answer.tool_nonce, serial)
    reply = await channel.request(Op.AUTH, control.auth_proof(proof))
    if not reply.ok:
        raise AuthenticationError(
            f"{channel.label} does not accept the daemon's key: put the same key on both"
        )


async def _challenge(channel: Channel, host_nonce: bytes) -> AuthReply:
    reply = await channel.request(Op.AUTH, control.auth_challenge(host_nonce))
    if not reply.ok:
        raise _tool_failed(channel)
    try:
        return control.parse_auth(reply.payload)
    except ValueError:
        raise _tool_failed(channel) from None


def _tool_failed(channel: Channel) -> AuthenticationError:
    return AuthenticationError(
        f"{channel.label} could not prove that it has the daemon's key: put the same key on both"
    )
