"""The repair of a threshold that is not known, or old: measure it, or give it by hand."""

from typing import Any, Final

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)

from ..contract import commands
from ..contract.commands import MAX_THRESHOLD_N
from ..coordinator import QlReleaseCoordinator, loaded
from ..desk import CommandError
from ..people import Person

CONF_TOOL: Final = "tool"
CONF_NEWTONS: Final = "threshold_n"
NEWTONS = NumberSelector(
    NumberSelectorConfig(
        min=1,
        max=MAX_THRESHOLD_N,
        step=0.5,
        mode=NumberSelectorMode.BOX,
        unit_of_measurement="N",
    )
)


class ThresholdFlow(RepairsFlow):
    """Leads to a threshold."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says: whose threshold."""
        self._entry_id = data["entry_id"]
        self._person = data["id"]
        self._words = {"person": data["person"]}

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask which way."""
        return self.async_show_menu(
            menu_options=["measure", "enter"], description_placeholders=self._words
        )

    async def async_step_measure(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Have a tool begin to measure; it leads on from there."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="not_loaded")
        coordinator, person = found
        tools = _that_measure(coordinator)
        if not tools:
            return self.async_abort(reason="no_tool")
        errors = {}
        if user_input is not None:
            if await _async_begin(coordinator, user_input[CONF_TOOL], person):
                return self.async_create_entry(data={})
            errors["base"] = "not_begun"
        return self.async_show_form(
            step_id="measure",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_TOOL, default=tools[0]["value"]): SelectSelector(
                        SelectSelectorConfig(options=tools)
                    )
                }
            ),
            errors=errors,
            description_placeholders=self._words,
        )

    async def async_step_enter(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take it as it is given."""
        found = self._found()
        if found is None:
            return self.async_abort(reason="not_loaded")
        coordinator, person = found
        if user_input is not None:
            coordinator.people.async_set_threshold(person, user_input[CONF_NEWTONS])
            return self.async_create_entry(data={})
        known = person.profile.threshold_n
        field = probatio.Required(
            CONF_NEWTONS, description=None if known is None else {"suggested_value": known}
        )
        return self.async_show_form(
            step_id="enter",
            data_schema=probatio.Schema({field: NEWTONS}),
            description_placeholders=self._words,
        )

    def _found(self) -> tuple[QlReleaseCoordinator, Person] | None:
        coordinator = loaded(self.hass, self._entry_id)
        person = coordinator and coordinator.people.by_id(self._person)
        return (coordinator, person) if coordinator and person else None


def _that_measure(coordinator: QlReleaseCoordinator) -> list[SelectOptionDict]:
    """Return the tools that are there and can measure a threshold."""
    op = commands.measure_threshold().op
    return [
        SelectOptionDict(value=hello.serial, label=tool.id)
        for hello, tool in coordinator.data.devices()
        if op in hello.ops and coordinator.data.is_available(tool)
    ]


async def _async_begin(coordinator: QlReleaseCoordinator, serial: str, person: Person) -> bool:
    """Have a tool measure a person's threshold; return whether it does."""
    tool = coordinator.data.by_serial(serial)
    if tool is None:
        return False
    try:
        await coordinator.async_ask_tool(tool, commands.use_by(person.id))
        await coordinator.async_ask_tool(tool, commands.measure_threshold())
    except CommandError:
        return False
    return True
