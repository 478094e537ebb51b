"""A tool that misbehaves: garbage, repeated and reordered frames, a flood."""

import random
from collections.abc import Iterator
from pathlib import Path

from ql_release.wire.framing import LengthFraming
from reliability.rig import rig
from reliability.ringtool import RATE, Habits
from reliability.row import Row
from reliability.tape import BATCH, Samples
from reliability.undisturbed import Expected

SEED = 4
FLOOD_RATE = 2000.0
"""Frames a second in a flood, 20 times those of a tool that sends each sample at 100 Hz."""


class Bent(Habits):
    """Sends what it should not, at random but always the same."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)  # noqa: S311 - makes noise, guards nothing
        self._framing = LengthFraming()

    def framed(self, tape: Samples, index: int) -> bytes:
        """Return a frame of the tape as it goes onto the line."""
        return self._framing.encode(tape.frame(index).encode())


class Garbage(Bent):
    """Sends noise, frames with flipped bits and frames that are none, between its own."""

    def live(self, tape: Samples, index: int) -> Iterator[bytes]:
        """Yield the frame and something that is none."""
        yield self.framed(tape, index)
        chance = self._chance
        match chance.randrange(4):
            case 0:
                yield chance.randbytes(chance.randrange(1, 300))
            case 1:
                spoilt = bytearray(self.framed(tape, index))
                spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
                yield bytes(spoilt)
            case 2:
                yield self._framing.encode(chance.randbytes(chance.randrange(2, 200)))
            case _:
                frame = self.framed(tape, index)
                yield frame[: chance.randrange(len(frame))]


class Repeating(Bent):
    """Sends every frame three times, and old ones again."""

    def live(self, tape: Samples, index: int) -> Iterator[bytes]:
        """Yield the frame, again, an old one, and again."""
        frame = self.framed(tape, index)
        old = BATCH * self._chance.randrange(index // BATCH + 1)
        yield from (frame, frame, self.framed(tape, old), frame)


class Reordering(Bent):
    """Sends its frames in groups of eight in a random order."""

    GROUP = 8 * BATCH

    def live(self, tape: Samples, index: int) -> Iterator[bytes]:
        """Yield nothing, or a whole group."""
        if index % self.GROUP != self.GROUP - BATCH:
            return
        group = list(range(index + BATCH - self.GROUP, index + BATCH, BATCH))
        self._chance.shuffle(group)
        yield from (self.framed(tape, one) for one in group)


class Flooding(Bent):
    """Sends every sample in a frame of its own."""

    def live(self, tape: Samples, index: int) -> Iterator[bytes]:
        """Yield the samples of a frame one by one."""
        for one in range(index, index + BATCH):
            yield self._framing.encode(tape.frame(one, count=1).encode())


async def garbage(folder: Path, expected: Expected, _times: int) -> Row:
    """Send garbage between the frames, after some of which the line is out of step."""
    did = "noise, flipped bits and torn frames after every frame"
    return await _bent(folder / "garbage", expected, Garbage(), "tool sends garbage", did)


async def repeated(folder: Path, expected: Expected, _times: int) -> Row:
    """Send every frame three times."""
    did = "every frame three times, and an old one between"
    return await _bent(folder / "repeated", expected, Repeating(), "tool repeats", did)


async def reordered(folder: Path, expected: Expected, _times: int) -> Row:
    """Send the frames out of order."""
    did = "frames in groups of eight, shuffled"
    return await _bent(folder / "reordered", expected, Reordering(), "tool reorders", did)


async def flood(folder: Path, expected: Expected, _times: int) -> Row:
    """Send twenty times as many frames as any tool may."""
    did = f"{FLOOD_RATE:.0f} frames a second, 20 x those of a tool of 100 Hz"
    habits = Flooding()
    async with rig(folder / "flood", expected.tape, rate=FLOOD_RATE, habits=habits) as made:
        return await made.finish("tool floods", did, expected.events)


async def _bent(folder: Path, expected: Expected, habits: Habits, fault: str, did: str) -> Row:
    async with rig(folder, expected.tape, rate=RATE / 2, habits=habits) as made:
        return await made.finish(fault, did, expected.events)
