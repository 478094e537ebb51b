"""Set up the programs that tests and the demo use beside Python, under the checkout.

MicroPython (64 and 32 bit), Mosquitto with its clients, NATS and Python 3.14 come to
`.tools/bin`: a link to what the machine has when that is new enough, otherwise unpacked from
Debian without touching the system. What cannot be had is named, with its reason, here and by the
tests that would have used it; this script itself then still succeeds.
"""

import functools
import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import probe
import relocate
from checkout import INTERRUPTED, ROOT, SCRIPTS, STATE, TOOLS, SetupError, digest, exclusive
from private_apt import SUITE, Unpacking

BIN = TOOLS / "bin"

NATIVE = Unpacking(
    TOOLS / "root64",
    (
        "micropython",
        "mosquitto",
        "mosquitto-clients",
        "python3.14",
        "python3.14-dev",
        "python3.14-venv",
        # Python wheels with C++ in them look for these two.
        "libgcc-s1",
        "libstdc++6",
    ),
)
FOREIGN = Unpacking(TOOLS / "root32", ("micropython",), "i386")
# On its own, for few tests need it: where it cannot be had, the others still can.
CLUSTER = Unpacking(TOOLS / "rootnats", ("nats-server",))


@dataclass(frozen=True, slots=True)
class Program:
    """One program: how it is recognised, and where its package puts it.

    Attributes:
        name: Under `.tools/bin`.
        probe: Tells its version, or None when it does not do.
        command: What it is called on PATH.
        unpacking: The packages that hold it.
        inside: Its place in them.

    """

    name: str
    probe: probe.Probe
    command: str
    unpacking: Unpacking
    inside: str


PROGRAMS = (
    Program("micropython", probe.micropython, "micropython", NATIVE, "usr/bin/micropython"),
    Program("micropython32", probe.micropython32, "micropython", FOREIGN, "usr/bin/micropython"),
    Program("mosquitto", probe.mosquitto, "mosquitto", NATIVE, "usr/sbin/mosquitto"),
    Program("mosquitto_pub", probe.mosquitto, "mosquitto_pub", NATIVE, "usr/bin/mosquitto_pub"),
    Program("mosquitto_sub", probe.mosquitto, "mosquitto_sub", NATIVE, "usr/bin/mosquitto_sub"),
    Program(
        "mosquitto_passwd",
        probe.mosquitto_passwd,
        "mosquitto_passwd",
        NATIVE,
        "usr/bin/mosquitto_passwd",
    ),
    Program("nats-server", probe.nats_server, "nats-server", CLUSTER, "usr/sbin/nats-server"),
    Program("python3.14", probe.python314, "python3.14", NATIVE, "usr/bin/python3.14"),
)


def main(arguments: list[str]) -> int:
    """Set up every program; with `--missing NAME` only tell why there is no NAME."""
    match arguments:
        case ["--missing", name]:
            return _tell_missing(name)
        case []:
            return _run()
    print("Usage: programs.py [--missing NAME]", file=sys.stderr)
    return 2


def _run() -> int:
    try:
        with exclusive():
            _set_up()
    except KeyboardInterrupt:
        print("Stopped: the next run goes on from here.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _tell_missing(name: str) -> int:
    """Say why a program is missing; that is a failure where CI=true."""
    reason = _state().get("missing", {}).get(name, "it is not set up: run `make programs`")
    print(f"SKIPPED: {name} is missing: {reason}")
    return int(os.environ.get("CI") == "true")


def _state() -> dict[str, dict[str, str]]:
    try:
        found: dict[str, dict[str, str]] = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _inputs() -> str:
    """Hash what decides the contents of the unpacked folders."""
    return digest(
        SUITE,
        platform.machine(),
        *(" ".join(one.packages) for one in (NATIVE, FOREIGN, CLUSTER)),
        SCRIPTS / "private_apt.py",
    )


def _complete(inputs: dict[str, str]) -> bool:
    """Tell whether nothing is left to do; what was missing once is tried again each time."""
    state = _state()
    there = all((BIN / program.name).exists() for program in PROGRAMS)
    return there and state.get("inputs") == inputs and not state["missing"]


def _set_up() -> None:
    inputs = {"programs": digest(_inputs(), *sorted(SCRIPTS.glob("*.py"))), "checkout": str(ROOT)}
    if _complete(inputs):
        return
    STATE.unlink(missing_ok=True)
    BIN.mkdir(exist_ok=True)
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    for program in PROGRAMS:
        try:
            found[program.name] = _provide(program)
            print(f"{program.name} {found[program.name]}", flush=True)
        except SetupError as error:
            missing[program.name] = str(error)
    for reason in dict.fromkeys(missing.values()):
        names = ", ".join(name for name in missing if missing[name] == reason)
        print(f"Not to be had here: {names}: {reason}")
    whole = {"inputs": inputs, "found": found, "missing": missing}
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    fresh.rename(STATE)


def _provide(program: Program) -> str:
    """Put one program into `.tools/bin` and return its version and origin.

    Raises:
        SetupError: It cannot be had here.

    """
    own = probe.on_path(program.command, outside=TOOLS)
    if own and (version := program.probe(own)):
        _link(program.name, own)
        return f"{version} ({own})"
    try:
        return _provide_unpacked(program)
    except SetupError:
        (BIN / program.name).unlink(missing_ok=True)
        raise


def _provide_unpacked(program: Program) -> str:
    if reason := _unpack(program.unpacking):
        raise SetupError(reason)
    _expose(program)
    if version := program.probe(BIN / program.name):
        return f"{version} (Debian {SUITE})"
    raise SetupError(f"the one from Debian {SUITE} does not run on this machine")


@functools.cache
def _unpack(unpacking: Unpacking) -> str:
    """Unpack packages, once a run; return why that failed, or nothing."""
    if unpacking.architecture and platform.machine() != "x86_64":
        return "a 32-bit one can be set up on x86-64 only"
    try:
        unpacking.ensure(_inputs())
    except SetupError as error:
        return str(error)
    return ""


def _expose(program: Program) -> None:
    """Make an unpacked program startable as `.tools/bin/NAME`, wherever the checkout lies."""
    root = program.unpacking.root
    inside = root / program.inside
    if program.unpacking.architecture:
        fresh = _fresh(program.name)
        fresh.write_text(relocate.launcher(inside, root), encoding="utf-8")
        fresh.chmod(0o755)
        fresh.rename(BIN / program.name)
        return
    relocate.adopt(inside, root)
    relocate.link_headers(root)
    _link(program.name, Path("..", inside.relative_to(TOOLS)))


def _link(name: str, target: Path) -> None:
    fresh = _fresh(name)
    fresh.symlink_to(target)
    fresh.rename(BIN / name)


def _fresh(name: str) -> Path:
    """Return a free name beside the final one: what works already is replaced in one step."""
    fresh = BIN / f".{name}.new"
    fresh.unlink(missing_ok=True)
    return fresh


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
