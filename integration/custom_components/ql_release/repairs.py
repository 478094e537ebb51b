"""Repairs platform for QL Release: what can be set right by answering a question."""

from collections.abc import Callable

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .care.bridge_flow import BridgeFlow
from .care.bridges import OTHER_VERSION, SILENT
from .care.check_flow import CheckFlow
from .care.threshold_flow import ThresholdFlow
from .care.thresholds import MISSING, OLD
from .care.tools import BATTERY, FAULT, UNCALIBRATED
from .coaching.delivery.fix_flow import TargetFlow
from .coaching.delivery.issues import PREFIX as DELIVERY
from .leaving.departures import REMOVED
from .leaving.fix_flow import DepartureFlow

type MakeFlow = Callable[[dict[str, str]], RepairsFlow]

FLOWS: dict[str, MakeFlow] = {
    BATTERY: CheckFlow,
    DELIVERY: TargetFlow,
    FAULT: CheckFlow,
    MISSING: ThresholdFlow,
    OLD: ThresholdFlow,
    OTHER_VERSION: CheckFlow,
    REMOVED: DepartureFlow,
    SILENT: BridgeFlow,
    UNCALIBRATED: CheckFlow,
}
"""By what issue ids begin with."""


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, data: dict[str, str] | None
) -> RepairsFlow:
    """Return the flow that sets an issue right; without a question it is only confirmed."""
    make = next((flow for start, flow in FLOWS.items() if issue_id.startswith(f"{start}_")), None)
    return ConfirmRepairFlow() if make is None or data is None else make(data)
