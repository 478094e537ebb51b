"""Long-term statistics of every session, also of those that came while Home Assistant was away.

Rows are worked out from the book alone and compared with those that stand in the recorder: what
came late, was corrected, given to someone else or deleted leads to the same rows, in any order.
"""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import batched
from typing import Final

from homeassistant.components.recorder import DOMAIN as RECORDER
from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistics_during_period,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.start import async_at_started
from homeassistant.util import slugify
from homeassistant.util.unit_conversion import DurationConverter

from ..coaching.words import async_group
from ..const import DOMAIN
from ..people import People, Person
from .book import SessionBook, SessionChange
from .rows import Measure, Row, Rows, Series, rows_of

COOLDOWN_S: Final = 2.0
"""s; a page of history is written once."""
SLICE: Final = 200
"""Rows that are handed over at a time, the loop turning between."""
WORDS: Final = "statistic"
"""What names series among the translations."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_LOGGER = logging.getLogger(__name__)


def statistic_id(person: str, series: Series) -> str:
    """Return under which id a series of a person stands.

    Ids of people may have hyphens, ids of statistics may not: such a person's has a checksum.
    """
    slug = slugify(person)
    if slug != person:
        slug = f"{slug}_{hashlib.sha256(person.encode()).hexdigest()[:6]}"
    return f"{DOMAIN}:{slug}_{series.key}"


class SessionStatistics:
    """Keeps the recorder's rows of an entry's people as the book has them."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, people: People, book: SessionBook
    ) -> None:
        """Keep what is needed; `async_start` begins."""
        self._hass = hass
        self._entry = entry
        self._people = people
        self._book = book
        self._confidence = 0.0
        self._written: dict[str, Rows] = {}
        self._touched: set[str] = set()
        self._debouncer = Debouncer(
            hass, _LOGGER, cooldown=COOLDOWN_S, immediate=False, function=self._async_write
        )

    @callback
    def async_start(self, confidence: float) -> None:
        """Compare everyone's rows once all is set up, and keep them right from then on.

        Args:
            confidence: from which a possible release counts.

        """
        self._confidence = confidence

        @callback
        def async_started(_hass: HomeAssistant) -> None:
            """Begin, if there is a recorder."""
            if RECORDER in self._hass.config.components:
                self._entry.async_on_unload(self._book.async_listen(self._on_session))
                self._entry.async_on_unload(self._debouncer.async_shutdown)
                self.async_people_changed()

        self._entry.async_on_unload(async_at_started(self._hass, async_started))

    @callback
    def async_people_changed(self) -> None:
        """Compare everyone's rows: sessions may be someone else's now."""
        self._touch(person.id for person in self._people.all())

    @callback
    def async_forget(self, person: str) -> None:
        """Remove all rows of a person."""
        if RECORDER not in self._hass.config.components:
            return
        ids = [statistic_id(person, series) for series in Series.all()]
        for one in ids:
            self._written.pop(one, None)
        get_instance(self._hass).async_clear_statistics(ids)

    @callback
    def _on_session(self, change: SessionChange) -> None:
        sessions = [one for one in (change.before, change.after) if one is not None]
        owners = [self._book.owner(session) for session in sessions]
        self._touch(owner.id for owner in owners if owner is not None)

    @callback
    def _touch(self, people: Iterable[str]) -> None:
        self._touched.update(people)
        if self._touched and RECORDER in self._hass.config.components:
            self._debouncer.async_schedule_call()

    async def _async_write(self) -> None:
        """Bring the rows of those up to date of whom something has changed."""
        touched, self._touched = self._touched, set()
        for person in self._people.all():
            if person.id in touched:
                await self._async_write_person(person)

    async def _async_write_person(self, person: Person) -> None:
        await self._async_read([statistic_id(person.id, series) for series in Series.all()])
        sessions = self._book.of(person.id)
        for series in Series.all():
            wanted = rows_of(sessions, series, self._confidence)
            await self._async_bring(person, series, wanted)

    async def _async_bring(self, person: Person, series: Series, wanted: Rows) -> None:
        """Have the rows of a series as they are wanted."""
        name = statistic_id(person.id, series)
        there = self._written[name]
        if not wanted.keys() >= there.keys():
            # An hour cannot be taken out alone.
            get_instance(self._hass).async_clear_statistics([name])
            there = {}
        changed = [hour for hour, row in wanted.items() if there.get(hour) != row]
        self._written[name] = wanted
        words = await async_group(self._hass, self._hass.config.language, WORDS)
        metadata = _metadata(person, series, words[series.key])
        for some in batched(changed, SLICE, strict=False):
            data = [_datum(hour, wanted[hour]) for hour in some]
            async_add_external_statistics(self._hass, metadata, data)
            await asyncio.sleep(0)

    async def _async_read(self, ids: list[str]) -> None:
        """Know what stands in the recorder, unless that is known already."""
        unknown = {name for name in ids if name not in self._written}
        if not unknown:
            return
        found = await get_instance(self._hass).async_add_executor_job(
            statistics_during_period,
            self._hass,
            EARLIEST,
            None,
            unknown,
            "hour",
            None,
            {"state", "sum"},
        )
        for name in unknown:
            self._written[name] = {
                datetime.fromtimestamp(row["start"], UTC): Row(
                    row.get("state") or 0.0, row.get("sum") or 0.0
                )
                for row in found.get(name, ())
            }


def _metadata(person: Person, series: Series, word: str) -> StatisticMetaData:
    minutes = series.measure is Measure.MINUTES
    return StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=f"{person.name}: {word}",
        source=DOMAIN,
        statistic_id=statistic_id(person.id, series),
        unit_class=DurationConverter.UNIT_CLASS if minutes else None,
        unit_of_measurement=UnitOfTime.MINUTES if minutes else None,
    )


def _datum(hour: datetime, row: Row) -> StatisticData:
    return StatisticData(start=hour, state=row.value, sum=row.total)
