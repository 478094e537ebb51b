"""Watches, while tests run, whether all that is shown can be said and has an icon.

Much of what is shown is put together only at run time: the fields of a form, the options of a
sensor, what an error is filled with.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.data_entry_flow import FlowHandler, FlowManager, FlowResult, FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.entity import Entity

from hassfest.integration import ENGLISH, Document, at
from hassfest.sentences import placeholders

type Result = FlowResult[Any, Any]
type Manager = FlowManager[Any, Any, Any]


class Watch:
    """Collects what is missing."""

    def __init__(self, domain: str, english: Document, icons: Document) -> None:
        """Watch what a domain shows."""
        self.domain = domain
        self._english = english
        self._icons = icons
        self.missing: set[str] = set()

    def _want(self, *path: str) -> str:
        """Return a text, or note that it is missing."""
        text = at(self._english, *path)
        if text is None:
            self.missing.add(f"{ENGLISH}: add {'.'.join(path)}")
        return text if isinstance(text, str) else ""

    def _filled(self, given: Mapping[str, Any] | None, *path: str) -> None:
        """See that a text is there, and that all its placeholders are filled."""
        for name in sorted(placeholders(self._want(*path)) - set(given or ())):
            self.missing.add(f"{ENGLISH}: {'.'.join(path)}: nothing fills {{{name}}}")

    def error(self, error: HomeAssistantError) -> None:
        """See an error that is about to be raised."""
        if error.translation_domain == self.domain and error.translation_key:
            given = error.translation_placeholders
            self._filled(given, "exceptions", error.translation_key, "message")

    def issue(
        self, domain: str, key: str, *, fixable: bool, given: Mapping[str, str] | None
    ) -> None:
        """See an issue that is raised."""
        if domain != self.domain:
            return
        self._filled(given, "issues", key, "title")
        if fixable:
            self._want("issues", key, "fix_flow", "step")
        else:
            self._filled(given, "issues", key, "description")

    def flow(self, path: tuple[str, ...], result: Result) -> None:
        """See a step of a flow."""
        given = result.get("description_placeholders")
        match result["type"]:
            case FlowResultType.FORM:
                step = (*path, "step", result["step_id"])
                if at(self._english, *step) is None:
                    self._want(*step, "title")
                elif at(self._english, *step, "description"):
                    self._filled(given, *step, "description")
                self._form(path, step, result)
            case FlowResultType.MENU:
                offered = result["menu_options"]
                for option in offered if isinstance(offered, list | dict) else ():
                    self._want(*path, "step", result["step_id"], "menu_options", option)
            case FlowResultType.ABORT:
                self._filled(given, *path, "abort", result["reason"])

    def _form(self, path: tuple[str, ...], step: tuple[str, ...], result: Result) -> None:
        """See what a form asks, and what it says was wrong."""
        schema = result["data_schema"]
        for marker, value in (schema.schema if schema else {}).items():
            if hasattr(value, "options") and hasattr(value, "schema"):
                self._want(*step, "sections", str(marker), "name")
                for inner in value.schema.schema:
                    self._want(*step, "sections", str(marker), "data", str(inner))
            else:
                self._want(*step, "data", str(marker))
        for error in (result.get("errors") or {}).values():
            self._want(*path, "error", error)

    def entity(self, entity: Entity) -> None:
        """See an entity that was added."""
        platform = entity.platform
        if platform.platform_name != self.domain:
            return
        key = entity.translation_key
        if key is None:
            if entity.device_class is None and not hasattr(entity, "_attr_name"):
                self.missing.add(
                    f"{entity.entity_id} ({platform.domain}): "
                    "give it a device class, or a translation_key and a name in " + ENGLISH
                )
            return
        path = ("entity", platform.domain, key)
        self._filled(entity.translation_placeholders, *path, "name")
        if entity.device_class is None and at(self._icons, *path) is None:
            self.missing.add(f"icons.json: add {'.'.join(path)}")
        self._options(entity, path)

    def _options(self, entity: Entity, path: tuple[str, ...]) -> None:
        """See what an entity's state can be."""
        if entity.device_class == SensorDeviceClass.ENUM:
            for one in getattr(entity, "options", None) or ():
                self._want(*path, "state", one)
        for one in getattr(entity, "event_types", None) or ():
            self._want(*path, "state_attributes", "event_type", "state", one)


def path_of(manager: Manager, flow: FlowHandler[Any, Any, Any], domain: str) -> tuple[str, ...]:
    """Return where a flow's texts stand; nothing: they are not the domain's."""
    handler = flow.handler
    match type(manager).__name__:
        case "ConfigEntriesFlowManager" if handler == domain:
            return ("config",)
        case "OptionsFlowManager" if _domain_of(manager, handler) == domain:
            return ("options",)
        case "ConfigSubentryFlowManager" if _domain_of(manager, handler[0]) == domain:
            return ("config_subentries", handler[1])
        case "RepairsFlowManager" if handler == domain:
            issue = ir.async_get(manager.hass).async_get_issue(domain, flow.context["issue_id"])
            key = issue.translation_key if issue else None
            return ("issues", key, "fix_flow") if key else ()
        case _:
            return ()


def _domain_of(manager: Manager, entry_id: str) -> str | None:
    entry = manager.hass.config_entries.async_get_entry(entry_id)
    return None if entry is None else entry.domain


@contextmanager
def watching(watch: Watch) -> Generator[None]:
    """Let the watch see all that is shown."""
    error_made = HomeAssistantError.__init__
    issue_made = ir.IssueRegistry.async_get_or_create
    step_handled = FlowManager._async_handle_step
    entity_added = Entity.add_to_platform_finish

    def make_error(self: HomeAssistantError, *args: object, **given: Any) -> None:
        error_made(self, *args, **given)
        watch.error(self)

    def make_issue(self: ir.IssueRegistry, domain: str, issue_id: str, **given: Any) -> Any:
        watch.issue(
            domain,
            given["translation_key"],
            fixable=given["is_fixable"],
            given=given.get("translation_placeholders"),
        )
        return issue_made(self, domain, issue_id, **given)

    async def handle_step(self: Manager, flow: FlowHandler[Any, Any, Any], *args: Any) -> Result:
        path = path_of(self, flow, watch.domain)
        result: Result = await step_handled(self, flow, *args)
        if path:
            watch.flow(path, result)
        return result

    async def finish(self: Entity) -> None:
        await entity_added(self)
        watch.entity(self)

    with (
        patch.object(HomeAssistantError, "__init__", make_error),
        patch.object(ir.IssueRegistry, "async_get_or_create", make_issue),
        patch.object(FlowManager, "_async_handle_step", handle_step),
        patch.object(Entity, "add_to_platform_finish", finish),
    ):
        yield
