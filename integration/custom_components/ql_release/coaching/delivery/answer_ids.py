"""Ids of buttons: whose, to which reminder, and what.

A phone that was off may show what is long over, and a household has several people, so an id says
all of it. It stays true over a restart: nothing that is forgotten by one stands in it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self

from ...coach import Action, Item, Notice
from ...coach.outbox import TAG_NUDGE
from ...const import DOMAIN

SEPARATOR = "."
MARK_LENGTH = 12
"""Hex digits; reminders of a person that are to be told apart are a handful."""

SECONDS = "[0-9]{1,10}"
"""Since 1970; no more digits than dates have room for."""


def mark_of(reminder: str) -> str:
    """Return a short name of a reminder, whose own may be long and hold anything."""
    return sha256(reminder.encode()).hexdigest()[:MARK_LENGTH]


@dataclass(frozen=True, slots=True)
class AnswerId:
    """What a button stands for.

    Attributes:
        subentry: whose it is.
        tag: of the notice.
        mark: of the reminder; of a nudge the second at which it was shown.
        action: what is answered.
    """

    subentry: str
    tag: str
    mark: str
    action: Action

    @classmethod
    def of(cls, subentry: str, item: Item, notice: Notice, action: str) -> Self:
        """Return the id of an answer to a notice."""
        mark = mark_of(notice.reminder) if notice.reminder else str(int(item.at.timestamp()))
        return cls(subentry, notice.tag, mark, Action(action))

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """Return what an id says; None: it is none of ours."""
        if not isinstance(text, str):
            return None
        match text.split(SEPARATOR):
            case [domain, subentry, tag, mark, action] if domain == DOMAIN and action in Action:
                return cls(subentry, tag, mark, Action(action))
        return None

    @property
    def shown_at(self) -> datetime | None:
        """When the nudge was shown that it answers; None: it answers none."""
        if self.tag != TAG_NUDGE or not re.fullmatch(SECONDS, self.mark):
            return None
        return datetime.fromtimestamp(int(self.mark), UTC)

    def __str__(self) -> str:
        """Return it as it is sent."""
        return SEPARATOR.join((DOMAIN, self.subentry, self.tag, self.mark, self.action))


def notification_tag(subentry: str, tag: str) -> str:
    """Return the tag on devices: people do not replace what others are told, nor do other homes."""
    return f"{DOMAIN}_{subentry}_{tag}"
