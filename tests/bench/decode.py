"""How many times faster than real time the daemon decodes: `python tests/bench/decode.py`.

Eight force channels and an IMU at 100 Hz: framing, decoding and columns, in one process on one
core. Prints the ratio for each framing and batch, the best of several runs; processor time, so
that a busy machine counts for little. Ends with status 1 when a ratio is below the target.
"""

import random
import sys
import time

from ql_release.wire.frames import SampleFrame, max_samples
from ql_release.wire.framing import BareFraming, CobsFraming, Framing, LengthFraming
from ql_release.wire.messages import decode_from_tool

TARGET = 2_500
"""Times real time: decoding stays a fifth of the whole pipeline's budget of 500."""
RATE_HZ = 100
ZONES = 8
SECONDS = 60
RUNS = 15
"""The best counts, since other programs only ever make one slower."""
CHUNK = 4096
"""Bytes a read, as from a socket that has been waiting."""
BLUETOOTH = 244
"""Bytes of a notification: the smallest frames that real links bring."""


def frames(batch: int) -> list[bytes]:
    """Return the messages of `SECONDS` of a body lying on the tool."""
    source = random.Random(batch)  # noqa: S311 - the same samples in every run
    messages = []
    for index in range(0, SECONDS * RATE_HZ, batch):
        counts = [source.randrange(-2_000, 300_000) for _ in range(batch * ZONES)]
        body = b"".join(
            b"".join(
                count.to_bytes(3, "little", signed=True)
                for count in counts[number * ZONES : (number + 1) * ZONES]
            )
            + source.randbytes(12)
            for number in range(batch)
        )
        frame = SampleFrame(0, 1, index, index * 10_000, 10_000, ZONES, 1, batch, body)
        messages.append(frame.encode())
    return messages


def chunks(framing: Framing, messages: list[bytes]) -> list[bytes]:
    """Return what a link reads: packets where it keeps them apart, else bytes as they come."""
    packets = [framing.encode(message) for message in messages]
    if isinstance(framing, BareFraming):
        return packets
    line = b"".join(packets)
    return [line[start : start + CHUNK] for start in range(0, len(line), CHUNK)]


def decoded(framing: Framing, parts: list[bytes]) -> int:
    """Decode everything; return the number of samples."""
    samples = 0
    for part in parts:
        for message in framing.feed(part):
            frame = decode_from_tool(message)
            if isinstance(frame, SampleFrame):
                samples += len(frame.columns()[0])
    return samples


def ratio(kind: type[Framing], batch: int) -> float:
    """Return the best of how many times faster than real time it goes."""
    messages = frames(batch)
    parts = chunks(kind(), messages)
    ratios = []
    for _ in range(RUNS):
        framing = kind()
        started = time.process_time()
        samples = decoded(framing, parts)
        ratios.append(samples / RATE_HZ / (time.process_time() - started))
    return max(ratios)


def main() -> int:
    """Print the ratios; return the exit status."""
    slowest = float("inf")
    for kind in (BareFraming, LengthFraming, CobsFraming):
        for batch in (max_samples(ZONES, 1, BLUETOOTH), max_samples(ZONES, 1)):
            found = ratio(kind, batch)
            slowest = min(slowest, found)
            print(f"{kind.__name__:>13}, {batch:2} samples a frame: {found:6,.0f} x real time")
    verdict = "met" if slowest >= TARGET else "missed"
    print(f"decode: {slowest:,.0f} x real time at the slowest, target {TARGET:,}: {verdict}")
    return slowest < TARGET


if __name__ == "__main__":
    sys.exit(main())
