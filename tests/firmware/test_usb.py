"""The board's USB port, played by the standard streams of a process."""

import asyncio
from pathlib import Path

from program_paths import ROOT

ECHO = ROOT / "tests" / "firmware" / "programs" / "usb_echo.py"


async def test_what_has_come_is_read_without_waiting_for_more(
    micropython_program: Path, micropython32_program: Path, firmware: Path
) -> None:
    """A request shorter than the reading is answered at once, a longer one in parts."""
    for interpreter in (micropython_program, micropython32_program):
        process = await asyncio.create_subprocess_exec(
            str(interpreter),
            str(ECHO),
            str(firmware),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            async with asyncio.timeout(30):
                process.stdin.write(b"hello")
                assert await process.stdout.readexactly(6) == b"hello."
                process.stdin.write(bytes(range(100, 120)))
                expected = bytes(range(100, 116)) + b"." + bytes(range(116, 120)) + b"."
                assert await process.stdout.readexactly(22) == expected
                process.stdin.close()
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
