"""Spoils inputs: a plain mutator with a seed, so that every run is the same run."""

import random
from collections.abc import Sequence

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)
"""Bytes at the edges of their ranges."""
CHANGES = (
    *("flip", "edge", "set") * 3,
    *("remove", "cut", "insert", "repeat", "word", "join"),
)
"""What is done to an input. Most changes leave its length: others are found out by that alone."""
MOST_CHANGES = 4
LONGEST_PIECE = 40
LONGEST = 8192
"""Bytes of an input at most: eight of the longest messages."""


class Mutator:
    """Makes new inputs of known ones.

    Args:
        seeds: inputs that are right, or nearly.
        seed: of the chance.
        words: pieces that mean something to what reads the inputs.
    """

    def __init__(self, seeds: Sequence[bytes], seed: int, words: Sequence[bytes] = ()) -> None:
        self._seeds = list(seeds)
        self._words = list(words)
        self._chance = random.Random(seed)  # noqa: S311 - makes garbage, guards nothing

    def next(self) -> bytes:
        """Return the next input."""
        chance = self._chance
        data = bytearray(chance.choice(self._seeds))
        for _ in range(chance.randint(1, MOST_CHANGES)):
            self._change(data)
        return bytes(data[:LONGEST])

    def cuts(self, size: int) -> list[int]:
        """Return places at which to cut an input into a few pieces, as a line does."""
        return sorted(self._chance.randrange(size + 1) for _ in range(self._chance.randrange(4)))

    def _change(self, data: bytearray) -> None:
        chance = self._chance
        at = chance.randrange(len(data) + 1)
        match chance.choice(CHANGES):
            case "flip" if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case "edge" if at < len(data):
                data[at] = chance.choice(INTERESTING)
            case "set" if at < len(data):
                data[at] = chance.randrange(256)
            case "remove":
                del data[at : at + chance.randrange(1, LONGEST_PIECE)]
            case "cut":
                del data[at:]
            case "insert":
                data[at:at] = chance.randbytes(chance.randrange(1, LONGEST_PIECE))
            case "repeat":
                data[at:at] = data[at : at + chance.randrange(1, LONGEST_PIECE)]
            case "word" if self._words:
                data[at:at] = chance.choice(self._words)
            case "join":
                other = chance.choice(self._seeds)
                data[at:] = other[chance.randrange(len(other) + 1) :]
