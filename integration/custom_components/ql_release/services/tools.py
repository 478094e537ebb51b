"""Actions on a tool: set its zero, say what is worked on, and whether a release was felt."""

from typing import Final

import probatio
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv

from ..contract import commands
from ..contract.common import Placement, Side, Zone
from ..coordinator import QlReleaseCoordinator
from ..household import Tool
from .action import FOR_ONE, Action, refusal, tool_of

MUSCLE: Final = "muscle"
SIDE: Final = "side"
ZONE: Final = "zone"
ZONES: Final = "zones"
RELEASE: Final = "release"
FELT: Final = "felt"

MOST_ZONES: Final = 8
SPOT: Final = "spot"


async def _async_place(call: ServiceCall) -> ServiceResponse:
    """Say what is being worked on; without a side, that it is not known."""
    coordinator, tool = tool_of(call)
    await coordinator.async_ask_tool(tool, commands.place(_placement(call, tool)))
    return None


def _placement(call: ServiceCall, tool: Tool) -> Placement | None:
    side, zone = call.data.get(SIDE), call.data.get(ZONE)
    if side is None or zone is None:
        return None
    muscles = tool.hello.muscles if tool.hello else ()
    muscle = call.data.get(MUSCLE, next(iter(muscles), None))
    if muscle not in muscles:
        raise refusal("unknown_muscle", name=tool.id, known=", ".join(muscles) or "-")
    return Placement(muscle=muscle, side=Side(side), zone=Zone(zone))


async def _async_tare(call: ServiceCall) -> ServiceResponse:
    """Set the zero of force zones."""
    coordinator, tool = tool_of(call)
    zones = call.data.get(ZONES)
    await coordinator.async_ask_tool(
        tool, commands.tare(None if zones is None else [number - 1 for number in zones])
    )
    return None


async def _async_felt(call: ServiceCall) -> ServiceResponse:
    """Answer to a release, the latest of the tool if none is named."""
    coordinator, tool = tool_of(call)
    release = call.data.get(RELEASE, _latest_release(coordinator, tool))
    if release is None:
        raise refusal("no_release", name=tool.id)
    await coordinator.async_ask_tool(tool, commands.felt(release, yes=call.data[FELT]))
    return None


def _latest_release(coordinator: QlReleaseCoordinator, tool: Tool) -> str | None:
    """Return the last release that people were told of; after a restart sessions know it."""
    if tool.last_release is not None:
        return tool.last_release.id
    releases = [
        release
        for session in coordinator.sessions.all()
        if session.tool == tool.id
        for release in session.counted(coordinator.told_confidence)
    ]
    return max(releases, key=lambda release: release.at).id if releases else None


ACTIONS = (
    Action(
        "place",
        _async_place,
        probatio.Schema(
            {
                **FOR_ONE,
                probatio.Optional(MUSCLE): cv.string,
                probatio.Inclusive(SIDE, SPOT): probatio.In([side.value for side in Side]),
                probatio.Inclusive(ZONE, SPOT): probatio.In([zone.value for zone in Zone]),
            }
        ),
    ),
    Action(
        "tare",
        _async_tare,
        probatio.Schema(
            {
                **FOR_ONE,
                probatio.Optional(ZONES): probatio.All(
                    cv.ensure_list,
                    [probatio.All(probatio.Coerce(int), probatio.Range(min=1, max=MOST_ZONES))],
                    probatio.Length(min=1),
                ),
            }
        ),
    ),
    Action(
        "felt",
        _async_felt,
        probatio.Schema(
            {**FOR_ONE, probatio.Optional(RELEASE): cv.string, probatio.Required(FELT): cv.boolean}
        ),
    ),
)
