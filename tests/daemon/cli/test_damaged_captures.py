"""What is said of captures that cannot be used to their end, and how the commands end."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command import run
from playable import START_US, capture_head, write_capture
from scripted_tool import make_frame

from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind

HEADER_BYTES = 6
"""`QLCAP` and the version: the first record begins there."""
FRAME_EVERY_US = 20_000
FRAMES = 60
BEFORE_IT = 40
"""Frames before the one that is of another version."""

FRAME_MESSAGES = [make_frame(2 * number).encode() for number in range(FRAMES)]
OF_ANOTHER_VERSION = b"\x21" + FRAME_MESSAGES[BEFORE_IT][1:]
Damaged = Callable[[Path], int]


def _timed(messages: list[bytes]) -> list[tuple[int, bytes]]:
    return [(START_US + FRAME_EVERY_US * at, message) for at, message in enumerate(messages)]


def without_info(path: Path) -> int:
    """Write a capture that begins with its frames; return the byte at which it is damaged."""
    with CaptureWriter(path) as writer:
        for host_us, message in _timed(FRAME_MESSAGES):
            writer.write(CaptureRecord(RecordKind.FRAME, host_us, message))
    return HEADER_BYTES


def with_half_an_info(path: Path) -> int:
    """Write a capture whose first record is cut, but whole to its checksum."""
    info, calibration = capture_head()
    write_capture(path, (info[:10], calibration), _timed(FRAME_MESSAGES))
    return HEADER_BYTES


def of_another_version(path: Path) -> int:
    """Write a capture with not one frame that this program reads."""
    write_capture(path, capture_head(), _timed([OF_ANOTHER_VERSION]))
    return HEADER_BYTES + sum(
        len(CaptureRecord(kind, 0, data).encode())
        for kind, data in zip(
            (RecordKind.INFO, RecordKind.CALIBRATION), capture_head(), strict=True
        )
    )


UNUSABLE = [
    pytest.param(without_info, "the capture does not tell which tool it is from", id="no INFO"),
    pytest.param(with_half_an_info, "the reply to INFO has 10 bytes", id="half an INFO"),
    pytest.param(of_another_version, "a frame has wire version 2", id="another version"),
]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Return where a capture is to be written."""
    return tmp_path / "session.qlcap"


@pytest.fixture
def changing_version(capture: Path) -> Path:
    """Write a capture that a tool with other firmware went on with; return it."""
    messages = [*FRAME_MESSAGES]
    messages[BEFORE_IT] = OF_ANOTHER_VERSION
    write_capture(capture, capture_head(), _timed(messages))
    return capture


def byte_of_the_change(path: Path) -> int:
    """Return where the frame of another version begins."""
    whole = path.read_bytes()
    return whole.index(OF_ANOTHER_VERSION) - 11  # after the record's kind, time and length


@pytest.mark.parametrize(("damaged", "words"), UNUSABLE)
def test_where_nothing_could_be_analysed_nothing_else_is_claimed(
    capture: Path, damaged: Damaged, words: str
) -> None:
    place = damaged(capture)
    done = run("analyze", capture)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"ql-release: {capture}, byte {place}: {words}")
    assert done.stderr.endswith("; there was nothing to analyse before.\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(("damaged", "words"), UNUSABLE)
def test_what_cannot_be_played_is_refused_before_a_daemon_starts(
    capture: Path, damaged: Damaged, words: str
) -> None:
    damaged(capture)
    done = run("replay", capture)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"ql-release: {capture}, byte ")
    assert words in done.stderr
    assert done.stderr.endswith("; nothing was played.\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize(("damaged", "words"), UNUSABLE)
def test_strict_prints_nothing_before_it_refuses(
    capture: Path, damaged: Damaged, words: str, form: list[str]
) -> None:
    damaged(capture)
    done = run("analyze", "--strict", *form, capture)
    assert (done.returncode, done.stdout) == (3, "")
    assert words in done.stderr
    assert done.stderr.endswith("; nothing was analysed, as --strict asks.\n")


def test_a_frame_of_another_version_is_damage_at_its_byte(changing_version: Path) -> None:
    done = run("analyze", changing_version)
    assert done.returncode == 3
    assert done.stderr == (
        f"ql-release: {changing_version}, byte {byte_of_the_change(changing_version)}: a frame "
        "has wire version 2 and this program reads version 1: use a newer or older ql-release; "
        "what came before was analysed.\n"
    )


def test_strict_finds_it_too_and_analyses_nothing(changing_version: Path) -> None:
    done = run("analyze", "--strict", changing_version)
    assert (done.returncode, done.stdout) == (3, "")
    assert f", byte {byte_of_the_change(changing_version)}: " in done.stderr
    assert done.stderr.endswith("; nothing was analysed, as --strict asks.\n")


def test_an_empty_recording_is_told_of_at_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    done = run("analyze", path)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"ql-release: {path}, line 1: ")
    assert done.stderr.endswith("; there was nothing to analyse before.\n")


@pytest.mark.parametrize("command", ["analyze", "replay"])
def test_a_pipe_is_refused_for_it_is_read_twice(command: str) -> None:
    done = run(command, "/dev/null")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "ql-release: /dev/null is no file: save what comes from it to one first.\n"
    )
