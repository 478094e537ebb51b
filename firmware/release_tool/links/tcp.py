"""TCP: the tool connects to the daemon, which listens."""

import asyncio

from release_tool.links.link import Link
from release_tool.wire.framing import LengthFraming


def tcp_link(tool, host, port, framing=LengthFraming, again=None):
    """Return the link to a daemon's address.

    Args:
        tool: the `Tool`.
        host: name or address.
        port: TCP port.
        framing: function that makes the framing of each connection.
        again: see `Link`.
    """

    async def open_streams():
        return await asyncio.open_connection(host, port)

    return Link(tool, "tcp", open_streams, framing, again)
