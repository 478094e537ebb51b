"""Make a virtual environment of this project from its hashed lock file.

`python3 scripts/environment.py` makes `.venv`, with the command at `.venv/bin/ql-release`; options
make others, on another interpreter or from another lock file. A stamp
with a hash of everything that went in is written last, so a second run is quick and an
interrupted one starts again from nothing.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from checkout import INTERRUPTED, ROOT, VENV, SetupError, digest, exclusive, run

OLDEST_PYTHON = (3, 11)
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = ".complete"

ASK = "import os, sys; print(sys.hexversion); print(os.path.realpath(sys.executable))"
"""Version and true place of an interpreter: reached by a link it may not find its own modules."""


@dataclass(frozen=True, slots=True)
class Environment:
    """One virtual environment.

    Attributes:
        folder: Where it lies.
        lock: What is installed in it.
        project: Whether this project is installed too, as it stands in the checkout.

    """

    folder: Path
    lock: Path
    project: bool

    @property
    def code(self) -> list[Path]:
        """What of the checkout runs in it as installed."""
        return [ROOT / "daemon"] if self.project else []

    @property
    def sources(self) -> list[Path]:
        """What decides how the project is installed."""
        return [ROOT / "pyproject.toml"] if self.project else []


def main() -> int:
    """Make the environment, unless it is there already."""
    if sys.version_info < OLDEST_PYTHON:
        print("Python 3.11 or newer is needed: say which with `make PYTHON=python3.11`.")
        return 1
    options = _options()
    try:
        with exclusive():
            build(_wanted(options), options.python, options.pip_of)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{options.folder} is not complete: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped: the next run makes {options.folder.name} anew.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=VENV)
    parser.add_argument("--python", default=sys.executable, help="the interpreter to build on")
    parser.add_argument(
        "--pip-of", help="install with this interpreter's pip, not a pip of its own"
    )
    parser.add_argument("--lock", type=Path, default=LOCK, help="the lock file to install")
    parser.add_argument(
        "--without-project", action="store_true", help="install what is locked, and nothing else"
    )
    return parser.parse_args()


def _wanted(options: argparse.Namespace) -> Environment:
    project = not options.without_project
    return Environment(options.folder.absolute(), options.lock.absolute(), project=project)


def build(environment: Environment, python: str, pip_of: str | None) -> None:
    """Bring one environment up to date: nothing to do, an update in place, or made anew.

    Raises:
        SetupError: The interpreter has no `venv`, or does not run.
        subprocess.CalledProcessError: pip failed; it has said why on the terminal.

    """
    version, base = run([python, "-c", ASK], f"{python} does not run").splitlines()
    folder = environment.folder
    wanted = {
        "made": digest(str(folder), version, base),
        "holds": digest(environment.lock, *environment.sources, Path(__file__)),
    }
    present = _stamp(folder)
    if present == wanted:
        _compile(folder, *environment.code)
        return
    print(f"Setting up {folder.name} …", flush=True)
    (folder / STAMP).unlink(missing_ok=True)
    if present.get("made") != wanted["made"]:
        _create(folder, base, with_pip=pip_of is None)
    _install(environment, pip_of)
    _compile(folder, *environment.code, *folder.glob("lib/python*/site-packages"))
    (folder / STAMP).write_text(json.dumps(wanted), encoding="utf-8")


def _stamp(folder: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if (folder / "bin" / "python").exists() else {}


def _create(folder: Path, python: str, *, with_pip: bool) -> None:
    if with_pip:
        _need_ensurepip()
    shutil.rmtree(folder, ignore_errors=True)
    options = [] if with_pip else ["--without-pip"]
    run([python, "-m", "venv", *options, str(folder)], f"{folder.name} cannot be made")


def _need_ensurepip() -> None:
    """Debian keeps half of `venv` in a package of its own: have it, or say how to get it.

    Raises:
        SetupError: It is missing and only the machine's administrator can install it.

    """
    if importlib.util.find_spec("ensurepip"):
        return
    advice = "python3-venv is missing: run `apt-get install python3-venv` as root, then try again"
    if os.geteuid() or not shutil.which("apt-get"):
        raise SetupError(advice)
    print("Installing Debian's python3-venv …", flush=True)
    run(["apt-get", "update", "-q"], advice)
    run(["apt-get", "install", "-qy", "--no-install-recommends", "python3-venv"], advice)


def _install(environment: Environment, pip_of: str | None) -> None:
    python = str(environment.folder / "bin" / "python")
    pip = [pip_of, "-m", "pip", "--python", python] if pip_of else [python, "-m", "pip"]
    install: list[str | Path] = [*pip, "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "--requirement", environment.lock], check=True)
    if environment.project:
        itself = [*install, "--no-deps", "--no-build-isolation", "--editable", ROOT]
        subprocess.run(itself, check=True)


def _compile(folder: Path, *parts: Path) -> None:
    """Compile what is new, even where the environment keeps Python from doing so as it runs.

    Compiled at every start instead, the daemon would take several times as long to start, and
    6 MB more memory for good. A file that does not compile, such as a template, is no matter.
    """
    if parts:
        python = folder / "bin" / "python"
        subprocess.run([python, "-m", "compileall", "-qq", *parts], check=False)


if __name__ == "__main__":
    sys.exit(main())
