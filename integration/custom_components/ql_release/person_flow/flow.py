"""Subentry flow for people."""

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import probatio
from homeassistant.config_entries import ConfigEntry, ConfigSubentry, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util import dt as dt_util

from ..coach import Settings
from ..coaching.delivery.targets import async_reachable
from ..coaching.settings import (
    DeliverySettings,
    coach_settings,
    delivery_settings,
    has_plan,
    source_settings,
    stored,
)
from ..const import (
    CONF_APPROACH,
    CONF_BODY_MASS,
    CONF_CALIBRATED_AT,
    CONF_COACH,
    CONF_DELIVERY,
    CONF_HOLD,
    CONF_NOTIFY,
    CONF_PERSON,
    CONF_SESSIONS_PER_WEEK,
    CONF_SOURCES,
    CONF_THRESHOLD,
    CONF_THRESHOLD_AT,
    DOMAIN,
    NOT_SET,
    SUBENTRY_PERSON,
)
from ..contract.base import ID
from ..contract.commands import (
    DEFAULT_DOSE_HOLD_S,
    DEFAULT_SESSIONS_PER_WEEK,
    MAX_BODY_MASS_KG,
    MAX_THRESHOLD_N,
)
from .detail_flow import DetailSteps
from .fields import number
from .plan import (
    CONF_EVENTS,
    SOURCES_SCHEMA,
    plan_answers,
    plan_schema,
    source_answers,
    told_answers,
    told_as,
    told_schema,
    with_answers,
    with_sources,
    with_words,
)
from .preview import async_preview
from .templates import (
    is_event_type,
    template_answers,
    template_schema,
    templates,
    with_template,
)

MOST_SESSIONS = 14
"""A week; twice a day."""
SHORTEST_HOLD_S = 3
"""s; a shorter contact is no hold."""
LONGEST_HOLD_S = 600
"""s; a bridge takes no more."""

CONF_WITH_PLAN = "with_plan"

FIGURES = (CONF_THRESHOLD, CONF_BODY_MASS)
"""What need not be known."""


def _schema(hass: HomeAssistant, *, with_id: bool) -> probatio.Schema:
    """Return what is asked of a person."""
    fields: dict[probatio.Marker, object] = {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_THRESHOLD): number(1, MAX_THRESHOLD_N, "N", 0.5),
        probatio.Optional(CONF_BODY_MASS): number(1, MAX_BODY_MASS_KG, "kg", 0.5),
        probatio.Required(CONF_SESSIONS_PER_WEEK, default=DEFAULT_SESSIONS_PER_WEEK): number(
            0, MOST_SESSIONS
        ),
        probatio.Required(CONF_HOLD, default=DEFAULT_DOSE_HOLD_S): number(
            SHORTEST_HOLD_S, LONGEST_HOLD_S, "s"
        ),
        probatio.Optional(CONF_NOTIFY): SelectSelector(
            SelectSelectorConfig(
                options=async_reachable(hass), custom_value=True, mode=SelectSelectorMode.DROPDOWN
            )
        ),
    }
    if with_id:
        fields[probatio.Optional(CONF_PERSON)] = TextSelector()
        fields[probatio.Required(CONF_WITH_PLAN, default=True)] = BooleanSelector()
    return probatio.Schema(fields)


class PersonFlow(DetailSteps):
    """Adds and changes a person: who they are, their plan, how they are told."""

    _new: dict[str, Any] | None = None
    """What a new person has answered so far; None: there is a person already."""
    _plan: Settings | None = None
    """The plan that was answered, and is to be confirmed."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a person."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._faults(user_input, but=None)
            if not errors:
                person = user_input.get(CONF_PERSON) or f"p-{uuid4().hex[:12]}"
                self._new = {CONF_NAME: user_input[CONF_NAME].strip(), CONF_PERSON: person}
                self._new |= _data(user_input, {})
                if user_input[CONF_WITH_PLAN]:
                    return await self.async_step_plan()
                return self._create()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self.hass, with_id=True), user_input
            ),
            errors=errors,
        )

    async def async_step_reconfigure(
        self, _user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what is to be changed."""
        with_plan = has_plan(self._get_reconfigure_subentry())
        details = ["spots", "cycle", "reminders", "desk"]
        planned = [*details, "sources", *self._understood(), "told", "no_plan"] if with_plan else []
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["profile", "plan", *planned]
        )

    async def async_step_plan(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for a plan."""
        settings = self._settings()
        if user_input is not None:
            self._plan = with_answers(settings, user_input, dt_util.now(settings.tz).date())
            return await self.async_step_confirm()
        return self.async_show_form(
            step_id="plan",
            data_schema=self.add_suggested_values_to_schema(
                plan_schema(settings), plan_answers(settings)
            ),
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the plan asks for, before it is kept."""
        if TYPE_CHECKING:
            assert self._plan is not None
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={"plan": async_preview(self.hass, self._plan)},
            )
        if self._new is None:
            return self._update({CONF_COACH: stored(self._plan)})
        self._new[CONF_COACH] = stored(self._plan)
        return await self.async_step_told()

    async def async_step_sources(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the coach learns of trainings and of the desk."""
        settings = self._settings()
        sources = source_settings(self._get_reconfigure_subentry())
        errors: dict[str, str] = {}
        if user_input is not None and not all(map(is_event_type, user_input.get(CONF_EVENTS, ()))):
            errors[CONF_EVENTS] = "invalid_event"
        elif user_input is not None:
            return self._update(
                {
                    CONF_COACH: stored(with_words(settings, user_input)),
                    CONF_SOURCES: stored(with_sources(sources, user_input)),
                }
            )
        return self.async_show_form(
            step_id="sources",
            data_schema=self.add_suggested_values_to_schema(
                SOURCES_SCHEMA, user_input or source_answers(settings, sources)
            ),
            errors=errors,
        )

    async def async_step_template(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask by what template a source is understood; the selector refuses one that is none."""
        sources = source_settings(self._get_reconfigure_subentry())
        if user_input is not None:
            return self._update({CONF_SOURCES: stored(with_template(sources, user_input))})
        return self.async_show_form(
            step_id="template",
            data_schema=self.add_suggested_values_to_schema(
                template_schema(sources), template_answers(sources)
            ),
        )

    async def async_step_told(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the person is told."""
        if user_input is not None:
            told = {CONF_DELIVERY: stored(told_as(user_input))}
            if self._new is None:
                return self._update(told)
            self._new |= told
            return self._create()
        before = DeliverySettings()
        if self._new is None:
            before = delivery_settings(self._get_reconfigure_subentry())
        elif target := self._new[CONF_NOTIFY]:
            before = DeliverySettings((target,))
        return self.async_show_form(
            step_id="told",
            data_schema=self.add_suggested_values_to_schema(
                told_schema(self.hass), told_answers(before)
            ),
        )

    async def async_step_no_plan(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Have no reminders any more."""
        if user_input is None:
            return self.async_show_form(step_id="no_plan")
        return self._update({}, without=CONF_COACH)

    async def async_step_profile(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change who a person is."""
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
                    data={**subentry.data, **_data(user_input, dict(subentry.data))},
                )
        return self.async_show_form(
            step_id="profile",
            data_schema=self.add_suggested_values_to_schema(
                _schema(self.hass, with_id=False),
                user_input or {CONF_NAME: subentry.title, **subentry.data},
            ),
            errors=errors,
        )

    def _understood(self) -> list[str]:
        """Return the step for templates, if there is something that could have one."""
        return ["template"] if templates(source_settings(self._get_reconfigure_subentry())) else []

    def _settings(self) -> Settings:
        """Return the plan that there is, or a new one."""
        if self._new is None and has_plan(found := self._get_reconfigure_subentry()):
            return coach_settings(self.hass, found)
        return Settings(zone=self.hass.config.time_zone)

    def _create(self) -> SubentryFlowResult:
        """Add the person with all that was answered."""
        if TYPE_CHECKING:
            assert self._new is not None
        name = self._new.pop(CONF_NAME)
        return self.async_create_entry(title=name, data=self._new, unique_id=self._new[CONF_PERSON])

    def _faults(self, user_input: dict[str, Any], but: str | None) -> dict[str, str]:
        """Return what is wrong: names and ids tell people apart."""
        others = [one for one in _people(self._get_entry()) if one.subentry_id != but]
        elsewhere = [
            one
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for one in _people(entry)
            if one.subentry_id != but
        ]
        name = user_input[CONF_NAME].strip()
        if not name or name == NOT_SET:
            return {CONF_NAME: "invalid_name"}
        if name in {one.title for one in others}:
            return {CONF_NAME: "name_taken"}
        person = user_input.get(CONF_PERSON)
        if person and not re.fullmatch(ID, person):
            return {CONF_PERSON: "invalid_id"}
        # Devices and statistics are named by it, whatever entry they are of.
        if person and person in {one.data[CONF_PERSON] for one in elsewhere}:
            return {CONF_PERSON: "id_taken"}
        return {}


def _people(entry: ConfigEntry) -> list[ConfigSubentry]:
    return [one for one in entry.subentries.values() if one.subentry_type == SUBENTRY_PERSON]


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
