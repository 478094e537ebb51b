"""The bridge's `history` op: a page of the journal as a reply."""

import json

from ql_release.journal import Journal
from ql_release.payloads.base import Cursor
from ql_release.payloads.commands import History
from ql_release.payloads.replies import BridgeReply


async def history_reply(journal: Journal, command: History) -> BridgeReply:
    """Return the page that a `history` command asks for.

    Raises:
        JournalError: when the journal cannot be read.
    """
    after = command.after
    page = await journal.history(
        None if after is None else after.seq,
        None if after is None else after.epoch,
        limit=command.limit,
    )
    oldest = page.oldest_seq
    return BridgeReply(
        id=command.id,
        ok=True,
        op=command.op,
        events=[json.loads(event) for event in page.events],
        next=Cursor(epoch=page.epoch, seq=page.next_seq),
        more=page.more,
        oldest=None if oldest is None else Cursor(epoch=page.epoch, seq=oldest),
    )
