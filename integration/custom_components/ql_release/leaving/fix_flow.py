"""The repair of a person who was removed: what is kept of them stays, or goes."""

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..coordinator import loaded
from .departures import Departures


class DepartureFlow(RepairsFlow):
    """Asks whether all is to be erased."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says: who was removed, and whose person that was."""
        self._entry_id = data["entry_id"]
        self._person = data["id"]
        self._words = {"person": data["person"]}

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask."""
        return self.async_show_menu(
            menu_options=["keep", "erase"], description_placeholders=self._words
        )

    async def async_step_keep(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Let it stay."""
        if departures := self._departures():
            departures.async_keep(self._person)
            return self.async_create_entry(data={})
        return self.async_abort(reason="not_loaded")

    async def async_step_erase(
        self, _user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Have it erased."""
        if departures := self._departures():
            departures.async_erase(self._person)
            return self.async_create_entry(data={})
        return self.async_abort(reason="not_loaded")

    def _departures(self) -> Departures | None:
        coordinator = loaded(self.hass, self._entry_id)
        return None if coordinator is None else coordinator.departures
