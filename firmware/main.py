"""Runs after `boot.py`: the tool; in safe mode only the prompt, without a watchdog."""

import asyncio

from release_tool import safe
from release_tool.board_app import run

if not safe.mode:
    asyncio.run(run())
