"""What a daemon keeps out of its memory."""

import subprocess
import sys
import types
import urllib

import pytest
from command import environ

from ql_release.imports import put_off

NOT_NEEDED = (
    "_sysconfigdata",
    "argparse",
    "bz2",
    "csv",
    "difflib",
    "email",
    "http.client",
    "importlib.metadata",
    "lzma",
    "shutil",
    "tempfile",
    "zipfile",
)
"""How the names of what only libraries would bring begin."""
LOAD = """
import importlib, sys
from ql_release.cli.command import _parsed, spare_libraries
spare_libraries()
_parsed(["run"])
importlib.import_module("ql_release.cli.commands.run")
importlib.import_module("ql_release.mqtt.aiomqtt_port")
"""
"""All that a running daemon has loaded."""


def loaded(then: str) -> str:
    """Load what a daemon does, do something then, and return what that printed."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", LOAD + then],
        check=True,
        capture_output=True,
        text=True,
        env=environ(PYTHONPATH=":".join(filter(None, sys.path))),
    )
    return done.stdout.strip()


def test_a_daemon_loads_nothing_that_only_libraries_would_use() -> None:
    assert (
        loaded(f"print([name for name in sys.modules if name.startswith({NOT_NEEDED!r})])") == "[]"
    )


def test_a_module_that_was_put_off_is_there_when_it_is_used() -> None:
    use = "import urllib.request; print(callable(urllib.request.getproxies), "
    use += "'getproxies' in vars(sys.modules['urllib.request']), 'http.client' in sys.modules)"
    assert loaded(use) == "True True True"


def test_what_is_taken_from_a_module_that_was_put_off_is_the_real_thing() -> None:
    use = "from urllib.request import Request; print(Request('http://a/').host)"
    assert loaded(use) == "a"


def test_a_module_that_is_loaded_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    real = types.ModuleType("urllib.request")
    monkeypatch.setitem(sys.modules, "urllib.request", real)
    monkeypatch.setattr(urllib, "request", real, raising=False)
    put_off("urllib.request")
    assert sys.modules["urllib.request"] is real
    assert urllib.request is real
