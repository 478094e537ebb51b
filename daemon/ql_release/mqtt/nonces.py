"""The start nonces of this journal, so that a restart never takes its own past for another."""

import asyncio
import json
import logging
from collections.abc import Callable

from ql_release.journal import Journal, JournalError

KEY = "start_nonces"
MAX_NONCES = 32
"""Starts to remember: what still stands at a broker is from one of the last few."""

_LOGGER = logging.getLogger(__name__)


async def remember_nonce(journal: Journal, meanwhile: Callable[[], None]) -> list[str]:
    """Add this start's nonce to those of the journal; return the earlier ones.

    A journal that fails here is told of, but is no reason not to go on.

    Args:
        journal: remembers them.
        meanwhile: work to be done while the journal waits for its disk.
    """
    past: list[str] = []
    try:
        stored = (await journal.documents(KEY)).get(KEY, b"[]")
        past = json.loads(stored)
        nonces = [*past, journal.nonce][-MAX_NONCES:]
        document = json.dumps(nonces).encode()
        writing = asyncio.create_task(journal.put_document(KEY, document, hurry=True))
        await asyncio.sleep(0)  # so that it begins
        meanwhile()
        await writing
    except JournalError as error:
        _LOGGER.error("The start could not be noted: %s.", error)  # noqa: TRY400
    return past
