"""The set-up itself: what is missing is named, and the fixtures start real programs."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import program_paths
import pytest
from broker import Mosquitto
from machine_apt import Mirror, mirrors

NAMES = (
    "micropython",
    "micropython32",
    "mosquitto",
    "mosquitto_pub",
    "mosquitto_sub",
    "mosquitto_passwd",
    "nats-server",
    "python3.14",
)


@pytest.mark.parametrize("name", NAMES)
def test_program_is_set_up(name: str) -> None:
    """A program that is missing shows here by name, even where no other test asks for it."""
    assert program_paths.program(name).exists()


@pytest.fixture
def without_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Pretend that the set-up could not have Mosquitto."""
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"missing": {"mosquitto": "no mirror"}}))
    monkeypatch.setattr(program_paths, "BIN", tmp_path)
    monkeypatch.setattr(program_paths, "STATE", state)


@pytest.mark.usefixtures("without_programs")
def test_missing_program_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is skipped silently."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="mosquitto is missing: no mirror"):
        program_paths.program("mosquitto")


@pytest.mark.usefixtures("without_programs")
def test_missing_program_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where CI=true, all must have run."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="micropython is missing"):
        program_paths.program("micropython")


@pytest.mark.parametrize("end", [Mosquitto.stop, Mosquitto.kill])
def test_broker_comes_back_on_its_port(
    mosquitto: Mosquitto, end: Callable[[Mosquitto], None]
) -> None:
    """A test can take the broker away and bring it back."""
    end(mosquitto)
    with socket.socket() as client:
        assert client.connect_ex(("127.0.0.1", mosquitto.port)) != 0
    mosquitto.start()
    with socket.create_connection(("127.0.0.1", mosquitto.port)):
        assert mosquitto.running


def test_broker_that_cannot_start_says_why(mosquitto: Mosquitto) -> None:
    """The log is in the message."""
    mosquitto.stop()
    mosquitto.configure(["no_such_setting true"])
    with pytest.raises(RuntimeError, match="no_such_setting"):
        mosquitto.start()


ONE_LINE = """
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/keys/a.gpg] http://mirror.example/debian bookworm main contrib
deb-src http://mirror.example/source bookworm main
deb http://mirror.example/security bookworm-security main
"""

DEB822 = """
# A comment.
Types: deb deb-src
URIs: http://other.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN KEY-----
 .
 abc

Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Enabled: no

Types: deb
URIs: http://vendor.example
Suites: nodistro
"""


def test_mirrors_come_from_both_forms_of_apt_sources(tmp_path: Path) -> None:
    """Whatever the files are called, and nothing that does not hold Debian itself."""
    (tmp_path / "sources.list").write_text(ONE_LINE)
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / "any name.sources").write_text(DEB822)
    (tmp_path / "sources.list.d" / "old.list.save").write_text(ONE_LINE.replace("mirror", "old"))
    assert mirrors(tmp_path, "bookworm") == [
        Mirror("http://mirror.example/debian", "/keys/a.gpg"),
        Mirror("http://other.example/debian", "-----BEGIN KEY-----\n .\n abc"),
    ]


def test_mirror_keeps_its_key_for_another_suite() -> None:
    """A key that stands in the sources themselves is carried over as it is."""
    text = Mirror("http://mirror.example", "-----BEGIN KEY-----\n .\n abc").sources("forky")
    assert "Suites: forky\n" in text
    assert "Signed-By: -----BEGIN KEY-----\n .\n abc\n" in text


def test_missing_program_is_told_on_the_command_line(repository: Path) -> None:
    """`make test-3.14` names what it leaves out; with CI=true it fails."""
    script = str(repository / "scripts" / "programs.py")
    command = [sys.executable, script, "--missing", "python9"]
    for environment, code in (({}, 0), ({"CI": "true"}, 1)):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert "python9 is missing" in done.stdout
