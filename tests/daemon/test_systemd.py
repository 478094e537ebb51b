"""What systemd is told: by a real socket, and by the real daemon's process."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest
from broker import free_port
from command import environ

from ql_release.systemd import LOOK_S, ServiceManager

PATIENCE_S = 60.0
"""How long to wait for a word that must come."""
SILENCE_S = 1.0
"""How long nothing may come; a busy machine makes nothing come later, never sooner."""
WATCHDOG_USEC = 200_000
"""Feeds five times within the silence, if nothing stalls."""
UNIT = "contrib/systemd/ql-release.service"


class Ear:
    """The end of the socket at which systemd sits."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{name[1:]}" if name.startswith("@") else name)
        self._socket.settimeout(PATIENCE_S)

    def hear(self) -> str:
        """Return the next word."""
        return self._socket.recv(4096).decode()

    def hear_until(self, begin: str) -> list[str]:
        """Return all words up to the one that begins so."""
        heard = [self.hear()]
        while not heard[-1].startswith(begin):
            heard.append(self.hear())
        return heard

    def hears_nothing(self) -> bool:
        """Forget what has come, and say whether nothing comes after it."""
        self._socket.settimeout(0)
        try:
            while True:
                self.hear()
        except BlockingIOError:
            self._socket.settimeout(SILENCE_S)
        try:
            self.hear()
        except TimeoutError:
            return True
        finally:
            self._socket.settimeout(PATIENCE_S)
        return False

    def close(self) -> None:
        """Be gone."""
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ear]:
    """Sit at a socket of either kind."""
    made = Ear(str(tmp_path / "n") if request.param == "path" else f"@ql-release-{tmp_path.name}")
    yield made
    made.close()


def test_words_arrive_as_the_protocol_has_them(ear: Ear) -> None:
    manager = ServiceManager({"NOTIFY_SOCKET": ear.name, "WATCHDOG_USEC": "10000000"})
    manager.ready()
    manager.status("mat is here\nREADY=1")
    manager.feed()
    manager.stopping()
    assert [ear.hear() for _ in range(4)] == [
        "READY=1",
        "STATUS=mat is here\\nREADY=1",
        "WATCHDOG=1",
        "STOPPING=1",
    ]
    assert manager.listens
    assert manager.period_s == 5.0


def test_the_same_status_is_told_once(ear: Ear) -> None:
    manager = ServiceManager({"NOTIFY_SOCKET": ear.name})
    for text in ("one", "one", "two", "one"):
        manager.status(text)
    manager.stopping()
    assert ear.hear_until("STOPPING") == ["STATUS=one", "STATUS=two", "STATUS=one", "STOPPING=1"]


@pytest.mark.parametrize(
    ("given", "period_s", "fed"),
    [
        ({}, LOOK_S, False),
        ({"WATCHDOG_USEC": "0"}, LOOK_S, False),
        ({"WATCHDOG_USEC": "soon"}, LOOK_S, False),
        ({"WATCHDOG_USEC": "-5"}, LOOK_S, False),
        ({"WATCHDOG_USEC": "3000000"}, 1.5, True),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "77"}, 1.5, True),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "78"}, LOOK_S, False),
        ({"WATCHDOG_USEC": "60000000"}, LOOK_S, True),
    ],
)
def test_the_watchdog_is_fed_at_half_its_time_if_it_is_meant_for_us(
    ear: Ear, given: dict[str, str], period_s: float, fed: bool
) -> None:
    manager = ServiceManager({"NOTIFY_SOCKET": ear.name} | given, pid=77)
    manager.feed()
    manager.stopping()
    assert manager.period_s == period_s
    assert ("WATCHDOG=1" in ear.hear_until("STOPPING")) == fed


@pytest.mark.parametrize("name", ["", "relative", "vsock:2:1234"])
def test_without_a_socket_of_ours_nobody_listens(name: str) -> None:
    manager = ServiceManager({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000"})
    assert not manager.listens
    manager.ready()
    manager.feed()


def test_a_socket_that_is_gone_or_full_holds_nothing_up(tmp_path: Path) -> None:
    full = Ear(str(tmp_path / "full"))
    for name in (full.name, str(tmp_path / "gone")):
        manager = ServiceManager({"NOTIFY_SOCKET": name})
        for number in range(5000):
            manager.status(str(number))
    assert full.hear() == "STATUS=0"
    full.close()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings of a daemon that finds no broker."""
    path = tmp_path / "config.toml"
    path.write_text(
        f'[bridge]\nid = "pi"\n[mqtt]\nurls = ["mqtt://127.0.0.1:{free_port()}"]\n'
        f'[tcp]\nport = {free_port()}\n[journal]\npath = "journal.db"\n',
        encoding="utf-8",
    )
    return path


Started = subprocess.Popen[str]


def start(config: Path, ear: Ear, *program: str | Path) -> Started:
    """Start a daemon under a watchdog."""
    given = {"NOTIFY_SOCKET": ear.name, "WATCHDOG_USEC": str(WATCHDOG_USEC)}
    return subprocess.Popen(
        [sys.executable, *map(str, program), str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environ(**given),
    )


def end(daemon: Started) -> None:
    """End a daemon however it stands."""
    daemon.kill()
    daemon.communicate()


def test_the_daemon_says_what_becomes_of_it(config: Path, ear: Ear) -> None:
    daemon = start(config, ear, "-m", "ql_release", "run", "--config")
    try:
        first = ear.hear_until("WATCHDOG")
        assert first == ["READY=1", "STATUS=no tool is here; no broker", "WATCHDOG=1"]
        with socket.create_connection(("127.0.0.1", _port(config))):
            pass  # READY came after the listener was there
        assert ear.hear_until("WATCHDOG") == ["WATCHDOG=1"]
        daemon.send_signal(signal.SIGTERM)
        assert ear.hear_until("STOPPING")[-1] == "STOPPING=1"
        assert daemon.wait(PATIENCE_S) == 0
    finally:
        end(daemon)


def test_a_daemon_that_cannot_start_is_never_ready(config: Path, ear: Ear) -> None:
    with socket.create_server(("127.0.0.1", _port(config))):
        daemon = start(config, ear, "-m", "ql_release", "run", "--config")
        assert daemon.wait(PATIENCE_S) == 1
        end(daemon)
    assert ear.hears_nothing()


def test_a_loop_or_journal_that_stalls_is_not_fed(config: Path, ear: Ear) -> None:
    daemon = start(config, ear, Path(__file__).with_name("stallable_daemon.py"))
    assert daemon.stdin is not None
    assert daemon.stdout is not None
    try:
        ear.hear_until("WATCHDOG")
        daemon.send_signal(signal.SIGUSR1)
        assert daemon.stdout.readline() == "stalled\n"
        assert ear.hears_nothing()
        daemon.stdin.write("\n")
        daemon.stdin.flush()
        ear.hear_until("WATCHDOG")
        daemon.send_signal(signal.SIGUSR2)
        assert daemon.stdout.readline() == "stalled\n"
        assert ear.hears_nothing()
        daemon.send_signal(signal.SIGUSR2)
        ear.hear_until("WATCHDOG")
    finally:
        end(daemon)


def _port(config: Path) -> int:
    return int(config.read_text(encoding="utf-8").partition("port = ")[2].split()[0])


@pytest.fixture
def unit(repository: Path) -> RawConfigParser:
    """Read the unit file as systemd's simple syntax is."""
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((repository / UNIT).read_text(encoding="utf-8"))
    return parser


def test_the_unit_asks_for_what_the_daemon_does(unit: RawConfigParser) -> None:
    service = unit["Service"]
    assert unit.sections() == ["Unit", "Service", "Install"]
    assert service["Type"] == "notify"
    assert service["ExecStart"].endswith("/bin/ql-release run")
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"] == "2"
    assert service["StateDirectory"] == "ql-release"
    assert int(service["WatchdogSec"]) > 2 * LOOK_S
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_the_unit_shuts_the_daemon_in(unit: RawConfigParser) -> None:
    service = unit["Service"]
    assert service["User"] not in ("", "root")
    assert service["CapabilityBoundingSet"] == ""
    assert service["ProtectSystem"] == "strict"
    calls = service["SystemCallFilter"].split()
    # Else asking whether the clock is synchronised would kill the daemon.
    assert {"@system-service", "adjtimex", "clock_adjtime"} <= set(calls)
    assert service["SystemCallErrorNumber"] == "EPERM"
    for key in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "RestrictNamespaces"):
        assert service[key] == "yes"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")
def test_systemd_finds_nothing_wrong_with_the_unit(repository: Path, tmp_path: Path) -> None:
    text = (repository / UNIT).read_text(encoding="utf-8")
    here = f"{Path(sys.executable).with_name('ql-release')} run"
    copy = tmp_path / "ql-release.service"
    copy.write_text(text.replace("/opt/ql-release/bin/ql-release run", here), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_docs_install_the_unit_that_is_shipped(repository: Path) -> None:
    assert UNIT in (repository / "docs" / "setup.md").read_text(encoding="utf-8")
