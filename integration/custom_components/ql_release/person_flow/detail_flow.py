"""The steps for what else can be chosen of a plan that is there."""

from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.util import dt as dt_util

from ..coach import Settings
from ..coaching.settings import coach_settings, source_settings, stored
from ..const import CONF_COACH, CONF_SOURCES
from .cycle import SCHEMA as CYCLE_SCHEMA
from .cycle import cycle_answers, cycle_as, cycle_fault
from .details import (
    CONF_BELOW_CM,
    CONF_SPOTS,
    DESK_SCHEMA,
    REMINDERS_SCHEMA,
    desk_answers,
    reminder_answers,
    spots_answers,
    spots_schema,
    with_desk,
    with_reminders,
    with_spots,
)


class DetailSteps(ConfigSubentryFlow):
    """Steps of a person's flow, each a form of its own."""

    async def async_step_spots(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which spots are worked on, and how."""
        settings = self._plan_there()
        errors = {}
        if user_input is not None:
            if user_input[CONF_SPOTS]:
                return self._update({CONF_COACH: stored(with_spots(settings, user_input))})
            errors[CONF_SPOTS] = "no_spot"
        return self.async_show_form(
            step_id="spots",
            data_schema=self.add_suggested_values_to_schema(
                spots_schema(self.hass), user_input or spots_answers(settings)
            ),
            errors=errors,
        )

    async def async_step_cycle(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a programme of the person's own."""
        settings = self._plan_there()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = cycle_fault(user_input)
            if not errors:
                lifting = replace(settings.lifting, programme=cycle_as(user_input))
                return self._update({CONF_COACH: stored(replace(settings, lifting=lifting))})
        today = dt_util.now(settings.tz).date()
        return self.async_show_form(
            step_id="cycle",
            data_schema=self.add_suggested_values_to_schema(
                CYCLE_SCHEMA, user_input or cycle_answers(settings.lifting.programme, today)
            ),
            errors=errors,
        )

    async def async_step_reminders(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how to remind."""
        settings = self._plan_there()
        if user_input is not None:
            return self._update({CONF_COACH: stored(with_reminders(settings, user_input))})
        return self.async_show_form(
            step_id="reminders",
            data_schema=self.add_suggested_values_to_schema(
                REMINDERS_SCHEMA, reminder_answers(settings)
            ),
        )

    async def async_step_desk(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask when to suggest another position."""
        settings = self._plan_there()
        sources = source_settings(self._get_reconfigure_subentry())
        if user_input is not None:
            below_cm = float(user_input[CONF_BELOW_CM])
            return self._update(
                {
                    CONF_COACH: stored(with_desk(settings, user_input)),
                    CONF_SOURCES: stored(replace(sources, sitting_below_cm=below_cm)),
                }
            )
        return self.async_show_form(
            step_id="desk",
            data_schema=self.add_suggested_values_to_schema(
                DESK_SCHEMA, desk_answers(settings, sources)
            ),
        )

    def _plan_there(self) -> Settings:
        return coach_settings(self.hass, self._get_reconfigure_subentry())

    def _update(self, changes: dict[str, Any], without: str | None = None) -> SubentryFlowResult:
        """Keep what was answered of a person who is there."""
        subentry = self._get_reconfigure_subentry()
        kept = {key: value for key, value in subentry.data.items() if key != without}
        return self.async_update_and_abort(self._get_entry(), subentry, data=kept | changes)
