"""Writes the contract as files: `python -m ql_release.payloads.contract DIRECTORY [DOCUMENT]`.

DIRECTORY gets a JSON Schema under schema/ and at least one example under examples/ for every
payload, and topics.json, which says what is published where. In DOCUMENT (docs/mqtt.md) the
tables between `<!-- … -->` marks are renewed. Not for the daemon: only tests and authors run it.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from ql_release.events import EVENTS, Event
from ql_release.payloads import examples
from ql_release.payloads.bridge import BridgeHealth
from ql_release.payloads.commands import Command
from ql_release.payloads.doctables import fill
from ql_release.payloads.replies import BridgeReply, Reply, ToolReply
from ql_release.payloads.session import SessionSummary
from ql_release.payloads.tool import Availability, Hello, State
from ql_release.payloads.topics_table import TOPICS

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Mode = Literal["serialization", "validation"]


@dataclass(frozen=True, slots=True)
class TextPayload:
    """A payload that is plain text.

    Attributes:
        title: what it says.
        values: all that it can be.
    """

    title: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One payload of the contract.

    Attributes:
        name: the stem of its file names.
        form: its model, or its texts.
        examples: by what is appended to the name; "" for the first.
        mode: "validation" for what others send, "serialization" for what the daemon sends.
    """

    name: str
    form: type[BaseModel] | TextPayload
    examples: dict[str, BaseModel | str]
    mode: Mode = "serialization"

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        head: dict[str, Any] = {"$schema": SCHEMA_DIALECT}
        if isinstance(self.form, TextPayload):
            return head | {
                "title": self.name,
                "description": self.form.title,
                "type": "string",
                "enum": list(self.form.values),
            }
        return head | {"title": self.name} | _schema(self.form, self.mode)


def entries() -> list[Entry]:
    """Return every payload, in the order of the documentation."""
    presence = ("online", "offline")
    return [
        Entry(
            "bridge-status",
            TextPayload("Whether the bridge is connected; plain text, not JSON.", presence),
            {"": "online"},
        ),
        Entry("bridge-health", BridgeHealth, {"": examples.HEALTH}),
        *(_command("bridge-cmd", command) for command in examples.BRIDGE_COMMANDS),
        Entry("bridge-reply", BridgeReply, _variants(examples.BRIDGE_REPLIES)),
        Entry("tool-hello", Hello, {"": examples.HELLO}),
        Entry("tool-availability", Availability, {"": examples.AVAILABILITY}),
        Entry("tool-state", State, {"": examples.STATE}),
        *(
            Entry(f"event-{event.family}-{event.type}", type(event), {"": event})
            for event in sorted(examples.EVENTS, key=_place)
        ),
        Entry("tool-session-last", SessionSummary, {"": examples.SUMMARY}),
        *(_command("tool-cmd", command) for command in examples.TOOL_COMMANDS),
        Entry("tool-reply", ToolReply, _variants(examples.TOOL_REPLIES)),
        Entry(
            "integration-status",
            TextPayload("A consumer that wants no discovery is set up; plain text.", ("online",)),
            {"": "online"},
        ),
    ]


def files() -> Iterator[tuple[str, str]]:
    """Yield every file of the contract: its path in the directory, and its text."""
    for entry in entries():
        yield f"schema/{entry.name}.json", _text(entry.schema)
        for suffix, example in entry.examples.items():
            yield _example(entry.name, suffix, example)
    yield "topics.json", _text({"topics": [topic.as_json() for topic in TOPICS]})


def write(directory: Path) -> None:
    """Write the contract's files, and remove those that are no longer part of it."""
    wanted = {directory / name: text for name, text in files()}
    for folder in (directory / "schema", directory / "examples"):
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path not in wanted:
                path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")


def _described() -> dict[str, dict[str, Any]]:
    """Return the JSON Schemas that the document's tables are made from, by their names."""
    shared = {
        "Event": _schema(Event, "serialization"),
        "Command": _schema(Command, "validation"),
    }
    return shared | {entry.name: entry.schema for entry in entries()}


def document(text: str) -> str:
    """Return docs/mqtt.md with its tables renewed."""
    return fill(text, _described())


def main(arguments: list[str]) -> int:
    """Do what the module's docstring says; return the exit code."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: python -m ql_release.payloads.contract DIRECTORY [DOCUMENT]\n")
        return 2
    write(Path(arguments[0]))
    for path in map(Path, arguments[1:]):
        path.write_text(document(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def _place(event: Event) -> int:
    """Return an event's place in the documentation."""
    return EVENTS.index(type(event))


def _command(prefix: str, command: Command) -> Entry:
    return Entry(f"{prefix}-{command.op}", type(command), {"": command}, "validation")


def _variants(replies: dict[str, Any]) -> dict[str, BaseModel | str]:
    return {f"-{suffix}": reply for suffix, reply in replies.items()}


def _example(name: str, suffix: str, example: BaseModel | str) -> tuple[str, str]:
    if isinstance(example, str):
        return f"examples/{name}{suffix}.txt", example
    sparse = isinstance(example, Reply)
    fields = example.model_dump(mode="json", exclude_none=sparse)
    return f"examples/{name}{suffix}.json", _text(fields)


def _schema(model: type[BaseModel], mode: Mode) -> dict[str, Any]:
    schema = model.model_json_schema(mode=mode)
    _tidy(schema, keep_defaults=mode == "validation")
    return schema


def _tidy(schema: Any, *, keep_defaults: bool) -> None:
    """Drop what pydantic adds and nobody needs: titles made from names, internal defaults."""
    if isinstance(schema, list):
        for part in schema:
            _tidy(part, keep_defaults=keep_defaults)
    elif isinstance(schema, dict):
        if isinstance(schema.get("title"), str):
            del schema["title"]
        if not keep_defaults:
            schema.pop("default", None)
        for part in schema.values():
            _tidy(part, keep_defaults=keep_defaults)


def _text(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
