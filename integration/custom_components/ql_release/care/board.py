"""The repairs of one entry."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

GUIDE: Final = "https://github.com/ql-release/ql-release/blob/main/docs/"


@callback
def async_remove_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Remove all repairs of an entry that is removed, those that are ignored, too."""
    registry = ir.async_get(hass)
    for domain, issue_id in list(registry.issues):
        if domain == DOMAIN and issue_id.endswith(f"_{entry_id}"):
            registry.async_delete(domain, issue_id)


class IssueBoard:
    """Creates repairs and takes them back; all of them, when the entry is unloaded."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Begin without any."""
        self._hass = hass
        self._entry_id = entry.entry_id
        self._standing: set[str] = set()

    @callback
    def async_put(
        self,
        key: str,
        which: str,
        words: dict[str, str],
        *,
        fix: dict[str, Any] | None = None,
        guide: str | None = None,
    ) -> None:
        """Have a repair stand.

        Args:
            key: What it is about; names its translations and its fix flow.
            which: Of what: one of each stands at a time.
            words: Fill its sentences.
            fix: What its fix flow needs to know; None: nothing can be set right from here.
            guide: A page under docs/ that says more.

        """
        issue_id = self._id(key, which)
        self._standing.add(issue_id)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data=None if fix is None else {"entry_id": self._entry_id, **fix, **words},
            is_fixable=fix is not None,
            learn_more_url=None if guide is None else GUIDE + guide,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words,
        )

    @callback
    def async_take_back(self, key: str, which: str) -> None:
        """Let a repair stand no more, if it does; one that is ignored may stand from before."""
        issue_id = self._id(key, which)
        self._standing.discard(issue_id)
        ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    def stands(self, issue_id: str) -> bool:
        """Return whether a repair's cause is still there."""
        return issue_id in self._standing

    @callback
    def async_clear(self) -> None:
        """Take all of them back; who ignores one wants to do so after a reload, too."""
        registry = ir.async_get(self._hass)
        for issue_id in self._standing:
            issue = registry.async_get_issue(DOMAIN, issue_id)
            if issue is not None and issue.dismissed_version is None:
                registry.async_delete(DOMAIN, issue_id)
        self._standing.clear()

    def _id(self, key: str, which: str) -> str:
        return f"{key}_{which}_{self._entry_id}"
