"""What is said aloud: by media players with a text-to-speech engine, and by Assist satellites."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, split_entity_id

from .calls import Failure, Fault, async_call, find_fault
from .message import Message

MEDIA_PLAYER = "media_player"
SATELLITE = "assist_satellite"
WITHIN_S = 60.0
"""s; a satellite says when it has finished speaking, after what it was saying before."""


type Report = Callable[[str, Failure | None], bool]
"""Takes a name and why nothing came of it; returns whether something did."""


class Speech:
    """Says messages aloud; one speaker that is gone keeps no other from speaking."""

    def __init__(
        self, hass: HomeAssistant, speakers: tuple[str, ...], tts: str | None, report: Report
    ) -> None:
        """Speak by these media players, with this engine, and by these satellites."""
        self.speakers = speakers
        self._hass = hass
        self._tts = tts
        self._report = report

    @property
    def names(self) -> list[str]:
        """All that must be there."""
        return [*self.speakers, *([self._tts] if self._tts else [])]

    async def async_say(self, message: Message) -> list[bool]:
        """Say a message; return which of the speakers did."""
        text = f"{message.text} {message.why}"
        return await asyncio.gather(*(self._async_say(one, text) for one in self.speakers))

    async def _async_say(self, speaker: str, text: str) -> bool:
        if fault := find_fault(self._hass, speaker):
            return self._report(speaker, fault)
        if split_entity_id(speaker)[0] == SATELLITE:
            call, data = (SATELLITE, "announce"), {"entity_id": speaker, "message": text}
        elif self._tts is None:
            return self._report(speaker, Failure(Fault.MUTE))
        elif fault := find_fault(self._hass, self._tts):
            return self._report(self._tts, fault)
        else:
            self._report(self._tts, None)
            call = ("tts", "speak")
            data = {"entity_id": self._tts, "media_player_entity_id": speaker, "message": text}
        return self._report(speaker, await async_call(self._hass, *call, data, WITHIN_S))
