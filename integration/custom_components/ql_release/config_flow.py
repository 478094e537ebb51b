"""Config flow for QL Release."""

from typing import Any, override

import probatio
from homeassistant.components import mqtt
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
from homeassistant.helpers.service_info.mqtt import MqttServiceInfo
from homeassistant.util import dt as dt_util

from .const import (
    CONF_CONFIDENCE,
    CONF_PREFIX,
    CONF_SAFETY_READ_ON,
    CONF_WITHOUT_TOOL,
    DOMAIN,
    SUBENTRY_PERSON,
)
from .contract.events import TOLD_CONFIDENCE
from .contract.topics import DEFAULT_PREFIX, is_prefix, prefix_of_hello
from .person_flow import PersonFlow
from .probe import async_probe, read_hello

TITLE = "QL Release"

PREFIX_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_PREFIX, default=DEFAULT_PREFIX): TextSelector(),
        probatio.Required(CONF_WITHOUT_TOOL, default=False): BooleanSelector(),
    }
)

OPTIONS_SCHEMA = probatio.Schema(
    {
        probatio.Required(CONF_CONFIDENCE, default=TOLD_CONFIDENCE): NumberSelector(
            NumberSelectorConfig(
                min=TOLD_CONFIDENCE, max=0.95, step=0.05, mode=NumberSelectorMode.SLIDER
            )
        )
    }
)


def title_of(prefix: str) -> str:
    """Return an entry's title."""
    return TITLE if prefix == DEFAULT_PREFIX else f"{TITLE} ({prefix})"


class QlReleaseConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets up a prefix: discovered, or by hand."""

    VERSION = 1

    _prefix = DEFAULT_PREFIX

    @staticmethod
    @override
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> QlReleaseOptionsFlow:
        """Return the flow for options."""
        return QlReleaseOptionsFlow()

    @classmethod
    @override
    @callback
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for people."""
        return {SUBENTRY_PERSON: PersonFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the prefix."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._prefix = user_input[CONF_PREFIX].strip()
            errors = await self._async_check(user_input)
            if not errors:
                await self.async_set_unique_id(self._prefix)
                self._abort_if_unique_id_configured()
                return await self._async_safety_or_create()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(PREFIX_SCHEMA, user_input),
            errors=errors,
        )

    @override
    async def async_step_mqtt(self, discovery_info: MqttServiceInfo) -> ConfigFlowResult:
        """Take up a tool's hello."""
        prefix = prefix_of_hello(discovery_info.topic)
        hello = read_hello(discovery_info.payload)
        if prefix is None or hello is None:
            return self.async_abort(reason="invalid_discovery_info")
        self._prefix = prefix
        await self.async_set_unique_id(prefix)
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": hello.tool}
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to add what was discovered."""
        if user_input is not None:
            return await self._async_safety_or_create()
        placeholders = self.context.get("title_placeholders", {})
        return self.async_show_form(
            step_id="discovery_confirm", description_placeholders=dict(placeholders)
        )

    async def async_step_safety(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show once who should not use a tool without asking first; answers are not asked for."""
        if user_input is not None:
            return self._create()
        return self.async_show_form(step_id="safety")

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the prefix."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._prefix = user_input[CONF_PREFIX].strip()
            errors = await self._async_check(user_input)
            if not errors:
                if self._prefix != entry.unique_id:
                    await self.async_set_unique_id(self._prefix)
                    self._abort_if_unique_id_configured()
                return self.async_update_and_abort(
                    entry,
                    unique_id=self._prefix,
                    title=title_of(self._prefix),
                    data_updates={CONF_PREFIX: self._prefix},
                )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                PREFIX_SCHEMA, user_input or dict(entry.data)
            ),
            errors=errors,
        )

    async def _async_check(self, user_input: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with the prefix, or that nothing is there."""
        if not is_prefix(self._prefix):
            return {CONF_PREFIX: "invalid_prefix"}
        if user_input[CONF_WITHOUT_TOOL]:
            return {}
        there = await mqtt.async_wait_for_mqtt_client(self.hass)
        if not there or not mqtt.is_connected(self.hass):
            return {"base": "mqtt_unavailable"}
        return {} if await async_probe(self.hass, self._prefix) else {"base": "no_tool"}

    async def _async_safety_or_create(self) -> ConfigFlowResult:
        """Go on to the safety page, unless it was read with another entry."""
        if any(CONF_SAFETY_READ_ON in entry.data for entry in self._async_current_entries()):
            return self._create()
        return await self.async_step_safety()

    def _create(self) -> ConfigFlowResult:
        read_on = dt_util.now().date().isoformat()
        return self.async_create_entry(
            title=title_of(self._prefix),
            data={CONF_PREFIX: self._prefix, CONF_SAFETY_READ_ON: read_on},
        )


class QlReleaseOptionsFlow(OptionsFlow):
    """Changes what people are told of."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                OPTIONS_SCHEMA, self.config_entry.options
            ),
        )
