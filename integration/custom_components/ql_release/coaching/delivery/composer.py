"""Notices become messages, in the language of the home."""

from dataclasses import replace

from homeassistant.core import HomeAssistant

from ...coach import Action, Item, Notice, Settings, Spot, Text
from ...coach.outbox import TAG_NUDGE
from ...coach.settings import SNOOZE_MIN
from ..words import async_list, async_say
from .answer_ids import AnswerId, notification_tag
from .message import Button, Message

WORDS = {
    "answer_start": "Start",
    "answer_snooze": "In {minutes} minutes",
    "answer_skip": "Skip",
    "answer_done": "Done",
    "answer_later": "In {minutes} minutes",
    "answer_enough": "Enough for today",
    "how_release": "To put it off or to skip it, open Home Assistant. A session clears it.",
    "how_nudge": "When it was enough for today, say so in Home Assistant.",
    "channel_release": "Release reminders",
    "channel_nudge": "Changes of position",
}
"""English of what the coach itself does not say; `{names}` are the placeholders."""


class Composer:
    """Puts the notices of one person into words."""

    def __init__(self, hass: HomeAssistant, subentry: str, settings: Settings) -> None:
        """Write to the person of a subentry."""
        self._hass = hass
        self._subentry = subentry
        self._spots = settings.spots
        self._minutes = {Action.SNOOZE: SNOOZE_MIN, Action.LATER: settings.posture.later_min}

    def compose(self, item: Item, notice: Notice) -> Message:
        """Return the message of a notice."""
        kind = "nudge" if notice.tag == TAG_NUDGE else "release"
        why = async_say(self._hass, notice.why)
        return Message(
            tag=notification_tag(self._subentry, notice.tag),
            title=async_say(self._hass, notice.title),
            text=async_say(self._hass, self._listed(notice)),
            why=f"{why[:1].upper()}{why[1:]}.",
            buttons=tuple(self._button(item, notice, one) for one in notice.actions),
            how=self._own(f"how_{kind}"),
            channel=self._own(f"channel_{kind}"),
            nudge=kind == "nudge",
        )

    def _listed(self, notice: Notice) -> Text:
        """Return the message, with what is missing in the language of the home."""
        if "missing" not in notice.message.placeholders:
            return notice.message
        left = [spot for spot in self._spots if not notice.missing or _id(spot) in notice.missing]
        words = notice.message.placeholders | {"missing": async_list(self._hass, left)}
        return replace(notice.message, placeholders=words)

    def _button(self, item: Item, notice: Notice, action: str) -> Button:
        answer = AnswerId.of(self._subentry, item, notice, action)
        minutes = self._minutes.get(answer.action)
        words = {} if minutes is None else {"minutes": str(minutes)}
        return Button(str(answer), self._own(f"answer_{action}", words))

    def _own(self, key: str, words: dict[str, str] | None = None) -> str:
        words = words or {}
        return async_say(self._hass, Text(key, words, WORDS[key].format_map(words)))


def _id(spot: Spot) -> str:
    """Return a spot as a notice names it."""
    return f"{spot.muscle} {spot.side} {spot.zone}"
