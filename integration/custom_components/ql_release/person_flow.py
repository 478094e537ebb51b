"""Subentry flow for people."""

import re
from typing import Any
from uuid import uuid4

import probatio
from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util import dt as dt_util

from .const import (
    CONF_APPROACH,
    CONF_BODY_MASS,
    CONF_CALIBRATED_AT,
    CONF_HOLD,
    CONF_NOTIFY,
    CONF_PERSON,
    CONF_SESSIONS_PER_WEEK,
    CONF_THRESHOLD,
    CONF_THRESHOLD_AT,
    NOT_SET,
    SUBENTRY_PERSON,
)
from .contract.base import ID
from .contract.commands import (
    DEFAULT_DOSE_HOLD_S,
    DEFAULT_SESSIONS_PER_WEEK,
    MAX_BODY_MASS_KG,
    MAX_THRESHOLD_N,
)

MOST_SESSIONS = 14
"""A week; twice a day."""
SHORTEST_HOLD_S = 3
"""s; a shorter contact is no hold."""
LONGEST_HOLD_S = 600
"""s; a bridge takes no more."""

FIGURES = (CONF_THRESHOLD, CONF_BODY_MASS)
"""What need not be known."""


def _number(low: float, high: float, unit: str | None = None, step: float = 1) -> NumberSelector:
    config = NumberSelectorConfig(min=low, max=high, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def _schema(hass: HomeAssistant, *, with_id: bool) -> probatio.Schema:
    """Return what is asked of a person."""
    targets = sorted(hass.services.async_services_for_domain("notify"))
    fields: dict[probatio.Marker, object] = {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_THRESHOLD): _number(1, MAX_THRESHOLD_N, "N", 0.5),
        probatio.Optional(CONF_BODY_MASS): _number(1, MAX_BODY_MASS_KG, "kg", 0.5),
        probatio.Required(CONF_SESSIONS_PER_WEEK, default=DEFAULT_SESSIONS_PER_WEEK): _number(
            0, MOST_SESSIONS
        ),
        probatio.Required(CONF_HOLD, default=DEFAULT_DOSE_HOLD_S): _number(
            SHORTEST_HOLD_S, LONGEST_HOLD_S, "s"
        ),
        probatio.Optional(CONF_NOTIFY): SelectSelector(
            SelectSelectorConfig(
                options=targets, custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        ),
    }
    if with_id:
        fields[probatio.Optional(CONF_PERSON)] = TextSelector()
    return probatio.Schema(fields)


class PersonFlow(ConfigSubentryFlow):
    """Adds and changes a person."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a person."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._faults(user_input, but=None)
            if not errors:
                person = user_input.get(CONF_PERSON) or f"p-{uuid4().hex[:12]}"
                return self.async_create_entry(
                    title=user_input[CONF_NAME].strip(),
                    data={CONF_PERSON: person} | _data(user_input, {}),
                    unique_id=person,
                )
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self.hass, with_id=True), user_input
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a person."""
        entry = self._get_entry()
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._faults(user_input, but=subentry.subentry_id)
            if not errors:
                return self.async_update_and_abort(
                    entry,
                    subentry,
                    title=user_input[CONF_NAME].strip(),
                    data={CONF_PERSON: subentry.data[CONF_PERSON]}
                    | _data(user_input, dict(subentry.data)),
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self.hass, with_id=False),
                user_input or {CONF_NAME: subentry.title, **subentry.data},
            ),
            errors=errors,
        )

    def _faults(self, user_input: dict[str, Any], but: str | None) -> dict[str, str]:
        """Return what is wrong: names and ids tell people apart."""
        others = [
            one
            for one in self._get_entry().subentries.values()
            if one.subentry_type == SUBENTRY_PERSON and one.subentry_id != but
        ]
        name = user_input[CONF_NAME].strip()
        if not name or name == NOT_SET:
            return {CONF_NAME: "invalid_name"}
        if name in {one.title for one in others}:
            return {CONF_NAME: "name_taken"}
        person = user_input.get(CONF_PERSON)
        if person and not re.fullmatch(ID, person):
            return {CONF_PERSON: "invalid_id"}
        if person and person in {one.data[CONF_PERSON] for one in others}:
            return {CONF_PERSON: "id_taken"}
        return {}


def _data(user_input: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return what is stored; what was measured stays as long as the threshold does."""
    data = {
        key: user_input.get(key)
        for key in (*FIGURES, CONF_SESSIONS_PER_WEEK, CONF_HOLD, CONF_NOTIFY)
    }
    data[CONF_SESSIONS_PER_WEEK] = int(user_input[CONF_SESSIONS_PER_WEEK])
    if before and data[CONF_THRESHOLD] == before.get(CONF_THRESHOLD):
        measured = (CONF_THRESHOLD_AT, CONF_CALIBRATED_AT, CONF_APPROACH)
        return data | {key: before.get(key) for key in measured}
    at = None if data[CONF_THRESHOLD] is None else dt_util.utcnow().isoformat()
    return data | {CONF_THRESHOLD_AT: at, CONF_CALIBRATED_AT: None, CONF_APPROACH: None}
