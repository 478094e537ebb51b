"""What a tape gives when nothing fails: what every fault must end with, too."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reliability.rig import rig
from reliability.row import Row
from reliability.tape import Tape


@dataclass(frozen=True, slots=True)
class Expected:
    """A tape and what comes of it.

    Attributes:
        tape: what the tool measures.
        events: contents by id.
    """

    tape: Tape
    events: dict[str, dict[str, Any]]


async def undisturbed(folder: Path, tape: Tape) -> tuple[Row, Expected]:
    """Play a tape to a daemon that is left alone; return how it went and what came of it.

    It must be what the pipeline says of the tape, without daemon, journal and broker.
    """
    due = {due.id: due.contents for due in tape.due}
    async with rig(folder / "undisturbed", tape) as made:
        row = await made.finish("none", "nothing", due)
        events = dict(made.watcher.events)
    return row, Expected(tape, events)
