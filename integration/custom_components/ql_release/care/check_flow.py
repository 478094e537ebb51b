"""The repair of what is set right elsewhere: see to it, then look again."""

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..coordinator import loaded


class CheckFlow(RepairsFlow):
    """Is done when the cause has gone, and the issue with it."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says."""
        self._entry_id = data["entry_id"]
        self._words = {key: value for key, value in data.items() if key != "entry_id"}

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_check()

    async def async_step_check(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what to see to, and look once that is done."""
        errors = {}
        if user_input is not None:
            coordinator = loaded(self.hass, self._entry_id)
            if coordinator is None:
                return self.async_abort(reason="not_loaded")
            if not coordinator.care.board.stands(self.issue_id):
                return self.async_create_entry(data={})
            errors["base"] = "still_there"
        return self.async_show_form(
            step_id="check",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._words,
        )
