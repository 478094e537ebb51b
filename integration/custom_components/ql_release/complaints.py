"""Messages that cannot be used, told once each."""

import logging

from .care.bridges import BridgeCare
from .contract.base import ContractError, OtherMajorError

MOST_TOPICS = 100
"""So many topics are told apart: a stranger can make up any number."""

_LOGGER = logging.getLogger(__name__)

type _Kind = tuple[type[ContractError], tuple[str, ...]]
"""What is wrong, and with which of our fields: not how, for that quotes what strangers write."""


class Complaints:
    """Which topics have brought something unusable, so that the log says it once."""

    def __init__(self, care: BridgeCare) -> None:
        """Begin without complaints; those of another version are an issue, too."""
        self._care = care
        self._told: dict[str, set[_Kind]] = {}

    def note(self, topic: str, error: ContractError) -> None:
        """Tell of a message, unless one of its kind was told since the last that was usable."""
        told = self._told.get(topic, set())
        kind = (type(error), error.place[:1])
        if kind in told:
            return
        if len(self._told) < MOST_TOPICS or topic in self._told:
            self._told[topic] = told | {kind}
            _LOGGER.warning("A message on %s was left out: it %s", topic, error)
            if isinstance(error, OtherMajorError):
                self._care.async_other_version(topic)

    def settle(self, topic: str) -> None:
        """Note that the topic has brought something usable."""
        if topic in self._told:
            del self._told[topic]
            self._care.async_understood(topic)
