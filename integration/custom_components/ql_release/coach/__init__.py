"""The coach: reminds of a release after training, suggests another position, else stays silent.

Pure: it imports nothing of Home Assistant, reads no clock, opens no file. `Coach` is the way in;
facts go in, decisions come out, `State` is what is stored between.
"""

from .agenda import Planned, agenda, preview
from .calendars import events_of
from .codec import CodecError
from .engine import Coach, OpenReminder, Outcome
from .facts import (
    Action,
    Answer,
    Away,
    CalendarEvent,
    CalendarKind,
    CalendarRead,
    Fact,
    GymPresence,
    Pause,
    RestDay,
    Resume,
    SessionOpened,
    SessionRemoved,
    SessionReported,
    Sitting,
    TrainingRemoved,
    TrainingReported,
)
from .lifting import LiftingDay, lifting_day
from .posture import NextNudge
from .programme import REST, TEMPLATES, Programme, Workout
from .sessions import Progress, Session, Work
from .settings import LiftingRules, PostureRules, ReleaseRules, Settings
from .sources import report_of
from .spots import Spot, spread
from .state import Happening, Item, Kind, Notice, Reminder, State, Status
from .times import Hours
from .training import Report, Training
from .wording import TEXTS, RefusedError, Text

__all__ = [
    "REST",
    "TEMPLATES",
    "TEXTS",
    "Action",
    "Answer",
    "Away",
    "CalendarEvent",
    "CalendarKind",
    "CalendarRead",
    "Coach",
    "CodecError",
    "Fact",
    "GymPresence",
    "Happening",
    "Hours",
    "Item",
    "Kind",
    "LiftingDay",
    "LiftingRules",
    "NextNudge",
    "Notice",
    "OpenReminder",
    "Outcome",
    "Pause",
    "Planned",
    "PostureRules",
    "Programme",
    "Progress",
    "RefusedError",
    "ReleaseRules",
    "Reminder",
    "Report",
    "RestDay",
    "Resume",
    "Session",
    "SessionOpened",
    "SessionRemoved",
    "SessionReported",
    "Settings",
    "Sitting",
    "Spot",
    "State",
    "Status",
    "Text",
    "Training",
    "TrainingRemoved",
    "TrainingReported",
    "Work",
    "Workout",
    "agenda",
    "events_of",
    "lifting_day",
    "preview",
    "report_of",
    "spread",
]
