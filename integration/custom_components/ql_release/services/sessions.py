"""Actions on past sessions: write one down, delete one, ask for them."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import probatio
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..contract.base import timestamp
from ..history.record import (
    MANUAL,
    MAX_NOTE,
    SessionKind,
    SessionRecord,
    SessionSource,
    as_json,
)
from .action import FOR_ONE, Action, moment_of, person_of, refusal

ENDED_AT: Final = "ended_at"
MINUTES: Final = "minutes"
KIND: Final = "kind"
NOTE: Final = "note"
SESSION: Final = "session"
START: Final = "start"
END: Final = "end"
LIMIT: Final = "limit"

LONGEST_MIN: Final = 180
"""A longer session was not ended."""
FUTURE_TOLERANCE: Final = timedelta(minutes=5)
MOST: Final = 1000
SECONDS_A_MINUTE: Final = 60.0

MINUTES_OF_SESSION = probatio.All(probatio.Coerce(float), probatio.Range(min=1, max=LONGEST_MIN))


async def _async_log(call: ServiceCall) -> ServiceResponse:
    """Write down a session that no tool has measured."""
    coordinator, person = person_of(call)
    now = dt_util.utcnow()
    end = moment_of(call, ENDED_AT) or now
    if end > now + FUTURE_TOLERANCE:
        raise refusal("session_in_future", time=_local(end))
    seconds = call.data[MINUTES] * SECONDS_A_MINUTE
    kind = SessionKind(call.data[KIND])
    session = SessionRecord(
        id=f"{MANUAL}{uuid4()}",
        source=SessionSource.MANUAL,
        kind=kind,
        person=person.id,
        started_at=end - timedelta(seconds=seconds),
        ended_at=end,
        duration_s=seconds,
        hold_s=seconds if kind is SessionKind.RELEASE else 0.0,
        note=call.data.get(NOTE),
    )
    coordinator.sessions.async_put(session)
    return {SESSION: session.id} if call.return_response else None


async def _async_delete(call: ServiceCall) -> ServiceResponse:
    """Delete a person's session, or nobody's, here; bridges keep what they have measured."""
    coordinator, person = person_of(call)
    session = call.data[SESSION]
    found = coordinator.sessions.get(session)
    if found is None or coordinator.sessions.owner(found) not in (None, person):
        raise refusal("unknown_session", session=session)
    coordinator.sessions.async_remove(session)
    return None


async def _async_get(call: ServiceCall) -> ServiceResponse:
    """Return a person's sessions, the latest first."""
    coordinator, person = person_of(call)
    start, end = moment_of(call, START), moment_of(call, END)
    if start and end and end <= start:
        raise refusal("end_before_start")
    found = [
        session
        for session in reversed(coordinator.sessions.of(person.id))
        if (start is None or session.ended_at > start) and (end is None or session.started_at < end)
    ]
    confidence = coordinator.told_confidence
    return {"sessions": [_shown(one, confidence) for one in found[: call.data[LIMIT]]]}


def _shown(session: SessionRecord, confidence: float) -> dict[str, Any]:
    """Return a session for programs: as it is kept, with what counts."""
    counted = len(session.counted(confidence))
    shown: dict[str, Any] = as_json(session)
    return shown | {
        "kind": session.kind.value,
        "holds": session.holds,
        "hold_s": session.hold_s,
        "releases_counted": counted,
        "started_at": timestamp(session.started_at),
    }


def _local(moment: datetime) -> str:
    return dt_util.as_local(moment).isoformat(sep=" ", timespec="minutes")


ACTIONS = (
    Action(
        "log_session",
        _async_log,
        probatio.Schema(
            {
                **FOR_ONE,
                probatio.Required(MINUTES): MINUTES_OF_SESSION,
                probatio.Optional(ENDED_AT): cv.datetime,
                probatio.Optional(KIND, default=SessionKind.RELEASE.value): probatio.In(
                    [kind.value for kind in SessionKind]
                ),
                probatio.Optional(NOTE): probatio.All(cv.string, probatio.Length(max=MAX_NOTE)),
            }
        ),
        SupportsResponse.OPTIONAL,
    ),
    Action(
        "delete_session",
        _async_delete,
        probatio.Schema({**FOR_ONE, probatio.Required(SESSION): cv.string}),
    ),
    Action(
        "get_sessions",
        _async_get,
        probatio.Schema(
            {
                **FOR_ONE,
                probatio.Optional(START): cv.datetime,
                probatio.Optional(END): cv.datetime,
                probatio.Optional(LIMIT, default=100): probatio.All(
                    probatio.Coerce(int), probatio.Range(min=1, max=MOST)
                ),
            }
        ),
        SupportsResponse.ONLY,
    ),
)
