"""No broker for a day: live values are dropped, events are kept."""

from pathlib import Path

from reliability.rig import rig, until
from reliability.row import Row
from reliability.undisturbed import Expected

PROGRAM = Path(__file__).parent / "programs" / "day.py"
SPEED = 900.0
"""Of the daemon's clock: a day is over in a minute and a half."""
PATIENCE_S = 400.0


async def unreachable(folder: Path, expected: Expected, updates: int) -> Row:
    """Have no broker until so many state updates have been dropped and the tape is over."""
    told = folder / "dropped"
    program = (str(PROGRAM), str(told), str(updates))
    async with rig(
        folder / "day", expected.tape, program=program, speed=SPEED, seconds=1e6
    ) as made:
        await made.heard(0.01)
        made.broker.kill()
        over = await until(lambda: made.over and told.exists(), PATIENCE_S)
        made.broker.start()
        await made.whole()
        dropped, seconds = told.read_text().split() if over else ("fewer", "0")
        did = f"no broker for {int(seconds) / 3600:.1f} simulated hours, "
        did += f"{int(dropped):,} state updates dropped" if over else "too few updates dropped"
        row = await made.finish("broker unreachable for a day", did, expected.events)
    return row if over else row.with_problem("it took too long")
