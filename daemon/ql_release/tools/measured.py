"""The bridge's own measurements of thresholds, kept with the person they are of.

A result goes into the person's profile in the same transaction as its event, so that a crash
leaves both or none, and an event that is decided once more after a crash changes nothing.
"""

from collections.abc import Iterable
from dataclasses import replace

from ql_release.events import Calibrated
from ql_release.journal import Batch, StoredEvent
from ql_release.payloads.people import Profile
from ql_release.tools.people import People


def with_profiles(batch: Batch, people: People) -> Batch:
    """Return a batch with the profiles that its measured thresholds make; nobody has none."""
    profiles = {
        event.id: profile
        for event in batch.events
        if isinstance(event, Calibrated) and (profile := people.measured(event)) is not None
    }
    return replace(batch, profiles=profiles) if profiles else batch


def adopt(batch: Batch, stored: Iterable[StoredEvent], people: People) -> None:
    """Know people by the profiles that were written with the events that were new."""
    for event in stored:
        body = batch.profiles.get(event.id)
        if body is not None:
            people.put(Profile.model_validate_json(body.document))
