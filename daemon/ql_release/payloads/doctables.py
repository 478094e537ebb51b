"""Tables of docs/mqtt.md that are made from the contract, so that they cannot disagree.

A table stands between `<!-- fields NAME -->` and `<!-- end -->`, where NAME is a payload or a
part of one; `<!-- topics -->` marks the table of topics.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ql_release.payloads.replies import ErrorCode
from ql_release.payloads.topics_table import TOPICS

TABLE = re.compile(r"<!-- (fields|topics) ?([A-Za-z_-]*) -->\n.*?<!-- end -->", re.DOTALL)

Schema = Mapping[str, Any]

SHARED = {"event-": "Event", "tool-cmd-": "Command", "bridge-cmd-": "Command"}
"""What all payloads of a kind have in common is described once, not with each of them."""


def fill(text: str, schemas: Mapping[str, Schema]) -> str:
    """Return the document with every marked table renewed.

    Args:
        text: the document.
        schemas: every payload's JSON Schema by its name, and those of `Event` and `Command`.

    Raises:
        ValueError: when a mark names nothing in the contract.
    """
    parts = _parts(schemas)

    def renewed(mark: re.Match[str]) -> str:
        kind, name = mark.groups()
        if kind == "fields" and name not in parts:
            raise ValueError(f"the document has a table of {name!r}, which is no payload")
        lines = _topics() if kind == "topics" else _fields(parts[name], _shared(name, schemas))
        head = f"<!-- {kind} {name}".rstrip()
        return "\n".join([f"{head} -->", "", *lines, "", "<!-- end -->"])

    return TABLE.sub(renewed, text)


def _parts(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the payloads and everything they are made of."""
    parts = dict(schemas)
    for schema in schemas.values():
        parts |= schema.get("$defs", {})
    return parts


def _shared(name: str, schemas: Mapping[str, Schema]) -> frozenset[str]:
    """Return the fields that need no row in the table of a payload."""
    for prefix, base in SHARED.items():
        if name.startswith(prefix):
            return frozenset(schemas[base]["properties"])
    return frozenset()


def _topics() -> list[str]:
    head = ["| topic under the prefix | by | QoS | retained | what |", "|---|---|---|---|---|"]
    rows = [
        f"| `{topic.path}` | {topic.by} | {topic.qos} | {topic.retained} | {topic.about} |"
        for topic in TOPICS
    ]
    return head + rows


def _fields(schema: Schema, shared: frozenset[str]) -> list[str]:
    required = schema.get("required", ())
    rows = [
        f"| `{name}` | {_type(field)}{'' if name in required else _optional(field)} "
        f"| {field.get('description', '')} |"
        for name, field in schema["properties"].items()
        if name not in shared
    ]
    return ["| field | type | meaning |", "|---|---|---|", *rows]


def _optional(field: Schema) -> str:
    """Return that a field may be left out, and what it then is."""
    default = field.get("default")
    return ", optional" if default in (None, [], {}) else f", optional (default {default})"


def _type(field: Schema) -> str:
    """Return a field's type in words."""
    return " or ".join(_types(field))


def _types(field: Schema) -> Iterator[str]:
    if "anyOf" in field:
        for choice in field["anyOf"]:
            yield from _types(choice)
    elif "const" in field:
        yield f"`{field['const']}`"
    elif "enum" in field:
        yield from (f"`{value}`" for value in field["enum"])
    elif "$ref" in field:
        yield "string" if str(field["$ref"]).endswith(f"/{ErrorCode.__name__}") else "object"
    elif field.get("type") == "array":
        yield f"list of {_type(field['items'])}"
    elif field.get("format") == "date-time":
        yield "time"
    else:
        yield str(field.get("type", "anything"))
