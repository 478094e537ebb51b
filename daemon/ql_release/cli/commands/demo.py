"""`ql-release demo`: everything working, without hardware."""

import asyncio
import importlib.util
import signal
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from ql_release.cli.console import Console, Style
from ql_release.cli.exits import CommandError, Exit
from ql_release.cli.files import need_file, unreadable
from ql_release.cli.subscriber import SubscriberError, watch
from ql_release.cli.watch import Watcher
from ql_release.cli.words import counted, minutes
from ql_release.demo.audience import Audience
from ql_release.demo.body import Body, recorded_body, simulated_body
from ql_release.demo.convert import NotConvertibleError
from ql_release.demo.firmware import FirmwareMissingError, find_firmware
from ql_release.demo.parts import PartError, free_port
from ql_release.demo.play import play
from ql_release.demo.script import STEPS, Script
from ql_release.demo.stage import Stage, default_speed
from ql_release.links.damage import DamagedRecording

LABEL_COLUMNS = 12
"""Room for the labels of the opening lines."""


def main(options: SimpleNamespace, console: Console) -> int:
    """Play the demonstration."""
    if importlib.util.find_spec("amqtt") is None:
        raise CommandError("The demonstration needs a broker: pip install 'ql-release[demo]'.")
    with tempfile.TemporaryDirectory(prefix="ql-release-demo-") as name:
        folder = Path(name)
        stage = _stage(options, folder)
        _announce(stage, options, console)
        script = Script(STEPS) if stage.body.scripted else None
        began = time.monotonic()
        try:
            audience = asyncio.run(_play(stage, script, console))
        except (PartError, SubscriberError) as error:
            raise CommandError(str(error)) from error
        except asyncio.CancelledError:
            return Exit.INTERRUPTED
        finally:
            if options.verbose:
                _show_logs(folder, console)
    return _verdict(audience, time.monotonic() - began, console, scripted=script is not None)


def _stage(options: SimpleNamespace, folder: Path) -> Stage:
    """Return how everything is set up."""
    try:
        firmware = find_firmware()
    except FirmwareMissingError as error:
        raise CommandError(str(error)) from error
    body = _body(options.recording, folder)
    speed = options.speed or default_speed(body)
    return Stage(folder, firmware, body, speed, free_port(), free_port())


def _body(file: Path | None, folder: Path) -> Body:
    """Return what lies on the tool; a recording is read through first."""
    if file is None:
        return simulated_body(folder)
    need_file(file)
    try:
        return recorded_body(file, folder)
    except DamagedRecording as error:
        sentence = f"{error}; repair or shorten the file, or see what comes before with `analyze`."
        raise CommandError(sentence, Exit.DAMAGED) from error
    except NotConvertibleError as error:
        raise CommandError(str(error), Exit.DAMAGED) from error
    except OSError as error:
        raise CommandError(unreadable(file, error)) from error


def _announce(stage: Stage, options: SimpleNamespace, console: Console) -> None:
    """Say what is about to run."""
    body = "simulated" if stage.body.scripted else str(options.recording)
    seconds = stage.seconds / stage.speed
    rows = {
        "tool": "its real firmware",
        "runs on": stage.firmware.runs_on,
        "body": f"{body}, {minutes(stage.body.seconds)} min",
        "broker": f"mqtt://127.0.0.1:{stage.broker_port} (try `ql-release watch --url` with it)",
        "speed": f"{stage.speed:g} times real time, so about {seconds:.0f} s",
    }
    for label, text in rows.items():
        console.line(f"{label:<{LABEL_COLUMNS}}{text}", Style.FAINT)
    console.line()


async def _play(stage: Stage, script: Script | None, console: Console) -> Audience:
    """Play it; being terminated, or losing the terminal, ends the processes first."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    audience = Audience(script)
    mqtt = stage.mqtt
    watcher = Watcher(console, mqtt.prefix, on_event=audience.event, on_summary=audience.summary)
    await play(stage, audience, lambda ready: watch(mqtt, watcher, console, ready))
    return audience


def _verdict(audience: Audience, seconds: float, console: Console, *, scripted: bool) -> Exit:
    """Say how it went."""
    faults = audience.faults()
    console.line()
    if faults:
        for fault in faults:
            console.line(fault, Style.WRONG)
        return Exit.FAILED
    if scripted:
        console.line(f"All {len(STEPS)} expected events came, in order ({seconds:.0f} s).")
    else:
        sessions = counted(audience.sessions, "session")
        console.line(f"The recording was played to its end: {sessions} ({seconds:.0f} s).")
    return Exit.OK


def _show_logs(folder: Path, console: Console) -> None:
    """Print what the parts logged."""
    for log in sorted(folder.glob("*.log")):
        console.line()
        console.line(f"what the {log.stem} logged:", Style.STRONG)
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            console.line(f"  {line}", Style.FAINT)
