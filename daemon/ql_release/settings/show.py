"""Settings as TOML text, with where each came from."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from ql_release.settings.faults import Origin
from ql_release.settings.loading import Loaded
from ql_release.settings.secrets import SECRET_KEYS

VALUE_COLUMNS = 40
"""Comments begin here where the values leave room."""


def as_toml(loaded: Loaded) -> Iterator[str]:
    """Yield the lines of a TOML file that would give the same settings.

    Every value has its origin beside it. Secrets are in files of their own, which are named
    here and not read.
    """
    yield f"# file: {loaded.path or 'none'}"
    yield from _table(loaded.settings, (), loaded.origin)


def _table(model: BaseModel, above: tuple[int | str, ...], origin: Origin) -> Iterator[str]:
    """Yield a table's values, then the tables within."""
    tables: list[tuple[str, Any]] = []
    for key, value in model:
        if isinstance(value, BaseModel | dict) or _is_tables(value):
            tables.append((key, value))
        else:
            yield _line(key, value, origin.of((*above, key)))
    for key, value in tables:
        yield from _tables(value, (*above, key), origin)


def _tables(value: Any, place: tuple[int | str, ...], origin: Origin) -> Iterator[str]:
    """Yield one table, a table of tables or a list of them."""
    name = ".".join(part for part in place if isinstance(part, str))
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _tables(inner, (*place, key), origin)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from ("", f"[[{name}]]")
            yield from _table(inner, (*place, number), origin)
    else:
        yield from ("", f"[{name}]")
        yield from _table(value, place, origin)


def _is_tables(value: Any) -> bool:
    """Return whether a value is a list of tables."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], BaseModel)


def _line(key: str, value: Any, source: str | None) -> str:
    """Return one value; a comment stands for one that is not set."""
    comment = source or "default"
    if value is None:
        return f"# {key} is not set"
    if key in SECRET_KEYS:
        comment += "; its contents are never shown"
    return f"{f'{key} = {_value(value)}':<{VALUE_COLUMNS}}  # {comment}"


def _value(value: Any) -> str:
    """Return a value in TOML's notation."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
