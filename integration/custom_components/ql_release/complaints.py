"""Messages that cannot be used, told once each."""

import logging

from .contract.base import ContractError

MOST_TOPICS = 100
"""So many topics are told apart: a stranger can make up any number."""

_LOGGER = logging.getLogger(__name__)


class Complaints:
    """Which topics have brought something unusable, so that the log says it once."""

    def __init__(self) -> None:
        """Begin without complaints."""
        self._told: dict[str, str] = {}

    def note(self, topic: str, error: ContractError) -> None:
        """Tell of a message, unless the same was told of the one before it."""
        reason = str(error)
        if self._told.get(topic) == reason:
            return
        if len(self._told) < MOST_TOPICS or topic in self._told:
            self._told[topic] = reason
            _LOGGER.warning("A message on %s was left out: it %s", topic, reason)

    def settle(self, topic: str) -> None:
        """Note that the topic has brought something usable."""
        if self._told:
            self._told.pop(topic, None)
