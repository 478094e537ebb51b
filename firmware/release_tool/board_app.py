"""Puts the tool together on a real board: sensors, configuration in flash, USB."""

from release_tool.app import Tool
from release_tool.config import ConfigStore
from release_tool.hal.board import Board
from release_tool.hal.usb import open_usb
from release_tool.links.serial import serial_link

_CONFIG_DIRECTORY = "/config"
_KEY_FILE = "/config/key"


def _read_key():
    """Return the key of AUTH that was put on the board, None without one."""
    try:
        with open(_KEY_FILE, "rb") as file:
            return file.read().strip() or None
    except OSError:
        return None


async def run():
    """Run for ever."""
    board = Board()
    tool = Tool(board, ConfigStore(_CONFIG_DIRECTORY), _read_key())
    board.start()
    await tool.run([serial_link(tool, open_usb)])
