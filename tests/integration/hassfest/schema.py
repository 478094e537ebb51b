"""What closed schemas have in common."""

import re
from collections.abc import Iterator
from typing import Any

import probatio

KEY = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")
"""A key of a translation or an icon."""
SLUG = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


def key(value: object) -> str:
    """Take a translation key."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise probatio.Invalid(f"{value} is no key: small letters, digits, _ and - within")
    return value


def slug(value: object) -> str:
    """Take the name of something."""
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise probatio.Invalid(f"{value} is no name: small letters, digits and _ within")
    return value


def keyed(value: Any) -> dict[Any, Any]:
    """Return a schema of values by their keys."""
    return {key: value}


def faults(name: str, schema: Any, document: object) -> Iterator[str]:
    """Say what does not follow a schema, and where."""
    try:
        probatio.Schema(schema)(document)
    except probatio.MultipleInvalid as found:
        for error in found.errors:
            where = ".".join(str(part) for part in error.path)
            yield f"{name}: {where}: {error.msg}"
