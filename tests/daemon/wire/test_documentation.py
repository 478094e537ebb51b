"""docs/wire.md says what the code does: its tables are read and compared."""

import re
from collections.abc import Callable, Iterator
from enum import IntEnum, IntFlag
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ql_release.wire import frames, limits
from ql_release.wire.calibration import block_size
from ql_release.wire.cobs import MAX_BLOCK
from ql_release.wire.control import Feature, Op, Status
from ql_release.wire.frames import EventKind, FrameFlags, FrameType

PATH = Path(__file__).parents[3] / "docs" / "wire.md"
PLAIN = str.maketrans({"\N{EN DASH}": "-", "\N{MULTIPLICATION SIGN}": "x"})
DOCUMENT = PATH.read_text(encoding="utf-8").translate(PLAIN)
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i32": 4, "f32": 4, "8 bytes": 8, "3 x u8": 3}


def tables(first_column: str) -> Iterator[list[list[str]]]:
    """Return the rows of each table whose first column has that heading."""
    for table in re.findall(r"(?:^\|.*\n)+", DOCUMENT, re.MULTILINE):
        lines = [
            [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in table.splitlines()
        ]
        if lines[0][0] == first_column:
            yield lines[2:]


def table(first_column: str) -> list[list[str]]:
    (found,) = tables(first_column)
    return found


@pytest.mark.parametrize(
    ("column", "enum"),
    [
        ("op", Op),
        ("status", Status),
        ("type", FrameType),
        ("flag", FrameFlags),
        ("feature", Feature),
        ("kind", EventKind),
    ],
)
def test_each_number_has_its_name(column: str, enum: type[IntEnum] | type[IntFlag]) -> None:
    documented = {row[1]: int(row[0], 0) for row in table(column)}
    assert documented == {member.name: member.value for member in enum}


def by_first_field(name: str) -> list[list[str]]:
    """Return the byte table whose first field has that name."""
    return next(rows for rows in tables("offset") if rows[0][2] == name)


@pytest.mark.parametrize("first", ["version, type", "kind", "uid", "major"])
def test_the_offsets_of_byte_tables_follow_from_their_types(first: str) -> None:
    rows = [row for row in by_first_field(first) if row[0] != "-"]
    for (offset, kind, *_), (following, *_) in pairwise(rows):
        assert int(offset) + SIZES[kind] == int(following)


def test_the_byte_tables_have_the_sizes_of_the_code() -> None:
    header = by_first_field("version, type")
    assert int(header[-1][0]) + 1 == frames.HEADER_SIZE
    event = by_first_field("kind")
    assert int(event[-1][0]) + 4 == frames.HEADER_SIZE + frames.EVENT.size
    status = by_first_field("uid")
    assert int(status[-1][0]) == frames.HEADER_SIZE + frames.STATUS.size
    calibration = [int(row[0]) for row in tables_of_calibration() if row[0].isdigit()]
    assert sum(calibration) == block_size(0)
    zone = [int(row[0].removeprefix("- ")) for row in tables_of_calibration() if "- " in row[0]]
    assert sum(zone) == block_size(1) - block_size(0) == 9


def tables_of_calibration() -> list[list[str]]:
    return next(rows for rows in tables("bytes") if rows[0][2:3] == ["cal_id"])


def payload_size(cell: str) -> int | None:
    """Return the bytes of a payload that an op's row lists, None when it only refers to it."""
    if cell == "-":
        return 0
    fields = [field.strip() for field in cell.split(",")]
    sizes = [
        8 if field.endswith("8 bytes") else SIZES.get(field.rsplit(" ", 1)[-1]) for field in fields
    ]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def test_the_ops_payloads_have_the_sizes_of_the_golden_vectors(
    vectors: Callable[[str], Any],
) -> None:
    documented = {int(row[0], 0): row[2:4] for row in table("op")}
    compared = 0
    for exchange in vectors("conversations")["exchanges"]:
        request, reply = (payload_size(cell) for cell in documented[exchange["op"]])
        if exchange["status"] in {Status.BAD_REQUEST, Status.UNKNOWN_OP}:
            continue
        if request is not None:
            assert len(exchange["request"]) // 2 == 2 + request, exchange["name"]
            compared += 1
        if reply is not None and exchange["status"] == Status.OK:
            assert len(exchange["reply"]) // 2 == 3 + reply, exchange["name"]
            compared += 1
    assert compared > 30


def test_the_limits_are_those_of_the_code() -> None:
    said = {row[0]: row[1] for row in table("what")}
    assert said["message"] == f"{limits.MIN_MESSAGE}-{limits.MAX_MESSAGE:,} bytes"
    assert said["block on a serial line"] == f"{MAX_BLOCK:,} bytes and its zero"
    assert said["frame on TCP"] == f"{limits.MAX_MESSAGE + 6:,} bytes"
    assert said["index"] == f"below 2^{limits.MAX_INDEX.bit_length() - 1}"
    assert said["force zones"] == str(limits.MAX_ZONES)
    fit = ", ".join(str(frames.max_samples(zones, 1, 244)) for zones in (4, 6, 8))
    assert said["samples a Bluetooth notification of 244 bytes"] == fit


def spaced(digits: str) -> str:
    return " ".join(re.findall("..", digits))


def test_the_worked_example_is_a_golden_vector(vectors: Callable[[str], Any]) -> None:
    framed = {vector["name"]: vector for vector in vectors("framings")}
    example = framed["a small frame"]
    assert example["message"] == vectors("samples")[0]["hex"]
    blocks = re.findall(r"```\n([0-9a-f ]+)\n```", DOCUMENT)
    assert blocks == [spaced(example[form]) for form in ("message", "cobs", "length")]
    request = framed["a request"]
    for form in ("message", "cobs", "length"):
        assert f"`{spaced(request[form])}`" in DOCUMENT
    (fields,) = [rows for rows in tables("bytes") if rows[0][0] == "11"]
    assert " ".join(row[0] for row in fields) == spaced(example["message"])
