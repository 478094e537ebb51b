"""Tools for language models: what people of this home have done on the release tool."""

from datetime import timedelta
from typing import Final, override

import probatio
from homeassistant.components.homeassistant import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    IntentTool,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .const import DOMAIN
from .contract.common import Side
from .history.record import SessionRecord
from .intent import LAST_RELEASE, NAME, UnclearError, meant

DAYS: Final = "days"
USUAL_DAYS: Final = 7
MOST_DAYS: Final = 90
SECONDS_A_MINUTE: Final = 60

READS = ToolAnnotations(read_only=True, destructive=False, idempotent=True, open_world=False)


class SessionsTool(Tool):
    """Lists a person's sessions of the last days."""

    name = f"{DOMAIN}__get_sessions"
    title = "Get release sessions"
    description = (
        "Lists a person's sessions on the muscle release tool over the last days, the latest "
        "first: when they ended, minutes in holds, holds, and possible releases by side."
    )
    integration = DOMAIN
    annotations = READS
    parameters = probatio.Schema(
        {
            probatio.Optional(NAME): intent.non_empty_string,
            probatio.Optional(DAYS, default=USUAL_DAYS): probatio.All(
                probatio.Coerce(int), probatio.Range(min=1, max=MOST_DAYS)
            ),
        }
    )

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return them."""
        given = self.parameters(tool_input.tool_args)
        try:
            coordinator, person = meant(hass, given.get(NAME), llm_context.context)
        except UnclearError as unclear:
            return ToolResult(data={"error": unclear.key, "name": unclear.name}, error=True)
        since = dt_util.utcnow() - timedelta(days=given[DAYS])
        confidence = coordinator.told_confidence
        sessions = [
            _shown(session, confidence)
            for session in reversed(coordinator.sessions.of(person.id))
            if session.ended_at >= since
        ]
        return ToolResult(data={"person": person.name, "sessions": [*sessions]})


def _shown(session: SessionRecord, confidence: float) -> JsonObjectType:
    return {
        "ended_at": dt_util.as_local(session.ended_at).isoformat(timespec="minutes"),
        "kind": session.kind.value,
        "minutes_in_holds": round(session.hold_s / SECONDS_A_MINUTE, 1),
        "holds": session.holds,
        "possible_releases_left": len(session.counted(confidence, Side.LEFT)),
        "possible_releases_right": len(session.counted(confidence, Side.RIGHT)),
    }


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return the tools, if the assistant may know of anything of ours."""
    if api_id != LLM_API_ASSIST or not _is_exposed(hass, llm_context):
        return None
    tools: list[Tool] = [SessionsTool()]
    tools += [
        IntentTool(
            f"{DOMAIN}__last_release",
            handler,
            title="Get last release",
            integration=DOMAIN,
            annotations=READS,
        )
        for handler in intent.async_get(hass)
        if handler.intent_type == LAST_RELEASE
    ]
    return LLMTools(tools=tools)


def _is_exposed(hass: HomeAssistant, llm_context: LLMContext) -> bool:
    registry = er.async_get(hass)
    return any(
        async_should_expose(hass, llm_context.assistant, entry.entity_id)
        for entity_id in hass.states.async_entity_ids()
        if (entry := registry.async_get(entity_id)) and entry.platform == DOMAIN
    )
