"""The configuration of docs/cluster.md, as it stands there, made to run on loopback."""

import re

from program_paths import ROOT

DOCUMENT = ROOT / "docs" / "cluster.md"
NODE_FILE = "/etc/nats-server.conf"
ROLES_FILE = "/etc/nats/roles.conf"
NODES = ("ql-1", "ql-2", "ql-3")
"""As the document names them."""
HOSTS = ("pi-1.lan", "pi-2.lan", "pi-3.lan")
PASSWORDS = {"bridge": "b-secret", "home": "h-secret", "viewer": "v-secret", "admin": "a-secret"}
"""By user. They protect nothing: all of it is on loopback and gone afterwards."""


def block(name: str) -> str:
    """Return a file that the document shows; its first line is the name as a comment.

    Raises:
        LookupError: when the document shows none of that name.
    """
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^```\w*\n(# {re.escape(name)}\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"docs/cluster.md shows no {name}")
    return found[1]


def passwords() -> str:
    """Return what stands in the file of passwords."""
    return "".join(f'{user.upper()}_PASSWORD: "{word}"\n' for user, word in PASSWORDS.items())


def replaced(text: str, changes: dict[str, str]) -> str:
    """Return a text with all changes made.

    Raises:
        LookupError: when something to be changed is not there: the document has changed.
    """
    for old, new in changes.items():
        if old not in text:
            raise LookupError(f"docs/cluster.md has no {old!r} in its configuration any more")
        text = text.replace(old, new)
    return text
