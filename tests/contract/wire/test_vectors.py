"""The golden vectors of the wire are what their generator makes of docs/wire.md."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parent
GENERATOR = FOLDER / "generate.py"


@pytest.fixture
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wire_vectors", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_files_are_what_the_generator_writes(generator: ModuleType) -> None:
    """When this fails, run `python tests/contract/wire/generate.py` and read the difference."""
    for name, contents in generator.documents().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == contents, f"{name} is stale"


def test_no_vector_file_is_without_its_maker(generator: ModuleType) -> None:
    assert {path.name for path in FOLDER.glob("*.json")} == set(generator.documents())


def test_the_generator_uses_neither_the_daemons_code_nor_the_firmwares() -> None:
    """Otherwise the vectors would agree with any mistake in it."""
    source = GENERATOR.read_text(encoding="utf-8")
    assert "import ql_release" not in source
    assert "from ql_release" not in source
    assert "release_tool" not in source
