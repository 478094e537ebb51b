"""The repairs of one entry."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

GUIDE: Final = "https://github.com/ql-release/ql-release/blob/main/docs/"


class IssueBoard:
    """Creates repairs and takes them back.

    Which stand is in Home Assistant's registry alone, as is which of them people ignore: those
    outlast a reload, for nobody likes to ignore the same thing twice.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Begin with those that stand."""
        self._hass = hass
        self._registry = ir.async_get(hass)
        self._entry_id = entry.entry_id

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
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._id(key, which),
            data=None if fix is None else {"entry_id": self._entry_id, **fix, **words},
            is_fixable=fix is not None,
            learn_more_url=None if guide is None else GUIDE + guide,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=words,
        )

    @callback
    def async_take_back(self, key: str, which: str) -> None:
        """Let a repair stand no more, if it does."""
        ir.async_delete_issue(self._hass, DOMAIN, self._id(key, which))

    @callback
    def async_keep_only(self, key: str, which: Iterable[str], of: str = "") -> None:
        """Take back what is about anything else; of those whose `which` begins so."""
        wanted = {self._id(key, one) for one in which}
        for issue in self._beginning(f"{key}_{of}"):
            if issue.issue_id not in wanted:
                ir.async_delete_issue(self._hass, DOMAIN, issue.issue_id)

    def stands(self, issue_id: str) -> bool:
        """Return whether a repair's cause is still there."""
        issue = self._registry.async_get_issue(DOMAIN, issue_id)
        return issue is not None and issue.active

    @callback
    def async_clear(self, start: str = "", *, ignored: bool = False) -> None:
        """Take back those whose ids begin so: nobody looks after them any more.

        Those that people ignore stay, and nobody sees them; they go, too, if nothing comes back.
        """
        for issue in self._beginning(start):
            if ignored or issue.dismissed_version is None:
                ir.async_delete_issue(self._hass, DOMAIN, issue.issue_id)

    def _beginning(self, start: str) -> list[ir.IssueEntry]:
        return [
            issue
            for issue in self._registry.issues.values()
            if issue.domain == DOMAIN
            and issue.issue_id.startswith(start)
            and issue.issue_id.endswith(f"_{self._entry_id}")
        ]

    def _id(self, key: str, which: str) -> str:
        return f"{key}_{which}_{self._entry_id}"
