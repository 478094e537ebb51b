"""docs/mqtt.md says what the daemon does."""

import hashlib
import re
from pathlib import Path

import pytest

from ql_release.events import event_id
from ql_release.payloads import contract, examples
from ql_release.payloads.commands import (
    BRIDGE_COMMANDS,
    MAX_HISTORY_LIMIT,
    REFUSED_IN_CONTACT,
    TOOL_COMMANDS,
)
from ql_release.payloads.reading import MAX_COMMAND_BYTES, read_bridge_command, read_tool_command
from ql_release.payloads.replies import ErrorCode

DOCUMENT = Path(__file__).parents[2] / "docs" / "mqtt.md"
TEXT = DOCUMENT.read_text("utf-8")
MARK = "<!-- worked example, checked by a test -->"


def test_the_tables_are_those_of_the_models() -> None:
    """Renew them: python -m ql_release.payloads.contract tests/contract/mqtt docs/mqtt.md."""
    assert contract.document(TEXT) == TEXT


def test_a_table_of_something_unknown_is_an_error() -> None:
    with pytest.raises(ValueError, match="'tool-state-of-mind', which is no payload"):
        contract.document("<!-- fields tool-state-of-mind -->\n<!-- end -->")


def worked_examples() -> list[tuple[str, str]]:
    block = TEXT.partition(MARK)[2].split("```")[1]
    lines = [line for line in block.splitlines() if line]
    return list(zip(lines[::2], lines[1::2], strict=True))


def test_the_worked_examples_of_event_ids_are_right() -> None:
    examples_ = worked_examples()
    assert len(examples_) == 2
    for recipe, expected in examples_:
        serial, uid, family, kind, index, *extra = recipe.split("|")
        assert hashlib.sha256(recipe.encode()).hexdigest()[:32] == expected
        made = event_id(
            bytes.fromhex(serial),
            int(uid, 16),
            family,
            kind,
            int(index),
            extra=extra[0] if extra else None,
        )
        assert made == expected


def test_the_worked_examples_are_events_of_the_example_files() -> None:
    ids = {event.id for event in examples.EVENTS}
    assert {expected for _, expected in worked_examples()} <= ids


def test_every_error_code_is_explained_once() -> None:
    table = TEXT.partition("| error | means | do |")[2].partition("\n\n")[0]
    codes = re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)
    assert codes == [code.value for code in ErrorCode]


@pytest.mark.parametrize("op", [*TOOL_COMMANDS, *BRIDGE_COMMANDS])
def test_every_op_is_explained(op: str) -> None:
    assert re.search(rf"^\*\*`{op}`\*\*", TEXT.partition("## Commands")[2], re.MULTILINE)


@pytest.mark.parametrize("event", examples.EVENTS, ids=lambda event: f"{event.family}-{event.type}")
def test_every_event_is_explained_under_its_family(event: examples.Event) -> None:
    section = TEXT.partition(f"### {event.family}\n")[2].partition("\n### ")[0]
    assert f"**`{event.type}`**" in section


def test_the_figures_in_the_text_are_those_of_the_code() -> None:
    refused = ", ".join(sorted(REFUSED_IN_CONTACT, key=list(TOOL_COMMANDS).index)[:-1])
    assert f"- {refused} and update are refused while somebody is on the tool" in TEXT
    assert f"A page has at most {MAX_HISTORY_LIMIT} events" in TEXT
    assert f"over {MAX_COMMAND_BYTES // 1024} kB" in TEXT


def test_the_commands_to_try_are_commands() -> None:
    payloads = re.findall(r'-m \\\n  "(.*)"\n', TEXT)
    assert len(payloads) == 2
    for payload in payloads:
        filled = payload.replace(r"\"", '"')
        filled = filled.replace("$(date +%s%N)", "1795190000000000000")
        filled = filled.replace("$(date -u +%FT%TZ)", "2026-11-20T17:04:10Z")
        read = read_bridge_command if '"history"' in filled else read_tool_command
        assert read(filled.encode()).op in {"history", "tare"}


def test_only_careful_words_are_used() -> None:
    words = r"\b(treats?|cures?|diagnos\w+|heals?|knots?|prevents? injur\w+|corrects? posture)\b"
    assert re.findall(words, TEXT, re.IGNORECASE) == []
