"""The demonstration's processes: started, watched, ended."""

import os
import sys
import time
from pathlib import Path

import aiomqtt
import pytest

from ql_release.demo.parts import Part, PartError, free_port, wait_for_port

FOR_EVER = "import signal; print('ready', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOR_EVER}"


async def start(code: str, folder: Path) -> Part:
    return await Part.start("part", [sys.executable, "-c", code], folder, os.environ)


def wait_until_ready(folder: Path) -> None:
    for _ in range(3000):
        if "ready" in (folder / "part.log").read_text(encoding="utf-8"):
            return
        time.sleep(0.01)
    pytest.fail("the part never got ready")


async def test_a_part_ends_when_told_to(tmp_path: Path) -> None:
    part = await start(FOR_EVER, tmp_path)
    wait_until_ready(tmp_path)
    assert part.code is None
    assert await part.stop() == -15
    assert await part.stop() == -15


async def test_a_part_that_does_not_listen_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ql_release.demo.parts.STOP_S", 0.1)
    part = await start(STUBBORN, tmp_path)
    wait_until_ready(tmp_path)
    assert await part.stop() == -9


async def test_what_a_failed_part_said_last_is_told(tmp_path: Path) -> None:
    part = await start("import sys; [print(n) for n in range(99)]; sys.exit('oh dear')", tmp_path)
    assert await part.wait() == 1
    lines = str(part.failure("ended")).splitlines()
    assert lines[0] == "The part ended."
    assert lines[-1] in {"  part: oh dear", "  part: 98"}
    assert len(lines) == 13


async def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PartError, match=r"^The part cannot be started: .*\.$"):
        await Part.start("part", ["/does/not/exist"], tmp_path, os.environ)


async def test_a_part_that_ends_instead_of_listening_is_told_at_once(tmp_path: Path) -> None:
    part = await start("import sys; sys.exit(3)", tmp_path)
    with pytest.raises(PartError, match="ended at once with exit code 3"):
        await wait_for_port(part, free_port(), 60)


async def test_a_part_that_never_listens_is_given_up(tmp_path: Path) -> None:
    part = await start(FOR_EVER, tmp_path)
    try:
        with pytest.raises(PartError, match="did not listen within"):
            await wait_for_port(part, free_port(), 0.2)
    finally:
        await part.stop()


async def test_the_broker_serves_ordinary_clients_and_stops_when_told_to(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "ql_release.demo.broker", str(port)]
    broker = await Part.start("broker", command, tmp_path, os.environ)
    try:
        await wait_for_port(broker, port, 60)
        version = aiomqtt.ProtocolVersion.V311
        async with aiomqtt.Client("127.0.0.1", port, protocol=version) as client:
            await client.subscribe("a/#", qos=1)
            await client.publish("a/b", b"hello", qos=1)
            message = await anext(client.messages)
            assert message.payload == b"hello"
    finally:
        assert await broker.stop() == 0
