"""Where settings come from: a TOML file over environment variables over defaults."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ql_release.settings.errors import SettingsError
from ql_release.settings.faults import Origin, sentence
from ql_release.settings.models import Settings
from ql_release.settings.secrets import CREDENTIAL

DEFAULT_PATH = Path("/etc/ql-release/config.toml")
"""Read when no file is named; it need not exist."""
ENV_PREFIX = "QL_RELEASE_"
ENV_NESTING = "__"
"""Between a section and its key: QL_RELEASE_MQTT__USERNAME is mqtt.username."""
OTHER_VARIABLES = frozenset({"QL_RELEASE_MICROPYTHON"})
"""Variables with the same prefix that are no settings; see docs/settings.md."""
STATE_DIRECTORY = "STATE_DIRECTORY"
"""Set by systemd for units with StateDirectory=; several are separated by colons."""
JOURNAL_NAME = "journal.db"
FILE_KEYS = frozenset({"username_file", "password_file", "ca_file", "cert_file", "key_file"})
"""Keys that name files; a relative name in a TOML file is meant from that file's folder."""

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and where each came from.

    Attributes:
        settings: all of them.
        path: the TOML file that was read; None when there was none.
        origin: says where a key's value came from.
    """

    settings: Settings
    path: Path | None
    origin: Origin


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force.

    Args:
        path: a TOML file; None for `DEFAULT_PATH`, which need not exist.
        environ: environment variables; the process's own by default.

    Raises:
        SettingsError: with one sentence for each fault.
    """
    return load_with_sources(path, environ).settings


def load_with_sources(path: Path | None, environ: Mapping[str, str] | None = None) -> Loaded:
    """Return the settings in force and where each came from.

    Args:
        path: a TOML file; None for `DEFAULT_PATH`, which need not exist.
        environ: environment variables; the process's own by default.

    Raises:
        SettingsError: with one sentence for each fault.
    """
    environ = os.environ if environ is None else environ
    path = path or _default_path()
    from_file = {} if path is None else _read_toml(path)
    from_environment = _read_environment(environ)
    origin = Origin(path, from_file, from_environment)
    merged = _merge(_merge(_machine_defaults(environ), from_environment), from_file)
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise SettingsError(*(sentence(detail, origin) for detail in details)) from None
    return Loaded(settings, path, origin)


def _default_path() -> Path | None:
    """Return the usual file if there is one; one that is out of reach is told of when read."""
    try:
        return DEFAULT_PATH if DEFAULT_PATH.is_file() else None
    except PermissionError:
        return DEFAULT_PATH


def _machine_defaults(environ: Mapping[str, str]) -> Tree:
    """Return the defaults that depend on who started the daemon."""
    directory = environ.get(STATE_DIRECTORY, "").split(":")[0]
    return {"journal": {"path": Path(directory) / JOURNAL_NAME}} if directory else {}


def _read_toml(path: Path) -> Tree:
    """Return a TOML file's contents with its file names made absolute."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"{path} cannot be read ({reason}); name a readable file with --config."
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    _make_absolute(tree, path.parent.absolute())
    return tree


def _make_absolute(tree: Tree, folder: Path) -> None:
    """Resolve the file names in a tree, in place; what is no text is left to the models."""
    for section, keys in (("mqtt", FILE_KEYS), ("tcp", FILE_KEYS), ("journal", {"path"})):
        table = tree.get(section)
        if not isinstance(table, dict):
            continue
        for key in keys & table.keys():
            name = table[key]
            if isinstance(name, str) and name and not name.startswith(CREDENTIAL):
                table[key] = str(folder / name)


def _read_environment(environ: Mapping[str, str]) -> Tree:
    """Return the variables with our prefix as a tree of lower-case keys."""
    tree: Tree = {}
    for name in sorted(environ):
        if name.startswith(ENV_PREFIX) and name not in OTHER_VARIABLES:
            _plant(tree, name, _value(name, environ[name]))
    return tree


def _plant(tree: Tree, name: str, value: Any) -> None:
    """Put a variable's value where its name says."""
    *sections, key = name.removeprefix(ENV_PREFIX).lower().split(ENV_NESTING)
    for section in sections:
        tree = tree.setdefault(section, {})
        if not isinstance(tree, dict):
            raise SettingsError(
                f"{name} contradicts another variable that sets all of {section}; keep one."
            )
    tree[key] = value


def _value(name: str, text: str) -> Any:
    """Return a variable's value: JSON for lists and tables, else the text itself."""
    if not text.lstrip().startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingsError(f"{name} holds neither plain text nor valid JSON: {error}.") from error


def _merge(below: Tree, above: Tree) -> Tree:
    """Return two trees as one: tables are merged, for all else the upper one wins."""
    merged = dict(below)
    for key, value in above.items():
        lower = merged.get(key)
        both = isinstance(lower, dict) and isinstance(value, dict)
        merged[key] = _merge(lower, value) if both else value  # type: ignore[arg-type]
    return merged
