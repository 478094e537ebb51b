"""What was named to be worked on with each tool, over restarts, too."""

import json
from dataclasses import dataclass
from typing import Self

from ql_release.context import Limits
from ql_release.journal import Journal
from ql_release.tools.presence import Presences

PLACE = "place/"
"""Journal documents of it, by the tool's id; see `_Named`."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What was named.

    Attributes:
        placement: muscle, side and zone.
        after: the tool's last session when it was named; None: it had none.
    """

    placement: dict[str, str]
    after: str | None

    def document(self) -> bytes:
        """Return it as the journal keeps it."""
        return json.dumps({"placement": self.placement, "after": self.after}).encode()

    @classmethod
    def from_document(cls, document: bytes) -> Self:
        """Return what `document` made; older versions kept the placement alone."""
        fields = json.loads(document)
        return cls(fields.get("placement", fields), fields.get("after"))


class Places:
    """Keeps what was named.

    Args:
        journal: keeps it over restarts; `load` reads it.
        presences: knows which session of a tool was its last.
    """

    def __init__(self, journal: Journal, presences: Presences) -> None:
        self._journal = journal
        self._presences = presences
        self._named: dict[str, _Named] = {}

    async def load(self) -> None:
        """Read what was kept."""
        for key, document in (await self._journal.documents(PLACE)).items():
            self._named[key.removeprefix(PLACE)] = _Named.from_document(document)

    async def keep(self, tool: str, placement: dict[str, str] | None) -> None:
        """Keep what is worked on with a tool; None: nothing is named."""
        if placement is None:
            await self._journal.put_document(f"{PLACE}{tool}", None)
            self._named.pop(tool, None)
            return
        named = _Named(placement, self._presences.last_session(tool))
        await self._journal.put_document(f"{PLACE}{tool}", named.document())
        self._named[tool] = named

    def of(self, tool: str, limits: Limits) -> dict[str, str] | None:
        """Return what was worked on with a tool when it was last named.

        A spot of the plan is left out when a session has ended since: it led there in that one.
        """
        named = self._named.get(tool)
        if named is None:
            return None
        planned = [{"muscle": s.muscle, "side": s.side, "zone": s.zone} for s in limits.plan]
        over = named.after != self._presences.last_session(tool)
        return None if over and named.placement in planned else named.placement
