"""Messages that cannot be used, told once each."""

import logging
import re

from .care.bridges import BridgeCare
from .contract.base import ContractError, OtherMajorError

MOST_TOPICS = 100
"""So many topics are told apart: a stranger can make up any number."""

FOREIGN = re.compile(r"'[^']*'|\d+")
"""What of a reason is another's words or figures: with each of those it would be news."""

_LOGGER = logging.getLogger(__name__)


class Complaints:
    """Which topics have brought something unusable, so that the log says it once."""

    def __init__(self, care: BridgeCare) -> None:
        """Begin without complaints; those of another version are an issue, too."""
        self._care = care
        self._told: dict[str, str] = {}

    def note(self, topic: str, error: ContractError) -> None:
        """Tell of a message, unless the like was told of the one before it."""
        kind = FOREIGN.sub("", str(error))
        if self._told.get(topic) == kind:
            return
        if len(self._told) < MOST_TOPICS or topic in self._told:
            self._told[topic] = kind
            _LOGGER.warning("A message on %s was left out: it %s", topic, error)
            if isinstance(error, OtherMajorError):
                self._care.async_other_version(topic)

    def settle(self, topic: str) -> None:
        """Note that the topic has brought something usable."""
        if topic in self._told:
            del self._told[topic]
            self._care.async_understood(topic)
