"""The people of an entry: its subentries, as bridges need them and as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .coaching.settings import plan_steps
from .const import (
    CONF_APPROACH,
    CONF_BODY_MASS,
    CONF_CALIBRATED_AT,
    CONF_HOLD,
    CONF_PERSON,
    CONF_SESSIONS_PER_WEEK,
    CONF_THRESHOLD,
    CONF_THRESHOLD_AT,
    SUBENTRY_PERSON,
)
from .contract.commands import Plan, Profile
from .contract.events import Calibrated


def person_key(person: str) -> str:
    """Return what names a person as a device."""
    return f"person_{person}"


@dataclass(frozen=True, slots=True)
class Person:
    """One person."""

    subentry_id: str
    name: str
    profile: Profile
    threshold_at: datetime | None

    @property
    def id(self) -> str:
        """The opaque id by which bridges know them."""
        return self.profile.person

    @property
    def key(self) -> str:
        """What names them as a device."""
        return person_key(self.id)


class People:
    """Reads and changes the people of an entry."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Read them when they are first asked for, and again after `async_changed`."""
        self._hass = hass
        self._entry = entry
        self._everyone: list[Person] | None = None

    @callback
    def async_changed(self) -> None:
        """Take note that the entry has changed."""
        self._everyone = None

    def all(self) -> list[Person]:
        """Return everyone."""
        if self._everyone is None:
            self._everyone = [
                _person(subentry)
                for subentry in self._entry.subentries.values()
                if subentry.subentry_type == SUBENTRY_PERSON
            ]
        return self._everyone

    def by_id(self, person: str | None) -> Person | None:
        """Return whom an event means; with exactly one person, nobody named is that one."""
        everyone = self.all()
        if person is None:
            return everyone[0] if len(everyone) == 1 else None
        return next((one for one in everyone if one.id == person), None)

    def by_name(self, name: str) -> Person | None:
        """Return the person of a name."""
        return next((one for one in self.all() if one.name == name), None)

    @callback
    def async_set_threshold(self, person: Person, newtons: float) -> None:
        """Set a threshold by hand: what was measured before is no longer true of it."""
        self._async_update(
            person,
            {
                CONF_THRESHOLD: newtons,
                CONF_THRESHOLD_AT: dt_util.utcnow().isoformat(),
                CONF_CALIBRATED_AT: None,
                CONF_APPROACH: None,
            },
        )

    @callback
    def async_adopt(self, event: Calibrated) -> None:
        """Take over a measured threshold, unless a newer one is known."""
        person = self.by_id(event.person)
        if person is None or (person.threshold_at and person.threshold_at >= event.at):
            return
        at = event.at.isoformat()
        self._async_update(
            person,
            {
                CONF_THRESHOLD: event.threshold_n,
                CONF_THRESHOLD_AT: at,
                CONF_CALIBRATED_AT: at,
                CONF_APPROACH: None if event.approach is None else list(event.approach),
            },
        )

    @callback
    def _async_update(self, person: Person, changes: dict[str, Any]) -> None:
        subentry = self._entry.subentries[person.subentry_id]
        self._hass.config_entries.async_update_subentry(
            self._entry, subentry, data={**subentry.data, **changes}
        )
        self.async_changed()


def _person(subentry: ConfigSubentry) -> Person:
    data = subentry.data
    approach = data.get(CONF_APPROACH)
    defaults = Plan()
    return Person(
        subentry_id=subentry.subentry_id,
        name=subentry.title,
        threshold_at=_time(data.get(CONF_THRESHOLD_AT)),
        profile=Profile(
            person=data[CONF_PERSON],
            threshold_n=data.get(CONF_THRESHOLD),
            body_mass_kg=data.get(CONF_BODY_MASS),
            plan=Plan(
                hold_s=data.get(CONF_HOLD, defaults.hold_s),
                sessions_per_week=data.get(CONF_SESSIONS_PER_WEEK, defaults.sessions_per_week),
                steps=plan_steps(subentry),
            ),
            calibrated_at=_time(data.get(CONF_CALIBRATED_AT)),
            approach=None if approach is None else tuple(approach),
        ),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else dt_util.parse_datetime(text)
