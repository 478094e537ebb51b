"""Checks of what the code asks translations for, as far as it can be read there.

What is put together only when it runs is watched by `watch.py` while all other tests run.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.const import Platform

from hassfest.integration import ENGLISH, Integration, at


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A translation that the code asks for."""

    section: str
    pattern: str
    """The key as a regular expression: some are put together."""
    where: str


def asked_in_code(integration: Integration) -> Iterator[str]:
    """Each key that the code asks for is there."""
    for one in _asked(integration):
        if not any(re.fullmatch(one.pattern, name) for name in _keys(integration, one.section)):
            name = one.pattern.replace("\\", "")
            yield f"{ENGLISH}: add {one.section}.{name} ({one.where} asks for it)"


def known_in_code(integration: Integration) -> Iterator[str]:
    """Each key that is there is asked for somewhere."""
    words = {word for tree in integration.sources.values() for word in _words(tree)}
    patterns = {one for tree in integration.sources.values() for one in _put_together(tree)}
    for path in _told(integration):
        key = path.rpartition(".")[2]
        if _is_said(key, words) or any(re.fullmatch(one, key) for one in patterns):
            continue
        yield f"{ENGLISH}: remove {path}: no code says {key!r}"


GIVEN = frozenset(
    {
        "already_configured",
        "already_in_progress",
        "reconfigure_successful",
        "single_instance_allowed",
    }
)
"""Reasons that Home Assistant's own helpers give."""


def _is_said(key: str, words: set[str]) -> bool:
    """Whether code says a key, or both of two halves of which it is put together."""
    halves = ((key[: at.start()], key[at.end() :]) for at in re.finditer("_", key))
    return key in words | GIVEN or any({*pair} <= words for pair in halves)


def _told(integration: Integration) -> Iterator[str]:
    """Name all keys that code has to ask for."""
    english = integration.english
    for section in ("exceptions", "issues", "selector"):
        yield from (f"{section}.{name}" for name in english.get(section, ()))
    for platform, named in english.get("entity", {}).items():
        yield from (f"entity.{platform}.{name}" for name in named)
    flows = {"config": english.get("config"), "options": english.get("options")} | {
        f"config_subentries.{name}": flow
        for name, flow in english.get("config_subentries", {}).items()
    }
    for path, flow in flows.items():
        for part in ("step", "error", "abort", "progress"):
            yield from (f"{path}.{part}.{name}" for name in at(flow, part) or ())


def _keys(integration: Integration, section: str) -> set[str]:
    """Return the keys of a section; entities' of all platforms, if it is not known which."""
    english = integration.english
    if section == "entity.…":
        return {name for named in english.get("entity", {}).values() for name in named}
    if section == "….abort":
        flows = [english.get("config"), english.get("options")]
        flows += english.get("config_subentries", {}).values()
        flows += [one.get("fix_flow") for one in english.get("issues", {}).values()]
        return {name for flow in flows for name in at(flow, "abort") or ()}
    return set(at(english, *section.split(".")) or ())


def _asked(integration: Integration) -> Iterator[Asked]:
    for path, tree in integration.sources.items():
        platform = path.removesuffix(".py")
        entity = f"entity.{platform}" if platform in list(Platform) else "entity.…"
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield from _of_call(node, path, entity)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                yield from _of_attribute(node, path, entity)


def _of_call(call: ast.Call, path: str, entity: str) -> Iterator[Asked]:
    """Read what a call is given as translation key, or as a reason."""
    given = {word.arg: word.value for word in call.keywords}
    name = _name(call.func)
    if name == "async_abort" and "reason" in given:
        yield from _keyed(given["reason"], "….abort", path)
    if "translation_key" not in given:
        return
    section = entity
    if name.endswith("async_create_issue"):
        section = "issues"
    elif "translation_domain" in given:
        section = "exceptions"
    elif "Selector" in name:
        section = "selector"
    yield from _keyed(given["translation_key"], section, path)


def _of_attribute(node: ast.Assign | ast.AnnAssign, path: str, entity: str) -> Iterator[Asked]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is not None and any(_name(one) == "_attr_translation_key" for one in targets):
        yield from _keyed(node.value, entity, path)


def _keyed(value: ast.expr, section: str, path: str) -> Iterator[Asked]:
    where = f"{path}:{value.lineno}"
    if (pattern := _pattern(value)) is not None:
        yield Asked(section=section, pattern=pattern, where=where)


def _pattern(value: ast.expr) -> str | None:
    """Return a key as a pattern; None: what it is can't be read."""
    match value:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z0-9_]+"
                for part in parts
            )
        case _:
            return None


def _put_together(tree: ast.Module) -> Iterator[str]:
    """Give the patterns of all texts that begin with a word and are put together."""
    for node in ast.walk(tree):
        pattern = _pattern(node) if isinstance(node, ast.JoinedStr) else None
        if pattern is not None and re.match(r"[a-z]{3}[a-z0-9_]*\[", pattern):
            yield pattern


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _words(tree: ast.Module) -> Iterator[str]:
    """Give all constants of a module, and the steps of its flows."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            yield node.name.removeprefix("async_step_")
