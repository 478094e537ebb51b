"""The repair of a sensor that fails: see to it, then look again."""

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..contract.tool import Quality
from ..coordinator import loaded


class FaultFlow(RepairsFlow):
    """Is done when the sensor works."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says."""
        self._entry_id = data["entry_id"]
        self._serial = data["serial"]
        self._words = {"tool": data["tool"]}

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_check()

    async def async_step_check(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what to see to, and look once that is done."""
        errors = {}
        if user_input is not None:
            if self._works():
                return self.async_create_entry(data={})
            errors["base"] = "still_there"
        return self.async_show_form(
            step_id="check",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._words,
        )

    def _works(self) -> bool:
        coordinator = loaded(self.hass, self._entry_id)
        tool = coordinator and coordinator.data.by_serial(self._serial)
        return bool(tool and tool.state and tool.state.quality is not Quality.FAULT)
