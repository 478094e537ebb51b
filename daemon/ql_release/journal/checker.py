"""Looking through a large file beside the daemon that writes it."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ql_release.journal.checking import check_inside
from ql_release.journal.errors import DamagedError
from ql_release.journal.faults import is_damage
from ql_release.journal.standin import connect


def check_beside(path: Path, tell: Callable[[str], object]) -> None:
    """Look through the whole file in a thread, beside the daemon that writes it.

    The daemon is not waited for when it ends.

    Args:
        path: the file.
        tell: called in that thread, with what is wrong, if anything is.
    """

    def check() -> None:
        try:
            with closing(connect(path, "mode=ro")) as connection:
                check_inside(connection)
        except DamagedError as error:
            tell(str(error))
        except sqlite3.Error as error:
            if is_damage(error):
                tell(str(error))

    threading.Thread(target=check, name="journal-check", daemon=True).start()
