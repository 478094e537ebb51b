"""Runs the tool on a computer, its sensors reading a body's trace.

For MicroPython's unix port (64- or 32-bit) and CPython alike:

    micropython run_unix.py --trace FILE (--tcp HOST:PORT | --serial PATH) [options]

Options:
    --speed X            virtual seconds for each real one; 0: as fast as the link takes it [1]
    --config DIR         where tare, calibration, limit and name are kept [tool-config]
    --serial-number HEX  hardware serial, 16 hex digits
    --name ID            the tool's name
    --key-file FILE      key of AUTH; must not be empty
    --uid HEX            uid of the stream, 16 hex digits [random]
    --ring SECONDS       how much the tool remembers for REPLAY [60]; for much more than that
                         MicroPython needs `-X heapsize=16M` before run_unix.py
    --end S              exit S virtual seconds after the trace's end [when the link closes]
    --drop N             lose every N-th live frame on the way out (it stays in the ring)
    --start-ticks N      microsecond counter at boot; near 1073741824 it soon wraps [0]

The body lies down at the first START. Before and after the trace the tool lies empty.
Exit codes: 0 the trace was played and the link is closed, 2 bad arguments or files.
"""

import asyncio
import sys

from release_tool.app import RING_SECONDS, Tool
from release_tool.compat import sleep_ms, ticks_diff, ticks_us
from release_tool.config import ConfigStore
from release_tool.hal.trace import Trace
from release_tool.hal.tty import open_tty
from release_tool.hal.unix import TraceHardware
from release_tool.links.serial import serial_link
from release_tool.links.tcp import tcp_link
from release_tool.wire.frame import TYPE_SAMPLES, VERSION
from release_tool.wire.framing import CobsFraming, LengthFraming

_DEFAULTS = {
    "speed": "1",
    "config": "tool-config",
    "serial-number": "51c0ffee00000001",
    "ring": str(RING_SECONDS),
    "drop": "0",
    "start-ticks": "0",
}
_OPTIONAL = ("trace", "tcp", "serial", "name", "key-file", "uid", "end")
_USAGE = 2
_LIVE = VERSION << 4 | TYPE_SAMPLES
# The last frames get so long to leave, in real time.
_DRAIN_US = 5_000_000


class UsageError(Exception):
    """The arguments make no sense."""


def parse(arguments):
    """Return the options as a dict of texts.

    Raises:
        UsageError: for an unknown option, one without a value, or missing ones.
    """
    options = dict(_DEFAULTS)
    for place in range(0, len(arguments), 2):
        name = arguments[place][2:]
        if arguments[place][:2] != "--" or (name not in _DEFAULTS and name not in _OPTIONAL):
            raise UsageError("unknown option " + arguments[place])
        if place + 1 == len(arguments):
            raise UsageError(arguments[place] + " needs a value")
        options[name] = arguments[place + 1]
    if "trace" not in options or ("tcp" in options) == ("serial" in options):
        raise UsageError("needs --trace FILE and either --tcp HOST:PORT or --serial PATH")
    return options


class LossyFraming:
    """Loses every n-th live frame; for tests of recovery.

    Args:
        framing: the true one.
        every: n.
    """

    def __init__(self, framing, every):
        self.feed = framing.feed
        self._encode = framing.encode
        self._every = every
        self._frames = 0

    def encode(self, message):
        """Return the frame of a message, nothing for a lost one."""
        if message[0] == _LIVE:
            self._frames += 1
            if self._frames % self._every == 0:
                return b""
        return self._encode(message)


def framing_maker(options, framing):
    """Return a function that makes the framing of a connection."""
    every = int(options["drop"])
    if every:
        return lambda: LossyFraming(framing(), every)
    return framing


def make_link(options, tool):
    """Return the link that was asked for."""

    def again():
        return not tool.hal.played

    if "serial" in options:

        async def open_port():
            return await open_tty(options["serial"])

        return serial_link(tool, open_port, framing_maker(options, CobsFraming), again)
    host, _, port = options["tcp"].rpartition(":")
    return tcp_link(tool, host, int(port), framing_maker(options, LengthFraming), again)


def make_tool(options):
    """Return the tool with its hardware.

    Raises:
        OSError: when a file cannot be read.
        ValueError: when a file or a value makes no sense.
    """
    trace = Trace(options["trace"])
    end_s = float(options["end"]) if "end" in options else None
    serial = bytes.fromhex(options["serial-number"])
    start_ticks = int(options["start-ticks"])
    hal = TraceHardware(trace, serial, float(options["speed"]), start_ticks, end_s)
    key = None
    if "key-file" in options:
        with open(options["key-file"], "rb") as file:
            key = file.read().strip()
        if not key:
            raise ValueError("the key file is empty: write the key into it")
    new_uid = None
    if "uid" in options:
        uid = int(options["uid"], 16)

        def new_uid():
            return uid

    tool = Tool(hal, ConfigStore(options["config"]), key, int(options["ring"]), new_uid)
    hal.hold = tool.wait_for_links
    if "name" in options:
        tool.config = tool.config.changed(name=options["name"])
    return tool


async def drain(tool):
    """Send what is left."""
    tool.sampler.flush()
    tool.wake()
    since = ticks_us()
    while not tool.drained and ticks_diff(ticks_us(), since) < _DRAIN_US:
        await sleep_ms(1)


async def play(tool, link):
    """Run the tool until there is nothing left to measure or the link is closed for good."""
    over = tool.hal.over
    tasks = [asyncio.create_task(until_over(work, over)) for work in (tool.run([]), link.run())]
    await over.wait()
    await drain(tool)
    for task in tasks:
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass


async def until_over(work, over):
    """Do the work; when it has ended, even by an error, so has the tool."""
    try:
        await work
    finally:
        over.set()


def main(arguments):
    """Run; return the exit code."""
    try:
        options = parse(arguments)
        tool = make_tool(options)
        asyncio.run(play(tool, make_link(options, tool)))
    except (UsageError, ValueError, OSError) as error:
        print("run_unix.py:", error, file=sys.stderr)
        return _USAGE
    except MemoryError:
        print("run_unix.py: no memory for it: start with -X heapsize=16M", file=sys.stderr)
        return _USAGE
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
