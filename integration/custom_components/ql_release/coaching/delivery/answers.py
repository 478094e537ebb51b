"""Answers given on phones: whose, to what, and whether it still asks anything."""

import logging
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...coach import Answer, Outcome
from ...coach.outbox import TAG_BEFORE_LIFT, TAG_NUDGE
from ...coach.times import local_day
from .answer_ids import AnswerId, mark_of

EVENT_ACTION = "mobile_app_notification_action"

_LOGGER = logging.getLogger(__name__)

type OnAnswer = Callable[[AnswerId, Answer], None]


class Answers:
    """Listens for the buttons of one person's notifications.

    Whoever swipes a notification away has answered nothing, so that event is not listened for.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        subentry: str,
        owners: Callable[[], Iterable[str | None]],
        zone: ZoneInfo,
    ) -> None:
        """Take answers from the phones of these users; `async_start` begins to listen."""
        self._hass = hass
        self._subentry = subentry
        self._owners = owners
        self._zone = zone
        self._asked: set[str] = set()

    @callback
    def async_start(self, on_answer: OnAnswer) -> CALLBACK_TYPE:
        """Begin to listen; return what ends it."""

        @callback
        def async_on_action(event: Event) -> None:
            """Pass an answer on if it is one."""
            found = AnswerId.parse(event.data.get("action"))
            if found is None or found.subentry != self._subentry:
                return
            if event.context.user_id is None or event.context.user_id not in self._owners():
                _LOGGER.debug("An answer that came from another person's phone was left aside")
            elif not self._asks(found):
                _LOGGER.debug("An answer to what is long over was left aside")
            else:
                before_lift = found.tag == TAG_BEFORE_LIFT
                on_answer(found, Answer(found.action, dt_util.utcnow(), before_lift=before_lift))

        return self._hass.bus.async_listen(EVENT_ACTION, async_on_action)

    @callback
    def async_review(self, outcome: Outcome) -> None:
        """Take note of which reminders are open."""
        self._asked = {mark_of(reminder.id) for reminder in outcome.reminders}

    def _asks(self, found: AnswerId) -> bool:
        """Return whether something still waits for an answer: a nudge on its own day only."""
        if found.tag != TAG_NUDGE:
            return found.mark in self._asked
        shown_at = found.shown_at
        today = local_day(dt_util.utcnow(), self._zone)
        return shown_at is not None and local_day(shown_at, self._zone) == today
