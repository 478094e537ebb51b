"""Repairs: what nobody would notice otherwise, for a reminder that does not come is silent."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ...const import DOMAIN
from .calls import Failure, Fault

PREFIX = "delivery"
UNANSWERED = "unanswered"


class Issues:
    """The repairs of how one person is told; each goes by itself when its cause has gone."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry) -> None:
        """Tell of this person."""
        self._hass = hass
        self._ids = {"entry_id": entry.entry_id, "subentry_id": subentry.subentry_id}
        self._person = subentry.title
        self._start = f"{PREFIX}_{subentry.subentry_id}_"
        self._missing: set[str] = set()

    @callback
    def async_report(self, target: str, failure: Failure | None) -> None:
        """Tell that a target could not be reached, or that it was."""
        self._missing.discard(target)
        if failure is None:
            ir.async_delete_issue(self._hass, DOMAIN, f"{self._start}to_{target}")
            return
        words = {"target": target} | ({"reason": failure.reason} if failure.reason else {})
        if missing := failure.fault is Fault.MISSING:
            self._missing.add(target)
        self._create(f"to_{target}", f"{PREFIX}_{failure.fault}", words, is_fixable=missing)

    @callback
    def async_seen(self, target: str, *, missing: bool) -> None:
        """Tell whether a target is there, before anybody is to be told anything."""
        if missing != (target in self._missing):
            self.async_report(target, Failure(Fault.MISSING) if missing else None)

    @callback
    def async_unanswered(self, *, unanswered: bool) -> None:
        """Tell that reminders went unanswered, or no longer do."""
        if unanswered:
            self._create(UNANSWERED, f"{PREFIX}_{UNANSWERED}", {})
        else:
            ir.async_delete_issue(self._hass, DOMAIN, self._start + UNANSWERED)

    @callback
    def async_clear(self) -> None:
        """Take all of them back."""
        mine = [
            issue_id
            for domain, issue_id in ir.async_get(self._hass).issues
            if domain == DOMAIN and issue_id.startswith(self._start)
        ]
        for issue_id in mine:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    def _create(
        self, name: str, key: str, words: dict[str, str], *, is_fixable: bool = False
    ) -> None:
        words = {"person": self._person, **words}
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._start + name,
            data={**self._ids, **words},
            is_fixable=is_fixable,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words,
        )
