"""Events that tell of trainings, and templates by which what tells of them is understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import probatio
from homeassistant.const import EVENT_STATE_REPORTED
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
)

from ..coaching.settings import SourceSettings, WatchedEvent

CONF_SOURCE: Final = "source"
CONF_TEMPLATE: Final = "template"
EVENT_TYPE: Final = r"[A-Za-z0-9_.:-]{1,64}"


def is_event_type(name: str) -> bool:
    """Return whether somebody may listen to events of a type; some come by the thousand."""
    return re.fullmatch(EVENT_TYPE, name) is not None and name != EVENT_STATE_REPORTED


def events_as(before: Sequence[WatchedEvent], answers: Sequence[str]) -> tuple[WatchedEvent, ...]:
    """Return the events that were answered; those there were keep their templates."""
    known = {watched.event_type: watched for watched in before}
    return tuple(known.get(name, WatchedEvent(name)) for name in dict.fromkeys(answers))


def templates(sources: SourceSettings) -> dict[str, str | None]:
    """Return the template of each event and entity that tells of trainings, by its name."""
    found = {watched.event_type: watched.template for watched in sources.events}
    return found | {watched.entity_id: watched.template for watched in sources.entities}


def template_schema(sources: SourceSettings) -> probatio.Schema:
    """Return what is asked of a template."""
    return probatio.Schema(
        {
            probatio.Required(CONF_SOURCE): SelectSelector(
                SelectSelectorConfig(
                    options=list(templates(sources)), mode=SelectSelectorMode.DROPDOWN
                )
            ),
            probatio.Optional(CONF_TEMPLATE): TemplateSelector(),
        }
    )


def template_answers(sources: SourceSettings) -> dict[str, Any]:
    """Return the answers to begin with: the first source that has a template."""
    found = ((name, template) for name, template in templates(sources).items() if template)
    name, template = next(found, (None, None))
    return {} if name is None else {CONF_SOURCE: name, CONF_TEMPLATE: template}


def with_template(sources: SourceSettings, answers: Mapping[str, Any]) -> SourceSettings:
    """Return the sources with the template that was answered; none takes it away."""
    name, template = answers[CONF_SOURCE], answers.get(CONF_TEMPLATE, "").strip() or None
    return replace(
        sources,
        events=tuple(
            replace(one, template=template) if one.event_type == name else one
            for one in sources.events
        ),
        entities=tuple(
            replace(one, template=template) if one.entity_id == name else one
            for one in sources.entities
        ),
    )
