"""Which id a tool has on MQTT."""

import logging
from collections.abc import Mapping

from ql_release.settings import Settings
from ql_release.toolid import ID, id_from

_LOGGER = logging.getLogger(__name__)


class Names:
    """Gives every tool an id and keeps to it.

    A name in the settings wins; then the tool's own, if it is one and no other tool has it;
    else one is made from the serial number.

    Args:
        settings: may name tools by serial number.
        taken: ids that tools had before, with their serial numbers as hex.
    """

    def __init__(self, settings: Settings, taken: Mapping[str, str]) -> None:
        self._configured = {tool.serial: name for name, tool in settings.tools.items()}
        self._taken = dict(taken)

    def id_of(self, serial: bytes, name: str) -> str:
        """Return the id of the tool with a serial number that calls itself by a name."""
        number = serial.hex()
        chosen = self._configured.get(number) or self._own(number, name)
        self._taken[chosen] = number
        return chosen

    def forget(self, tool: str) -> None:
        """Let another tool have an id."""
        self._taken.pop(tool, None)

    def _own(self, number: str, name: str) -> str:
        made = self._made(number)
        if not name:
            return made
        advice = f'it is served as {made}; add [tools.<id>] with serial = "{number}" to name it'
        if not ID.fullmatch(name):
            _LOGGER.warning(
                "The tool %s calls itself %r, but an id has 1 to 32 of a-z, 0-9, _ and -: %s.",
                number,
                name[:40],
                advice,
            )
            return made
        if name in self._configured.values() or self._taken.get(name, number) != number:
            _LOGGER.warning(
                "The tool %s calls itself %r as another tool does: %s.", number, name, advice
            )
            return made
        return name

    def _made(self, number: str) -> str:
        """Return an id made from a serial number: of its last digits, or of all if those clash."""
        short = id_from(bytes.fromhex(number), "")
        clashes = short in self._configured.values() or self._taken.get(short, number) != number
        return f"tool-{number}" if clashes else short
