"""The desk for commands with everyone who carries them out, made when the first command comes.

A daemon that is never asked anything does without all of its modules, half a megabyte.
"""

from ql_release.mqtt.commands import CommandDesk
from ql_release.tools.bridge_ops import BridgeOps
from ql_release.tools.fleet import Fleet
from ql_release.tools.surroundings import Surroundings
from ql_release.tools.tool_ops import ToolOps


def open_desk(around: Surroundings, fleet: Fleet) -> CommandDesk:
    """Return a desk that takes every command of the contract."""
    desk = CommandDesk(
        around.topics,
        around.journal,
        around.clock,
        reply=around.publisher.reply,
        knows_tool=fleet.knows,
    )
    ToolOps(fleet, around.people, around.journal).register(desk)
    BridgeOps(fleet, around.people, around.journal).register(desk)
    return desk
