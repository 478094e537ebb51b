"""Repairs: what nobody would notice otherwise, for a reminder that does not come is silent."""

from collections.abc import Iterable

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from ...care.board import IssueBoard
from .calls import Failure, Fault

PREFIX = "delivery"
UNANSWERED = "unanswered"


def _key(name: str) -> str:
    return f"{PREFIX}_{name}"


class Issues:
    """The repairs of how one person is told; each goes by itself when its cause has gone."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry) -> None:
        """Tell of this person."""
        self._board = IssueBoard(hass, entry)
        self._entry = entry
        self._subentry = subentry.subentry_id
        self._person = subentry.title

    @callback
    def async_report(self, target: str, failure: Failure | None) -> None:
        """Tell that a target could not be reached, or that it was."""
        for fault in Fault:
            if failure is None or fault is not failure.fault:
                self._board.async_take_back(_key(fault), self._of(target))
        if failure is None:
            return
        words = {"person": self._person, "target": target}
        if failure.reason:
            words["reason"] = failure.reason
        fix = {"subentry_id": self._subentry} if failure.fault is Fault.MISSING else None
        self._board.async_put(_key(failure.fault), self._of(target), words, fix=fix)

    @callback
    def async_seen(self, target: str, *, missing: bool) -> None:
        """Tell whether a target is there, before anybody is to be told anything."""
        if missing:
            self.async_report(target, Failure(Fault.MISSING))
        else:
            self._board.async_take_back(_key(Fault.MISSING), self._of(target))

    @callback
    def async_unanswered(self, *, unanswered: bool) -> None:
        """Tell that reminders went unanswered, or no longer do."""
        if unanswered:
            self._board.async_put(_key(UNANSWERED), self._subentry, {"person": self._person})
        else:
            self._board.async_take_back(_key(UNANSWERED), self._subentry)

    @callback
    def async_keep_only(self, targets: Iterable[str]) -> None:
        """Take back what is told of targets that are chosen no more."""
        chosen = [self._of(target) for target in targets]
        for fault in Fault:
            self._board.async_keep_only(_key(fault), chosen, of=self._of(""))

    @callback
    def async_clear(self) -> None:
        """Take all of them back; of a person who has gone also those that are ignored."""
        gone = self._subentry not in self._entry.subentries
        for name in (*Fault, UNANSWERED):
            self._board.async_clear(f"{_key(name)}_{self._of('')}", ignored=gone)

    def _of(self, target: str) -> str:
        return f"{self._subentry}_{target}"
