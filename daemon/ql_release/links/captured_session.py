"""Which journaled session a capture was cut out for.

A capture that was recorded from a link knows of its tool only what the tool said. One that was
cut out of a journal is to give the very events that were journaled: they name the bridge, and
the tool as the bridge calls it. It holds every mark that the bridge made, so that nothing is
to be decided anew; and its first and last frames may have samples of another session.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from ql_release.payloads.session import Source


@dataclass(frozen=True, slots=True)
class CapturedSession:
    """What a `RecordKind.SESSION` record holds.

    Attributes:
        session: the session's id; events of others are not this capture's.
        bridge: the id of the bridge that journaled it.
        tool: the tool's id on that bridge.
        source: where its samples came from.
    """

    session: str
    bridge: str
    tool: str
    source: Source

    def to_json(self) -> bytes:
        """Return the record's bytes."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_json(cls, document: bytes) -> Self:
        """Return what `to_json` wrote; names that are not known are ignored.

        Raises:
            ValueError: when something of it is missing.
        """
        try:
            fields: Any = json.loads(document)
            session, bridge, tool = (str(fields[name]) for name in ("session", "bridge", "tool"))
            source: Source = "import" if fields["source"] == "import" else "tool"
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"the capture does not tell its session: {error}") from error
        return cls(session, bridge, tool, source)
