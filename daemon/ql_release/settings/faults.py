"""Turns what pydantic found into sentences that name the key, its origin and the way out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from ql_release.settings.models import (
    ID_PATTERN,
    PREFIX_PATTERN,
    SERIAL_NUMBER_PATTERN,
    Settings,
)

ANY = "*"
"""Stands for a list's number or a table's name in a key."""
SHOWN_CHARACTERS = 60
"""A wrong value is repeated up to this length: enough to find it again."""
URL_CREDENTIALS = re.compile(r"//[^/\s]*@")

PATTERNS = {
    ID_PATTERN: "must be 1 to 32 of a to z, 0 to 9, _ and -",
    PREFIX_PATTERN: "must be 1 to 3 levels of a to z, 0 to 9, _ and -, separated by /",
    SERIAL_NUMBER_PATTERN: "must be 16 hexadecimal digits in small letters",
}
KINDS = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "list_type": "must be a list in [brackets]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "path_type": "must be a file name in quotes",
}
BOUNDS = {
    "greater_than": ("must be above", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be below", "lt"),
    "less_than_equal": ("must be at most", "le"),
}

Location = tuple[int | str, ...]


class Origin:
    """Knows which source a value came from.

    Args:
        path: the TOML file, where there is one.
        from_file: what it holds.
        from_environment: what the environment variables hold.
    """

    def __init__(
        self, path: Path | None, from_file: Mapping[str, Any], from_environment: Mapping[str, Any]
    ) -> None:
        self._path = path
        self._from_file = from_file
        self._from_environment = from_environment

    def of(self, location: Location) -> str | None:
        """Return the file's or the variable's name; None for a default."""
        if _holds(self._from_file, location):
            return str(self._path)
        if not _holds(self._from_environment, location):
            return None
        return self._variable(location)

    def _variable(self, location: Location) -> str:
        """Return the variable that set a value, which may be that of a whole table."""
        names: list[str] = []
        tree: Any = self._from_environment
        for part in location:
            if not isinstance(tree, dict) or not isinstance(part, str):
                break
            names.append(part)
            tree = tree.get(part)
        return "QL_RELEASE_" + "__".join(names).upper()


def _holds(tree: Any, location: Location) -> bool:
    """Return whether the tree has something at that place."""
    for part in location:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return False
    return bool(location)


def sentence(detail: ErrorDetails, origin: Origin) -> str:
    """Return one fault as a sentence that says where it is and what to write instead."""
    location = tuple(part for part in detail["loc"] if part != "[key]")
    place = location[:-1] if detail["type"] == "missing" else location
    source = origin.of(place)
    lead = f"{source}: " if source else ""
    key = key_name(location)
    verdict = _verdict(key, location, detail)
    return f"{lead}{verdict}" if verdict.endswith("?") else f"{lead}{verdict}."


def key_name(location: Location) -> str:
    """Return a place as it is written in TOML, list entries counted from 1: `serial[1].port`."""
    name = ""
    for part in location:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".")


def _verdict(key: str, location: Location, detail: ErrorDetails) -> str:
    """Return what is wrong with a key, without the full stop."""
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "missing":
        return f"{key} is missing; add it"
    if kind == "extra_forbidden":
        return f"{key} is not a setting{_suggestion(location)}"
    if kind == "value_error":
        return f"{key}: {context['error']}" if key else str(context["error"])
    if kind in ("string_too_short", "too_short"):
        return f"{key} must not be empty"
    return f"{key} {_demand(detail, context)}, not {_shown(detail['input'])}"


def _demand(detail: ErrorDetails, context: Mapping[str, Any]) -> str:
    """Return what a value must be."""
    kind = detail["type"]
    if kind in BOUNDS:
        words, bound = BOUNDS[kind]
        return f"{words} {context[bound]:g}"
    if kind == "string_pattern_mismatch":
        return PATTERNS[context["pattern"]]
    if kind == "literal_error":
        return f"must be {context['expected']}"
    return KINDS.get(kind, detail["msg"].lower())


def _shown(value: Any) -> str:
    """Return a value as it may be repeated to the person who wrote it: short, no password."""
    text = URL_CREDENTIALS.sub("//…@", repr(value))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _suggestion(location: Location) -> str:
    """Return the nearest key as the end of a sentence: of the same table, else of any."""
    *table, wanted = _pattern(location)
    known = sorted(known_keys())
    above = "".join(f"{part}." for part in table)
    siblings = [key.removeprefix(above) for key in known if key.startswith(above)]
    siblings = [key for key in siblings if "." not in key]
    if near := _nearest(wanted, siblings):
        return f"; did you mean {key_name((*location[:-1], near))}?"
    namesake = next((key for key in known if key.rpartition(".")[2] == wanted), None)
    if other := namesake or _nearest(above + wanted, [key for key in known if "." in key]):
        return f"; did you mean {other}?"
    return f"; there are {', '.join(siblings)}"


def _pattern(location: Location) -> list[str]:
    """Return a place as `known_keys` writes it."""
    parts = [ANY if isinstance(part, int) else part for part in location]
    if len(parts) > 1 and parts[0] == "tools":
        parts[1] = ANY
    return parts


def _nearest(wanted: str, keys: Sequence[str]) -> str | None:
    """Return the key most like the wanted one, if any is like it at all."""
    import difflib  # noqa: PLC0415 - 0.15 MB that a daemon with the right keys never needs

    return next(iter(difflib.get_close_matches(wanted, keys, n=1)), None)


def known_keys() -> set[str]:
    """Return the names of all settings, tables too, list numbers and tool names as `*`."""
    return set(_keys(Settings, ()))


def _keys(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[str]:
    """Yield a model's keys and those of the models within."""
    for name, field in model.model_fields.items():
        yield ".".join((*above, name))
        for inner, marker in _models_in(field.annotation):
            yield from _keys(inner, (*above, name, *marker))


def _models_in(annotation: Any) -> Iterator[tuple[type[BaseModel], tuple[str, ...]]]:
    """Yield the models that a field holds, with the marker for a list's or table's entry."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, ()
    elif get_origin(annotation) in (list, dict):
        for argument in get_args(annotation):
            yield from ((inner, (ANY,)) for inner, _ in _models_in(argument))
