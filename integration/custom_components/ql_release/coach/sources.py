"""What workout services and sensors tell, as reports of trainings.

Each service has its own names for the same few things, and they change; so all names are looked
for, in order, and what is not there is not known. Times without an offset are local ones.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from .exercises import is_other_sport
from .training import Report
from .wording import refuse

IDS = ("id", "workout_id", "activity_id", "activityId", "logId", "uuid")
STARTS = (
    "start_time",
    "start_date",
    "startTimeGMT",
    "startTimeLocal",
    "start_date_local",
    "startTime",
    "start",
)
ENDS = ("end_time", "end_date", "endTimeGMT", "endTime", "end")
SECONDS = ("elapsed_time", "elapsedDuration", "duration_s", "duration_seconds", "duration")
MINUTES = ("duration_min", "duration_minutes")
MILLISECONDS = ("originalDuration", "duration_ms")
TITLES = ("title", "name", "activityName", "workout_name")
KINDS = ("sport_type", "activityType", "activity_type", "type", "category")
EXERCISES = ("exercises", "exercise_names")
EXERCISE_NAMES = ("title", "name", "exercise", "exercise_name")
GMT = "GMT"
"""Names that end so hold UTC though their values do not say so."""


def report_of(source: str, data: Mapping[str, Any], zone: tzinfo) -> Report:
    """Return the report in an event's data or an entity's attributes.

    Args:
        source: names the source, such as hevy.
        data: as the service's integration gives it.
        zone: of times that name no offset.

    Raises:
        RefusedError: when it names no time, or one that cannot be read.
    """
    start, end = _times(data, zone)
    title = _text(data, TITLES)
    return Report(
        source=source,
        id=_text(data, IDS) or start.isoformat(),
        start=start,
        end=end,
        exercises=tuple(_exercise_names(data)),
        title=title,
        lifting=not is_other_sport(_kind(data)),
    )


def moment(value: Any, zone: tzinfo) -> datetime:
    """Return the moment that a value names: a datetime or date, Unix seconds, or ISO 8601 text.

    Raises:
        RefusedError: when it names none.
    """
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        text = value.isoformat() if isinstance(value, date) else value
        found = datetime.fromisoformat(text)
        aware = found.replace(tzinfo=zone) if found.tzinfo is None else found
        return aware.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise refuse("bad_time", value=str(value)) from error


def _times(data: Mapping[str, Any], zone: tzinfo) -> tuple[datetime, datetime]:
    start, end = _moment(data, STARTS, zone), _moment(data, ENDS, zone)
    lasts = _duration(data)
    if start is None and end is None:
        raise refuse("no_time")
    if start is None:
        assert end is not None
        return end - lasts, end
    return start, start + lasts if end is None else end


def _moment(data: Mapping[str, Any], names: Iterable[str], zone: tzinfo) -> datetime | None:
    for name in names:
        if (value := data.get(name)) not in (None, ""):
            return moment(value, UTC if name.endswith(GMT) else zone)
    return None


def _duration(data: Mapping[str, Any]) -> timedelta:
    """Return how long it lasted; no time at all where that is not told."""
    for names, unit_s in ((MINUTES, 60.0), (MILLISECONDS, 0.001), (SECONDS, 1.0)):
        for name in names:
            value = data.get(name)
            if (
                isinstance(value, int | float)
                and 0 <= value * unit_s < timedelta.max.total_seconds()
            ):
                return timedelta(seconds=value * unit_s)
    return timedelta(0)


def _text(data: Mapping[str, Any], names: Iterable[str]) -> str:
    values = (data.get(name) for name in names)
    return next((str(value) for value in values if isinstance(value, str | int)), "")


def _kind(data: Mapping[str, Any]) -> str:
    """Return the kind of activity; Garmin puts it into a mapping of its own."""
    for name in KINDS:
        value = data.get(name)
        if isinstance(value, Mapping):
            value = value.get("typeKey")
        if isinstance(value, str):
            return value
    return ""


def _exercise_names(data: Mapping[str, Any]) -> Iterable[str]:
    found = next((data[name] for name in EXERCISES if isinstance(data.get(name), list | tuple)), ())
    for item in found:
        name = _text(item, EXERCISE_NAMES) if isinstance(item, Mapping) else item
        if isinstance(name, str) and name:
            yield name
