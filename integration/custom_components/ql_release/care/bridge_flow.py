"""The repair of a bridge that is silent: wait for it, or remove it."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..coordinator import loaded


class BridgeFlow(RepairsFlow):
    """Asks whether the bridge will be back."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says."""
        self._entry_id = data["entry_id"]
        self._bridge = data["bridge"]
        self._words = {"bridge": data["bridge"]}

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask."""
        return self.async_show_menu(
            menu_options=["wait", "remove"], description_placeholders=self._words
        )

    async def async_step_wait(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let it be; a day later it is told of again."""
        return self.async_create_entry(data={})

    async def async_step_remove(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Remove its device."""
        coordinator = loaded(self.hass, self._entry_id)
        if coordinator is None:
            return self.async_abort(reason="not_loaded")
        coordinator.async_forget_bridge(self._bridge)
        return self.async_create_entry(data={})
