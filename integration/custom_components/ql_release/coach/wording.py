"""What the coach says: a key for translations, what goes into the sentence, and plain English.

Kind, short, never the same for long. No sentence says how to sit, promises an effect, speaks of
an ailment or asks for more force (docs/safety.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEXTS: Mapping[str, str] = {
    # Titles
    "title_release": "Time to release",
    "title_before_lift": "Before you lift",
    "title_nudge": "A change of position?",
    # Messages of a release reminder
    "release_first_1": "Good work today. {minutes} minutes on the tool would round it off.",
    "release_first_2": "When it suits you: {minutes} minutes on the tool, at your own pace.",
    "release_first_3": "Your {minutes} minutes on the tool are ready when you are.",
    "release_again_1": "Still open, no hurry: {minutes} minutes on the tool.",
    "release_again_2": "There is still time for your {minutes} minutes on the tool.",
    "release_return": "Here is your reminder again: {minutes} minutes on the tool.",
    "release_partial": "Nearly there. Still open: {missing}.",
    "rest_day": "A calm day, a good one for {minutes} minutes on the tool.",
    "before_lift": "If you like, a short one before you lift: up to 60 seconds a side.",
    # Messages of a nudge
    "nudge_1": "You have been in one position for a while. How about another one?",
    "nudge_2": "A good moment to shift, stand or walk a few steps.",
    "nudge_3": "Fancy a glass of water? The way there counts.",
    "nudge_4": "The next position is the best position.",
    "nudge_5": "A short walk, a stretch of the legs, whatever you feel like.",
    "nudge_6": "Time for a little change: up, down, or to the other side.",
    # Why: a reminder
    "why_logged": "because you logged {what} at {time}",
    "why_trained": "because your training ended at {time}",
    "why_trained_programme": "because your training ended at {time}, and today is {workout} day",
    "why_rest_day": "because {done} of the last 7 days had a session, and your plan has {wanted}",
    "why_before_lift": "because your training starts at {time}",
    # Why: a nudge
    "why_sitting": "because you have been sitting since {time}",
    "why_position": "because {minutes} minutes have passed since your last change of position",
    # Why it waits
    "wait_due": "because it is due at {time}",
    "wait_snoozed": "because you asked to be reminded again at {time}",
    "wait_again": "because it was shown already, and comes again at {time} if it is still open",
    "wait_quiet": "because your quiet hours last until {time}",
    "wait_training": "because you are training",
    "wait_session": "because you are on the tool",
    "wait_paused": "because reminders are paused until {time}",
    "wait_off": "because reminders are switched off",
    "wait_cap": "because you have had {shown} reminders today; it comes again at {time}",
    # Why it is, or is not, a lifting day
    "day_trained": "because you trained at {time}",
    "day_logged": "because you logged {what} at {time}",
    "day_training": "because you have been training since {time}",
    "day_calendar": "because your calendar says “{summary}”",
    "day_programme": "because your programme has {workout} today",
    "day_deload": "because your programme has {workout} today, in a deload week",
    "day_weekday": "because you lift on this day of the week",
    "day_rest": "because you marked it as a rest day",
    "day_paused": "because you have paused until {until}",
    "day_none": "because nothing says that you lift on this day",
    # Adherence and plan
    "adherence": "{done} of the last 7 days",
    "planned": "Release, {minutes} minutes",
    "preview_days": "On {days} after training, {minutes} minutes, {sides}.",
    "preview_programme": "After training, as your programme has it, {minutes} minutes, {sides}.",
    "preview_any": "After each training, {minutes} minutes, {sides}.",
    # What is refused
    "future": "This training ends at {time}, which is in the future; check its time zone.",
    "backwards": "This training ends before it starts; check its times.",
    "too_long": "This training lasts longer than {hours} hours; check its times.",
    "too_old": "This training is over {days} days old and changes nothing any more.",
    "no_time": "This training has no time; name its start or end.",
    "bad_time": "“{value}” is no date and time; write it like 2026-11-24T18:10:00+01:00.",
    "session_future": "This session ends at {time}, which is in the future; check its time.",
    "session_backwards": "This session ends before it starts; check its times.",
    "nothing_to_answer": "No reminder is open, so there is nothing to answer.",
    "no_more_snoozes": "This reminder was put off {times} times already; skip it or do it.",
    "bad_length": "A reminder can be put off by 1 minute to 24 hours, not by {minutes} minutes.",
    "bad_pause": "The pause ends before it begins; swap its dates.",
    "bad_event": "The event “{summary}” has no usable time and was left out.",
}
"""English text of every key; `{names}` are the placeholders."""

NUDGES = tuple(key for key in TEXTS if key.startswith("nudge_"))
FIRSTS = tuple(key for key in TEXTS if key.startswith("release_first_"))
AGAINS = tuple(key for key in TEXTS if key.startswith("release_again_"))


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence.

    Attributes:
        key: names it for translations.
        placeholders: what goes into it.
        english: the sentence itself.
    """

    key: str
    placeholders: dict[str, str] = field(default_factory=dict)
    english: str = ""


def say(key: str, **placeholders: str | int) -> Text:
    """Return the sentence of a key.

    Raises:
        KeyError: when there is no such key, or a placeholder is missing.
    """
    words = {name: str(value) for name, value in placeholders.items()}
    return Text(key, words, TEXTS[key].format_map(words))


class RefusedError(ValueError):
    """A fact that the coach cannot take.

    Args:
        text: what is wrong and what to do next.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.english)
        self.text = text


def refuse(key: str, **placeholders: str | int) -> RefusedError:
    """Return the error that says so."""
    return RefusedError(say(key, **placeholders))
