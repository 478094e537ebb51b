"""The SQLite journal: frames, marks, events and the outbox.

Whatever is told to the world was committed here before. The files from the outside in:
`journal` is the daemon's view, `writer` the one thread with its group commit, `statements`,
`history`, `people`, `memory` and `frames` what SQLite is told, `schema` its tables, `opening` and
`database` its file. `upkeep` keeps it small, within `limits`, by `chunks` of compressed frames.
When something is wrong: `faults` names errors, `checking` (`checker`, `writeahead`) finds damage,
`aside` sets the file aside, `rescue` takes over its `rows`, `standin` bridges a full disk.
Beside the daemon, for people's commands: `archive` reads past sessions, over `readonly`; `cutting`
and `session_capture` make a capture of one.
"""

from ql_release.journal.errors import DiskTroubleError, JournalError, JournalUnusableError
from ql_release.journal.journal import Journal
from ql_release.journal.limits import Limits
from ql_release.journal.records import (
    Batch,
    Erased,
    FinishedSession,
    HistoryPage,
    OpenSegment,
    SegmentRecord,
    SegmentStart,
    StoredEvent,
)

__all__ = [
    "Batch",
    "DiskTroubleError",
    "Erased",
    "FinishedSession",
    "HistoryPage",
    "Journal",
    "JournalError",
    "JournalUnusableError",
    "Limits",
    "OpenSegment",
    "SegmentRecord",
    "SegmentStart",
    "StoredEvent",
]
