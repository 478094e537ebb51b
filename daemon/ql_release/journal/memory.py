"""Small things the daemon must still know after a restart: replies given, and documents."""

import sqlite3

from ql_release.units import MICROSECONDS

REPLY_KEPT_US = 24 * 3600 * MICROSECONDS
"""For so long a command's id is remembered (docs/mqtt.md)."""


def remember_reply(connection: sqlite3.Connection, command: str, body: bytes, now_us: int) -> None:
    """Keep the first reply to a command, and forget those that are too old."""
    connection.execute("DELETE FROM replies WHERE at_us < ?", (now_us - REPLY_KEPT_US,))
    connection.execute(
        "INSERT OR IGNORE INTO replies (command, at_us, body) VALUES (?, ?, ?)",
        (command, now_us, body),
    )


def recall_reply(connection: sqlite3.Connection, command: str, now_us: int) -> bytes | None:
    """Return the reply given to a command within the last 24 hours."""
    row = connection.execute(
        "SELECT body FROM replies WHERE command = ? AND at_us >= ?",
        (command, now_us - REPLY_KEPT_US),
    ).fetchone()
    return None if row is None else row[0]


def put_document(connection: sqlite3.Connection, key: str, body: bytes | None) -> None:
    """Keep a document in place of the one before; None forgets it."""
    if body is None:
        connection.execute("DELETE FROM documents WHERE key = ?", (key,))
        return
    connection.execute(
        "INSERT INTO documents (key, body) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET body = excluded.body",
        (key, body),
    )


def documents(connection: sqlite3.Connection, prefix: str) -> dict[str, bytes]:
    """Return the documents whose key begins so, by their keys."""
    rows = connection.execute("SELECT key, body FROM documents ORDER BY key")
    return {key: body for key, body in rows if key.startswith(prefix)}
