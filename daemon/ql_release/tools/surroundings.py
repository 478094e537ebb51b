"""What all tools of a daemon share."""

from dataclasses import dataclass

from ql_release.clock import Clock
from ql_release.journal import Journal
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import Topics
from ql_release.settings import Settings
from ql_release.tools.people import People
from ql_release.tools.presence import Presences


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The clock, the journal, the way to the broker, and what is known of people."""

    settings: Settings
    clock: Clock
    journal: Journal
    publisher: Publisher
    topics: Topics
    people: People
    presences: Presences
