"""The whole firmware in a process of its own, met by a small host over TCP or a terminal.

Virtual time: nothing here depends on how fast this machine is.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from tool_peer import Interpreter, Peer, RunningTool, TcpHost, pty_peer, run_tool

from ql_release.wire.auth import host_proof, tool_proof
from ql_release.wire.frames import EventKind, FrameFlags, SampleFrame
from ql_release.wire.ops import Op, Status
from ql_release.wire.replies import parse_auth, parse_tare
from ql_release.wire.requests import auth_challenge, auth_proof, hello, set_limit, start, tare

SERIAL = "a1b2c3d4e5f60708"
UID = 0x1122334455667788
NEWTONS_PER_COUNT = 2.0**-11
OFFSETS = (12000, 8500)
ACCEL_PER_LSB = 4 * 9.80665 / 32768
GYRO_PER_LSB = 500 * 3.141592653589793 / 180 / 32768
ROWS = 1200
TICKS_SPAN = 1 << 30

Launch = Callable[..., Awaitable[RunningTool]]
Terminals = Callable[[], Awaitable[tuple[Peer, str]]]
Body = Callable[[int], Path]


def expected_rows(path: Path) -> list[tuple[int, ...]]:
    """Return what the sensors of the tool make of a body's trace."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start_at = next(at for at, line in enumerate(lines) if line.startswith("t,")) + 1
    return [raw_row([float(field) for field in line.split(",")]) for line in lines[start_at:]]


def raw_row(fields: list[float]) -> tuple[int, ...]:
    """Return one row of the trace as raw counts and LSBs."""
    forces = zip(fields[1:3], OFFSETS, strict=True)
    counts = [round(newtons / NEWTONS_PER_COUNT) + offset for newtons, offset in forces]
    accel = [round(value / ACCEL_PER_LSB) for value in fields[3:6]]
    gyro = [round(value / GYRO_PER_LSB) for value in fields[6:9]]
    return (*counts, *accel, *gyro)


def samples_of(frames: Iterable[SampleFrame]) -> dict[int, tuple[int, ...]]:
    """Return samples by index; one that came twice must have come alike."""
    samples: dict[int, tuple[int, ...]] = {}
    for frame in frames:
        for place, row in enumerate(frame.rows()):
            assert samples.setdefault(frame.index + place, row) == row
    return samples


def missing_ranges(samples: dict[int, Any], first: int, end: int) -> list[tuple[int, int]]:
    """Return (first, count) of what is missing between two indices."""
    ranges: list[tuple[int, int]] = []
    for index in range(first, end):
        if index in samples:
            continue
        if ranges and sum(ranges[-1]) == index:
            ranges[-1] = (ranges[-1][0], ranges[-1][1] + 1)
        else:
            ranges.append((index, 1))
    return ranges


@pytest.fixture
async def launch(tmp_path: Path, firmware: Path) -> AsyncIterator[Launch]:
    """Return a function that starts the firmware; what still runs at the end is ended."""
    tools: list[RunningTool] = []

    async def run(interpreter: Path, *arguments: str) -> RunningTool:
        fixed = ("--serial-number", SERIAL, "--uid", f"{UID:016x}")
        tool = await run_tool(interpreter, firmware, tmp_path, (*fixed, *arguments))
        tools.append(tool)
        return tool

    yield run
    for tool in tools:
        await tool.end()


@pytest.fixture
async def host() -> AsyncIterator[TcpHost]:
    """Return a host that listens."""
    listening = await TcpHost().open()
    yield listening
    await listening.close()


@pytest.fixture
async def terminals() -> AsyncIterator[Terminals]:
    """Return a function that opens a line: the host's side and the path of the tool's."""
    peers: list[Peer] = []

    async def open_terminal() -> tuple[Peer, str]:
        peer, path = await pty_peer()
        peers.append(peer)
        return peer, path

    yield open_terminal
    for peer in peers:
        await peer.close()


@pytest.fixture
def micropythons(micropython_program: Path, micropython32_program: Path) -> list[Path]:
    """Return MicroPython on both word sizes."""
    return [micropython_program, micropython32_program]


async def ask_again(peer: Peer, first: int, count: int) -> int:
    """Ask for a range until the tool has room for the request; return the status."""
    status = Status.BUSY.value
    while status == Status.BUSY:
        status, _ = await peer.replay(UID, first, count)
    return status


async def recover(peer: Peer, first: int, end: int) -> None:
    """Ask for everything that is missing between two indices, and wait for it."""
    for gap_first, gap_count in missing_ranges(samples_of(peer.frames), first, end):
        assert await ask_again(peer, gap_first, gap_count) == Status.OK
    await peer.until(lambda: not missing_ranges(samples_of(peer.frames), first, end))


async def meet(peer: Peer) -> int:
    """Go through the whole greeting and start; return the first index."""
    greeting = await peer.hello()
    assert (greeting.major, greeting.minor, greeting.auth) == (1, 0, False)
    assert (greeting.uid, greeting.serial.hex()) == (UID, SERIAL)
    info = await peer.info()
    assert (info.n_force, info.imu, info.max_hz, info.model) == (2, 1, 100, "trace")
    assert info.ring_samples >= 6000
    calibration = await peer.calibration()
    assert tuple(zone.offset for zone in calibration.zones) == OFFSETS
    assert calibration.zones[0].n_per_count == NEWTONS_PER_COUNT
    told = await peer.time(1_800_000_000_000_000)
    assert told.uid == UID
    started = await peer.start()
    assert (started.hz, started.batch, started.uid) == (100, 12, UID)
    return started.index


async def check_whole_trace(peer: Peer, path: Path) -> None:
    """Receive a trace from its first to its last row."""
    first = await meet(peer)
    await peer.until_index(first + ROWS)
    assert peer.messages[0] is peer.statuses[0]
    assert (peer.statuses[0].index, peer.statuses[0].uid) == (first, UID)
    assert peer.statuses[0].host_us == 1_800_000_000_000_000
    frames = peer.frames
    assert [frame.index for frame in frames[1:]] == [frame.end for frame in frames[:-1]]
    for frame in frames:
        assert frame.period_us == 10_000
        assert frame.t0_us == (frame.index + 1) * 10_000
        assert frame.flags == 0
    samples = samples_of(frames)
    assert [samples[first + row] for row in range(ROWS)] == expected_rows(path)
    assert samples[first + ROWS][:2] == OFFSETS


async def test_a_whole_trace_over_tcp(
    interpreter: Interpreter, launch: Launch, host: TcpHost, body: Body
) -> None:
    """Greeting, start, then every sample of the body, exact to the count."""
    path = body(ROWS)
    arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "0")
    tool = await launch(interpreter.path, *arguments)
    peer = await host.peer()
    await check_whole_trace(peer, path)
    await peer.close()
    assert await tool.finish() == (0, "")


async def test_a_whole_trace_over_a_terminal(
    interpreter: Interpreter, launch: Launch, terminals: Terminals, body: Body
) -> None:
    """The same over a serial line."""
    path = body(ROWS)
    peer, terminal = await terminals()
    arguments = ("--trace", str(path), "--serial", terminal, "--speed", "0", "--end", "3")
    tool = await launch(interpreter.path, *arguments)
    await check_whole_trace(peer, path)
    assert await tool.finish() == (0, "")
    await peer.close()


async def test_lost_frames_come_by_replay(
    micropythons: list[Path], launch: Launch, host: TcpHost, body: Body
) -> None:
    """Every fifth live frame is lost on the way; REPLAY brings each of them, as it was."""
    path = body(ROWS)
    for interpreter in micropythons:
        arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "20")
        await launch(interpreter, *arguments, "--drop", "5", "--ring", "600")
        peer = await host.peer()
        first = await meet(peer)
        await peer.until_index(first + ROWS)
        lost = missing_ranges(samples_of(peer.frames), first, first + ROWS)
        assert len(lost) == ROWS // 12 // 5
        await recover(peer, first, first + ROWS)
        assert sum(frame.n for frame in peer.frames if frame.replayed) == sum(n for _, n in lost)
        samples = samples_of(peer.frames)
        assert [samples[first + row] for row in range(ROWS)] == expected_rows(path)
        for frame in peer.frames:
            assert frame.t0_us == (frame.index + 1) * 10_000
        status, reply = await peer.replay(UID + 1, first, 5)
        assert (status, reply.count) == (Status.GONE, 0)
        await peer.close()


async def test_a_new_connection_goes_on_in_the_same_stream(
    micropythons: list[Path], launch: Launch, host: TcpHost, body: Body
) -> None:
    """The host hangs up in the middle; uid and index go on, REPLAY brings what was between."""
    path = body(ROWS)
    for interpreter in micropythons:
        arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "20")
        await launch(interpreter, *arguments, "--ring", "600")
        before = await host.peer()
        first = await meet(before)
        await before.until_index(first + ROWS // 3)
        await before.close()
        after = await host.peer()
        again = await meet(after)
        assert again > first + ROWS // 3
        await after.until_index(first + ROWS)
        after.messages[:0] = before.messages
        await recover(after, first, first + ROWS)
        samples = samples_of(after.frames)
        assert [samples[first + row] for row in range(ROWS)] == expected_rows(path)
        await after.close()


async def test_a_tool_waits_for_a_host_that_comes_later(
    interpreter: Interpreter, launch: Launch, host: TcpHost, body: Body
) -> None:
    """Nobody listens at first; the tool tries again until someone does."""
    port = host.port
    await host.close()
    arguments = ("--trace", str(body(100)), "--tcp", f"127.0.0.1:{port}", "--speed", "50")
    await launch(interpreter.path, *arguments)
    await asyncio.sleep(0.3)
    later = await TcpHost(port).open()
    peer = await later.peer()
    first = await meet(peer)
    assert first > 0
    await peer.until_index(first + 100)
    await later.close()


async def test_start_on_a_running_stream_changes_nothing(
    micropython_program: Path, launch: Launch, host: TcpHost, body: Body
) -> None:
    """START again gives the same uid, an index further on, and no sample twice or never."""
    arguments = ("--trace", str(body(ROWS)), "--tcp", f"127.0.0.1:{host.port}", "--speed", "0")
    await launch(micropython_program, *arguments)
    peer = await host.peer()
    first = await meet(peer)
    await peer.until_index(first + 100)
    again = await peer.start(batch=3)
    assert (again.uid, again.batch) == (UID, 3)
    assert again.index > first + 100 - 12
    await peer.until_index(again.index + 100)
    assert [frame.index for frame in peer.frames[1:]] == [f.end for f in peer.frames[:-1]]
    assert {frame.n for frame in peer.frames[-10:]} == {3}
    assert [status.index for status in peer.statuses][:2] == [first, again.index]
    await peer.close()


async def test_ticks_that_wrap_in_mid_stream(
    micropythons: list[Path], launch: Launch, host: TcpHost, body: Body
) -> None:
    """The tick counter goes over 2^30 after five seconds; device time goes straight on."""
    path = body(ROWS)
    for interpreter in micropythons:
        arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "0")
        await launch(interpreter, *arguments, "--start-ticks", str(TICKS_SPAN - 5_000_000))
        peer = await host.peer()
        await check_whole_trace(peer, path)
        assert (await peer.time(1)).device_us > ROWS * 10_000
        assert [status.device_us for status in peer.statuses] == sorted(
            status.device_us for status in peer.statuses
        )
        assert len(peer.statuses) >= 2
        await peer.close()


async def test_a_slow_link_loses_nothing(
    micropythons: list[Path], launch: Launch, terminals: Terminals, body: Body
) -> None:
    """The host reads nothing for a while; the tool goes on, and REPLAY brings what was skipped."""
    path = body(4000)
    for interpreter in micropythons:
        peer, terminal = await terminals()
        arguments = ("--trace", str(path), "--serial", terminal, "--speed", "50")
        tool = await launch(interpreter, *arguments, "--ring", "2000")
        first = await meet(peer)
        await peer.until_index(first + 100)
        peer.pause()
        await asyncio.sleep(0.5)
        peer.resume()
        await peer.until_index(first + 4000)
        skipped = missing_ranges(samples_of(peer.frames), first, first + 4000)
        assert skipped
        for gap_first, count in skipped:
            assert gap_first + count in [status.index for status in peer.statuses]
        await recover(peer, first, first + 4000)
        samples = samples_of(peer.frames)
        assert [samples[first + row] for row in range(4000)] == expected_rows(path)
        await tool.end()
        await peer.close()


async def test_without_a_clock_a_slow_host_sets_the_pace(
    micropython_program: Path, launch: Launch, terminals: Terminals, body: Body
) -> None:
    """At speed 0 a host that pauses misses nothing: the tool waits for it."""
    path = body(ROWS)
    peer, terminal = await terminals()
    await launch(micropython_program, "--trace", str(path), "--serial", terminal, "--speed", "0")
    first = await meet(peer)
    peer.pause()
    await asyncio.sleep(0.2)
    peer.resume()
    await peer.until_index(first + ROWS)
    assert missing_ranges(samples_of(peer.frames), first, first + ROWS) == []
    await peer.close()


async def test_garbage_on_the_line_costs_nothing_but_itself(
    micropythons: list[Path], launch: Launch, terminals: Terminals, body: Body
) -> None:
    """Noise between requests, with and without zeros in it: the next request is answered."""
    noise = (
        b"AT\r\n\x00",
        bytes(range(1, 256)) * 9 + b"\x00",
        b"\x00\x00\xff\x00",
        b"\x05hello\x00",
    )
    for interpreter in micropythons:
        peer, terminal = await terminals()
        arguments = ("--trace", str(body(100)), "--serial", terminal, "--speed", "0")
        tool = await launch(interpreter, *arguments)
        for garbage in noise:
            peer.writer.write(garbage)
            assert (await peer.hello()).uid == UID
        first = await meet(peer)
        peer.writer.write(noise[1])
        await peer.until_index(first + 100)
        assert missing_ranges(samples_of(peer.frames), first, first + 100) == []
        await tool.end()
        await peer.close()


async def test_tool_and_host_prove_the_key_to_each_other(
    interpreter: Interpreter, launch: Launch, host: TcpHost, body: Body, tmp_path: Path
) -> None:
    """With a key nothing but HELLO is answered until both proofs are right."""
    key = b"sixteen or more bytes"
    key_file = tmp_path / "key"
    key_file.write_bytes(key + b"\n")
    arguments = ("--trace", str(body(100)), "--tcp", f"127.0.0.1:{host.port}", "--speed", "0")
    await launch(interpreter.path, *arguments, "--key-file", str(key_file))
    peer = await host.peer()
    assert (await peer.hello()).auth
    assert (await peer.request(Op.START, start())).status == Status.NOT_AUTHENTICATED
    host_nonce, serial = bytes(range(16)), bytes.fromhex(SERIAL)
    for right in (False, True):
        answer = parse_auth(await peer.accepted(Op.AUTH, auth_challenge(host_nonce)))
        assert answer.proof == tool_proof(key, host_nonce, answer.tool_nonce, serial)
        proof = host_proof(key if right else b"wrong", host_nonce, answer.tool_nonce, serial)
        status = (await peer.request(Op.AUTH, auth_proof(proof))).status
        assert status == (Status.OK if right else Status.NOT_AUTHENTICATED)
        assert (await peer.request(Op.INFO)).ok == right
    assert not peer.messages
    started = await peer.start()
    await peer.until_index(started.index + 100)
    await peer.close()


async def first_recalibrated(peer: Peer) -> int:
    """Wait for a frame under a new calibration; return its place among the messages."""

    def places() -> list[int]:
        return [
            place
            for place, message in enumerate(peer.messages)
            if isinstance(message, SampleFrame) and message.flags & FrameFlags.NEW_CALIBRATION
        ]

    await peer.until(lambda: bool(places()))
    return places()[0]


async def test_a_tare_shows_in_the_stream_and_survives_a_restart(
    micropythons: list[Path], launch: Launch, host: TcpHost, body: Body, tmp_path: Path
) -> None:
    """The status with the new calibration stands right before its first frame, which says so."""
    path = tmp_path / "still.csv"
    rows = "".join(f"{row / 100:.2f},3.5,-1.5\n" for row in range(3000))
    path.write_text("# rate_hz: 100\nt,f1,f2\n" + rows, encoding="utf-8")
    for number, interpreter in enumerate(micropythons, start=1):
        arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "20")
        tool = await launch(interpreter, *arguments)
        peer = await host.peer()
        assert (await peer.calibration()).cal_id == number - 1
        first = (await peer.start()).index
        await peer.until_index(first + 100)
        assert parse_tare(await peer.accepted(Op.TARE, tare())) == number
        await peer.accepted(Op.SET_LIMIT, set_limit(150.0 + number))
        at = await first_recalibrated(peer)
        before, frame = peer.messages[at - 1], peer.messages[at]
        assert before is peer.statuses[-1]
        assert (peer.statuses[-1].index, frame.index) == (frame.index, frame.index)
        assert peer.statuses[-1].calibration.cal_id == number
        assert [zone.offset for zone in peer.statuses[-1].calibration.zones] == [
            OFFSETS[0] + round(3.5 / NEWTONS_PER_COUNT),
            OFFSETS[1] + round(-1.5 / NEWTONS_PER_COUNT),
        ]
        assert [event.kind for event in peer.events] == [EventKind.TARED]
        await peer.close()
        await tool.end()


async def test_too_much_force_is_told(
    micropython_program: Path, launch: Launch, host: TcpHost, tmp_path: Path
) -> None:
    """Above its own limit the tool warns the hand and tells the host."""
    path = tmp_path / "hard.csv"
    rows = "".join(f"{row / 100:.2f},{80 if row < 500 else 110}\n" for row in range(1000))
    path.write_text("# rate_hz: 100\nt,f1\n" + rows, encoding="utf-8")
    arguments = ("--trace", str(path), "--tcp", f"127.0.0.1:{host.port}", "--speed", "0")
    tool = await launch(micropython_program, *arguments)
    peer = await host.peer()
    await peer.accepted(Op.SET_LIMIT, set_limit(100.0))
    first = (await peer.start()).index
    await peer.until_index(first + 1000)
    assert [event.kind for event in peer.events] == [EventKind.OVER_PRESSURE]
    assert abs(peer.events[0].value - 110) < 0.01
    assert 50 <= peer.events[0].index - first - 500 <= 90  # 0.5 s, and at most two frames
    await peer.close()
    code, errors = await tool.finish()
    assert (code, errors) == (0, "haptic 1\n")


async def test_another_major_version_is_refused(
    micropython_program: Path, launch: Launch, host: TcpHost, body: Body
) -> None:
    """A host of the future is told so."""
    await launch(micropython_program, "--trace", str(body(10)), "--tcp", f"127.0.0.1:{host.port}")
    peer = await host.peer()
    reply = await peer.request(Op.HELLO, hello(2, 0))
    assert reply.status == Status.UNSUPPORTED_VERSION
    await peer.close()


async def test_sleep_ends_the_tool(
    micropython_program: Path, launch: Launch, host: TcpHost, body: Body
) -> None:
    """SLEEP is answered, then the tool is gone."""
    tool = await launch(
        micropython_program, "--trace", str(body(10)), "--tcp", f"127.0.0.1:{host.port}"
    )
    peer = await host.peer()
    await peer.accepted(Op.SLEEP)
    assert await tool.finish() == (0, "")
    await peer.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "needs --trace FILE"),
        (["--trace", "x"], "either --tcp HOST:PORT or --serial PATH"),
        (["--trace", "x", "--tcp", "h:1", "--serial", "y"], "either --tcp"),
        (["--wrong", "x"], "unknown option --wrong"),
        (["--trace"], "--trace needs a value"),
        (["--trace", "/absent", "--tcp", "h:1"], "ENOENT|No such file"),
    ],
)
async def test_bad_arguments_are_told(
    interpreter: Interpreter, launch: Launch, arguments: list[str], said: str
) -> None:
    """A sentence on the error stream and exit code 2."""
    process = await asyncio.create_subprocess_exec(
        str(interpreter.path),
        str(Path(sys.modules["program_paths"].ROOT) / "firmware" / "run_unix.py"),
        *arguments,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert any(part in errors.decode() for part in said.split("|"))


@pytest.mark.parametrize(
    ("option", "said"),
    [("--key-file empty", "key file is empty"), ("--name " + "x" * 33, "name is longer than 32")],
)
async def test_a_value_that_cannot_be_is_told(
    interpreter: Interpreter, body: Body, tmp_path: Path, option: str, said: str
) -> None:
    """An empty key would let everyone in; a long name could not be kept."""
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        str(interpreter.path),
        str(Path(sys.modules["program_paths"].ROOT) / "firmware" / "run_unix.py"),
        *("--trace", str(body(10)), "--tcp", "127.0.0.1:1", "--end", "0", *option.split()),
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 2
    assert said in errors.decode()
