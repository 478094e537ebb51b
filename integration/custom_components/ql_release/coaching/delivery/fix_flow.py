"""The repair of a target that is gone: another one takes its place, or none."""

from dataclasses import replace
from typing import Any

import probatio
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ...const import CONF_DELIVERY
from ..settings import DeliverySettings, delivery_settings, stored
from .speech import MEDIA_PLAYER, SATELLITE
from .targets import async_reachable

CONF_INSTEAD = "instead"


class TargetFlow(RepairsFlow):
    """Asks what is to take the place of a target."""

    def __init__(self, data: dict[str, str]) -> None:
        """Take what the issue says: whose target it is, and which."""
        self._entry_id = data["entry_id"]
        self._subentry_id = data["subentry_id"]
        self._target = data["target"]
        self._words = {"person": data["person"], "target": data["target"]}

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_instead()

    async def async_step_instead(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for another target; an empty field takes the old one out."""
        if user_input is not None:
            self._replace(user_input.get(CONF_INSTEAD))
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="instead",
            data_schema=probatio.Schema(
                {probatio.Optional(CONF_INSTEAD): _selector(self.hass, self._target)}
            ),
            description_placeholders=self._words,
        )

    @callback
    def _replace(self, new: str | None) -> None:
        """Change what the person has chosen, unless they have gone meanwhile."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        subentry = None if entry is None else entry.subentries.get(self._subentry_id)
        if entry is None or subentry is None:
            return
        settings = replaced(delivery_settings(subentry), self._target, new)
        data = {**subentry.data, CONF_DELIVERY: stored(settings)}
        self.hass.config_entries.async_update_subentry(entry, subentry, data=data)


def replaced(settings: DeliverySettings, old: str, new: str | None) -> DeliverySettings:
    """Return settings in which one target has taken the place of another."""

    def each(names: tuple[str, ...]) -> tuple[str, ...]:
        found = (new if name == old else name for name in names)
        return tuple(dict.fromkeys(name for name in found if name))

    return replace(
        settings,
        targets=each(settings.targets),
        speak=each(settings.speak),
        tts=new if settings.tts == old else settings.tts,
    )


def _selector(hass: HomeAssistant, target: str) -> SelectSelector | EntitySelector:
    """Return what may take the place of a target: of its own kind."""
    domain = target.partition(".")[0]
    if domain in (MEDIA_PLAYER, SATELLITE):
        return EntitySelector(EntitySelectorConfig(domain=[MEDIA_PLAYER, SATELLITE]))
    if domain == "tts":
        return EntitySelector(EntitySelectorConfig(domain=["tts"]))
    return SelectSelector(
        SelectSelectorConfig(
            options=async_reachable(hass), custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )
