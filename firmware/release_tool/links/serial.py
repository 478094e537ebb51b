"""Serial: USB or UART on a board, a terminal device on a computer.

Text that a board prints at boot, before the first zero byte, is skipped by the other side.
"""

from release_tool.links.link import Link
from release_tool.wire.framing import CobsFraming


def serial_link(tool, open_port, framing=CobsFraming, again=None):
    """Return the link over a serial port.

    Args:
        tool: the `Tool`.
        open_port: async function of the hardware that returns an asyncio (reader, writer).
        framing: function that makes the framing of each opening.
        again: see `Link`.
    """
    return Link(tool, "serial", open_port, framing, again)
