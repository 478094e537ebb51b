"""Dataclasses to plain JSON and back, by their own annotations.

What is stored outlives versions: names that are not known are ignored, missing ones get their
defaults, and what cannot be read says where it stands. Known kinds: str, int, float, bool,
datetime, date, time, enums, dataclasses, and optionals, tuples, lists, frozensets and dicts
(keys are text) of them.
"""

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import lru_cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class CodecError(ValueError):
    """Stored data is not what it should be; the message says where."""


def encode(value: Any) -> Any:
    """Return the JSON form of a value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        items = [encode(item) for item in value]
        return sorted(items) if isinstance(value, frozenset) else items
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    return value


def decode(kind: type[T], data: Any, where: str = "it") -> T:
    """Return the value of a kind that `encode` wrote.

    Raises:
        CodecError: when the data is of another form.
    """
    found: T = _decode(kind, data, where)
    return found


def _decode(kind: Any, data: Any, where: str) -> Any:
    if isinstance(kind, UnionType):
        return _optional(kind, data, where)
    origin = get_origin(kind)
    if origin is not None:
        return _collection(origin, get_args(kind), data, where)
    if is_dataclass(kind):
        return _dataclass(kind, data, where)
    return _plain(kind, data, where)


def _optional(kind: UnionType, data: Any, where: str) -> Any:
    if data is None:
        return None
    (wanted,) = (arg for arg in get_args(kind) if arg is not type(None))
    return _decode(wanted, data, where)


def _collection(origin: Any, args: tuple[Any, ...], data: Any, where: str) -> Any:
    if origin is dict:
        pairs = _of(dict, data, where).items()
        return {key: _decode(args[1], item, f"{where}.{key}") for key, item in pairs}
    items = enumerate(_of(list, data, where))
    return origin(_decode(args[0], item, f"{where}.{number}") for number, item in items)


def _dataclass(kind: Any, data: Any, where: str) -> Any:
    _of(dict, data, where)
    values = {}
    for field, hint in _fields(kind):
        if field.name in data:
            values[field.name] = _decode(hint, data[field.name], f"{where}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise CodecError(f"{where}.{field.name} is missing")
    try:
        return kind(**values)
    except ValueError as error:
        raise CodecError(f"{where}: {error}") from error


@lru_cache
def _fields(kind: Any) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((field, hints[field.name]) for field in fields(kind) if field.init)


def _plain(kind: Any, data: Any, where: str) -> Any:
    if kind is float and type(data) is int:
        return float(data)
    if kind in (str, int, float, bool):
        return _of(kind, data, where)
    try:
        if kind is datetime:
            return _moment(_of(str, data, where))
        if issubclass(kind, date | time):
            return kind.fromisoformat(_of(str, data, where))
        return kind(data)
    except ValueError as error:
        raise CodecError(f"{where}: {error}") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no offset from UTC")
    return moment.astimezone(UTC)


def _of(kind: type[T], data: Any, where: str) -> T:
    if type(data) is not kind:
        raise CodecError(f"{where} is {data!r}, but should be of the kind {kind.__name__}")
    return data
