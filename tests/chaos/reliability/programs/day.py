"""The daemon with further tools' worth of live values, until enough of them were dropped.

    python day.py FILE UPDATES run --config …

Whenever no broker is there, live values as five busy tools have them are handed to the daemon's
publisher, until it has dropped UPDATES of them; FILE then holds how many, and how long it took on
the daemon's clock, in seconds.
"""

import asyncio
import sys
from pathlib import Path

from ql_release.cli import main
from ql_release.mqtt.publisher import Publisher

TOOLS = 5
A_SECOND = 4
"""States a second of each tool in contact (DESIGN §5)."""
AT_ONCE = 200
"""Handed in together: ten seconds' worth."""
PAYLOAD = b'{"at": "2026-11-20T17:03:09.250Z", "number": %d, "rest": "' + b"x" * 700 + b'"}'
"""About as long as a state is; each is another one, so that none could be kept unnoticed."""

_told = Path(sys.argv.pop(1))
_updates = int(sys.argv.pop(1))
_run = Publisher.run


async def _offer(publisher: Publisher) -> None:
    clock = publisher._clock
    dropped, lasted = 0, 0.0
    while dropped < _updates:
        began = clock.monotonic()
        await clock.sleep(AT_ONCE / TOOLS / A_SECOND)
        if publisher.connected:
            continue
        for number in range(dropped, dropped + AT_ONCE):
            topic = f"ql_release/tool/busy-{number % TOOLS}/state"
            publisher.publish_state(topic, PAYLOAD % number, retain=False)
        dropped += AT_ONCE
        lasted += clock.monotonic() - began
    _told.write_text(f"{dropped} {lasted:.0f}")


async def _run_and_offer(publisher: Publisher) -> None:
    offering = asyncio.create_task(_offer(publisher))
    try:
        await _run(publisher)
    finally:
        offering.cancel()


Publisher.run = _run_and_offer  # type: ignore[assignment,method-assign]
sys.exit(main())
