"""The connection to the broker breaks in the middle of what it carries."""

from pathlib import Path

from reliability.cutting import CuttingProxy
from reliability.rig import rig
from reliability.row import Row
from reliability.undisturbed import Expected

HURRY = 400.0
"""Speed of the daemon's clock: after so many failures in a row it waits up to a minute of that
clock before it connects again."""
RATE = 1000.0
"""Samples a second: events must not run out before every byte has had its cut."""
PUBACK_BYTES = 4


async def cut_at_every_byte(folder: Path, expected: Expected, step: int) -> Row:
    """Cut one connection after the other, each a `step` of bytes later in an event's packet."""
    proxy = CuttingProxy()
    await proxy.start()
    url = f"mqtt://127.0.0.1:{proxy.port}"
    async with rig(folder / "cut", expected.tape, rate=RATE, speed=HURRY, url=url) as made:
        proxy.aim(made.broker.port)
        at = size = 0
        while at <= size and not made.over:
            size = await proxy.cut_event(at)
            at += step
        for place in range(PUBACK_BYTES + 1):
            await proxy.cut_answer(place)
        await made.whole()
        did = f"{proxy.cuts} cuts: after every {_ordinal(step)}byte of an event's packet of "
        did += f"{size} bytes, and of an acknowledgement"
        row = await made.finish("connection cut in mid-packet", did, expected.events)
    await proxy.stop()
    return row.with_problem(None if at > size else f"only the first {at} bytes had their turn")


def _ordinal(step: int) -> str:
    return "" if step == 1 else f"{step}th "
