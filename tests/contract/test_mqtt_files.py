"""The contract's files are what the models say, and the examples keep to them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from pydantic import BaseModel
from pydantic import ValidationError as ModelError

from ql_release.events import EVENTS
from ql_release.events import parse as parse_event
from ql_release.payloads import contract
from ql_release.payloads.commands import BRIDGE_COMMANDS, TOOL_COMMANDS
from ql_release.payloads.contract import Entry, TextPayload
from ql_release.payloads.reading import read_bridge_command, read_tool_command

FOLDER = Path(__file__).parent / "mqtt"

ENTRIES = contract.entries()
DOCUMENTS = [
    pytest.param(entry, suffix, id=entry.name + suffix)
    for entry in ENTRIES
    if not isinstance(entry.form, TextPayload)
    for suffix in entry.examples
]
EVENTS_AND_COMMANDS = ("event-", "tool-cmd-", "bridge-cmd-")


def schema(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / "schema" / f"{name}.json").read_text("utf-8"))


def example(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / "examples" / f"{name}.json").read_text("utf-8"))


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name), format_checker=FormatChecker())


def model(entry: Entry) -> type[BaseModel]:
    assert not isinstance(entry.form, TextPayload)
    return entry.form


def test_the_files_are_what_the_models_say_and_nothing_else() -> None:
    """Renew them: python -m ql_release.payloads.contract tests/contract/mqtt docs/mqtt.md."""
    wanted = dict(contract.files())
    found = {
        str(path.relative_to(FOLDER)): path.read_text("utf-8")
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_writing_removes_files_that_are_no_longer_part_of_the_contract(tmp_path: Path) -> None:
    contract.write(tmp_path)
    (tmp_path / "schema" / "tool-gone.json").write_text("{}")
    contract.write(tmp_path)
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {name for name, _ in contract.files()}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_schema_is_a_schema(entry: Entry) -> None:
    Draft202012Validator.check_schema(schema(entry.name))


@pytest.mark.parametrize(("entry", "suffix"), DOCUMENTS)
def test_every_example_satisfies_its_schema_and_its_model(entry: Entry, suffix: str) -> None:
    document = example(entry.name + suffix)
    validator(entry.name).validate(document)
    read = model(entry).model_validate_json(json.dumps(document))
    assert read == entry.examples[suffix]


@pytest.mark.parametrize(("entry", "suffix"), DOCUMENTS)
def test_unknown_fields_are_ignored(entry: Entry, suffix: str) -> None:
    document = example(entry.name + suffix) | {"a_field_of_version_1_7": {"x": 1}}
    validator(entry.name).validate(document)
    read = model(entry).model_validate_json(json.dumps(document))
    assert read == entry.examples[suffix]


@pytest.mark.parametrize(("entry", "suffix"), DOCUMENTS)
def test_another_major_version_is_refused(entry: Entry, suffix: str) -> None:
    document = example(entry.name + suffix) | {"v": 2}
    with pytest.raises(ValidationError):
        validator(entry.name).validate(document)
    with pytest.raises(ModelError):
        model(entry).model_validate_json(json.dumps(document))


@pytest.mark.parametrize(("entry", "suffix"), DOCUMENTS)
def test_what_the_schema_requires_the_model_requires_or_fills_in(entry: Entry, suffix: str) -> None:
    """Only what the model has a default for may be missing to it though the schema wants it."""
    document = example(entry.name + suffix)
    for name in schema(entry.name)["required"]:
        without = {key: value for key, value in document.items() if key != name}
        with pytest.raises(ValidationError):
            validator(entry.name).validate(without)
        if model(entry).model_fields[name].is_required():
            with pytest.raises(ModelError):
                model(entry).model_validate_json(json.dumps(without))


@pytest.mark.parametrize("name", ["bridge-status", "integration-status"])
def test_plain_text_payloads_are_documented_too(name: str) -> None:
    text = (FOLDER / "examples" / f"{name}.txt").read_text("utf-8")
    validator(name).validate(text)
    with pytest.raises(ValidationError):
        validator(name).validate("Online")


def test_there_is_one_example_of_every_event_and_op() -> None:
    stems = {path.stem for path in (FOLDER / "examples").iterdir()}
    events = {
        f"event-{kind.model_fields['family'].default}-{kind.model_fields['type'].default}"
        for kind in EVENTS
    }
    ops = {f"tool-cmd-{op}" for op in TOOL_COMMANDS} | {
        f"bridge-cmd-{op}" for op in BRIDGE_COMMANDS
    }
    assert {stem for stem in stems if stem.startswith(EVENTS_AND_COMMANDS)} == events | ops


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_example_is_read_as_the_event_it_is(kind: type[Any]) -> None:
    family, name = (kind.model_fields[field].default for field in ("family", "type"))
    document = (FOLDER / "examples" / f"event-{family}-{name}.json").read_text("utf-8")
    assert type(parse_event(document)) is kind


@pytest.mark.parametrize("op", [*TOOL_COMMANDS, *BRIDGE_COMMANDS])
def test_an_example_is_read_as_the_command_it_is(op: str) -> None:
    ours = op in TOOL_COMMANDS
    name = f"{'tool' if ours else 'bridge'}-cmd-{op}.json"
    payload = (FOLDER / "examples" / name).read_bytes()
    command = read_tool_command(payload) if ours else read_bridge_command(payload)
    assert type(command) is (TOOL_COMMANDS | BRIDGE_COMMANDS)[op]


def test_every_payload_stands_at_a_topic_and_every_topic_has_payloads() -> None:
    topics = json.loads((FOLDER / "topics.json").read_text("utf-8"))["topics"]
    named = {name for topic in topics for name in topic["payloads"]}
    assert named == {entry.name for entry in ENTRIES}
    assert all(topic["payloads"] for topic in topics)


def test_the_events_of_a_history_page_keep_to_their_own_schemas() -> None:
    page = example("bridge-reply-history")
    assert page["events"]
    for event in page["events"]:
        validator(f"event-{event['family']}-{event['type']}").validate(event)
        assert event["live"] is False
    assert page["next"]["seq"] == page["events"][-1]["seq"]
