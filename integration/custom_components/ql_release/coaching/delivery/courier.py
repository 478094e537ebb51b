"""The courier of one person: takes what the coach decided to whoever is to be told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback

from ...coach import Action, Answer, Item, Outcome
from ..settings import DeliverySettings, coach_settings
from .answer_ids import AnswerId, notification_tag
from .answers import Answers
from .calls import Failure
from .composer import Composer
from .issues import Issues
from .message import Message
from .speech import Speech
from .targets import PhoneTarget, Target, make_targets

TRIES = 3
"""After so many failures in a row a notice counts as delivered: by then a repair asks for help, and
to show it every minute helps nobody."""


class Courier:
    """Delivers to all targets at once; one that fails keeps no other from being told."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        subentry: ConfigSubentry,
        settings: DeliverySettings,
    ) -> None:
        """Put the parts together; `async_start` begins to take answers."""
        chosen = coach_settings(hass, subentry)
        self._hass = hass
        self._entry = entry
        self._subentry = subentry.subentry_id
        self._targets = make_targets(hass, settings.targets, wall=settings.persistent)
        self._speech = Speech(hass, settings.speak, settings.tts, self._report)
        self._composer = Composer(hass, self._subentry, chosen)
        self._answers = Answers(hass, self._subentry, self._owners, chosen.tz)
        self._issues = Issues(hass, entry, subentry)
        self._failures = 0
        self._stop: CALLBACK_TYPE | None = None

    async def async_start(self, on_answer: Callable[[Answer], None]) -> None:
        """Begin to take answers."""

        @callback
        def async_on_answer(found: AnswerId, answer: Answer) -> None:
            """Pass it on; whoever begins need not be asked any more on other devices."""
            on_answer(answer)
            if answer.action is Action.START:
                self._entry.async_create_task(
                    self._hass, self._async_clear(found.tag), "clear what was answered"
                )

        self._stop = self._answers.async_start(async_on_answer)
        targets = (target.name for target in self._targets)
        self._issues.async_keep_only([*targets, *self._speech.names])

    @callback
    def async_stop(self) -> None:
        """Take no more answers, and take back what repairs there are."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._issues.async_clear()

    async def async_deliver(self, item: Item) -> bool:
        """Do what an item asks for; return whether it was done, or should not be tried again."""
        if self._hass.state is not CoreState.running:
            # Phones and speakers are set up one after another; what is not there yet is not gone.
            return False
        if item.notice is not None:
            return await self._async_show(self._composer.compose(item, item.notice))
        if item.clear is not None:
            await self._async_clear(item.clear)
        return True

    @callback
    def async_review(self, outcome: Outcome) -> None:
        """Take note of how things stand."""
        self._answers.async_review(outcome)
        self._issues.async_unanswered(unanswered=outcome.unanswered)
        if self._hass.state is CoreState.running:
            self._look_for_targets()

    def _look_for_targets(self) -> None:
        """Have it told at once when one is gone, and taken back when it is there again."""
        for target in self._targets:
            self._issues.async_seen(target.name, missing=target.is_missing)
        for name in self._speech.names:
            self._issues.async_seen(name, missing=self._hass.states.get(name) is None)

    async def _async_show(self, message: Message) -> bool:
        """Show a message and say it; speaking takes its time, and nothing waits for it."""
        if not self._targets:
            return self._settle(await self._speech.async_say(message))
        if self._speech.speakers:
            self._entry.async_create_background_task(
                self._hass, self._speech.async_say(message), "say what the coach has to say"
            )
        return self._settle(await self._async_each(lambda target: target.async_show(message)))

    async def _async_clear(self, tag: str) -> None:
        device_tag = notification_tag(self._subentry, tag)
        await self._async_each(lambda target: target.async_clear(device_tag))

    async def _async_each(self, do: Callable[[Target], Awaitable[Failure | None]]) -> list[bool]:
        """Do something with each target; return with which of them it worked."""
        failures = await asyncio.gather(*(do(target) for target in self._targets))
        return [
            self._report(target.name, failure)
            for target, failure in zip(self._targets, failures, strict=True)
        ]

    def _report(self, name: str, failure: Failure | None) -> bool:
        """Have a failure told by a repair; what ends after the courier has stopped is not told."""
        if self._stop is not None:
            self._issues.async_report(name, failure)
        return failure is None

    def _settle(self, worked: list[bool]) -> bool:
        """Return whether a notice need not be tried again: somebody got it, or nobody is to."""
        self._failures = 0 if any(worked) or not worked else self._failures + 1
        return self._failures % TRIES == 0

    def _owners(self) -> Iterable[str | None]:
        return (target.owner for target in self._targets if isinstance(target, PhoneTarget))
