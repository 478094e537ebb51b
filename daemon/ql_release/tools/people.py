"""What the bridge knows of the people who use its tools."""

from collections.abc import Callable, Mapping

from ql_release.context import Limits
from ql_release.events import Calibrated
from ql_release.journal.records import ProfileRecord
from ql_release.payloads.people import Profile
from ql_release.plan import PlannedSpot
from ql_release.settings import Settings


class People:
    """Profiles by person: those in the settings, and in their place those sent later.

    Args:
        settings: may hold profiles, and the tools' contact areas.
        sent: profiles that came by MQTT, as journaled.
    """

    def __init__(self, settings: Settings, sent: Mapping[str, bytes]) -> None:
        self._settings = settings
        self._configured = {
            person.id: Profile(
                person=person.id,
                threshold_n=person.threshold_n,
                body_mass_kg=person.body_mass_kg,
                plan=person.plan.model_dump(),
            )
            for person in settings.people
        }
        self._profiles = dict(self._configured)
        self._on_change: Callable[[], None] = _nobody
        for person, document in sent.items():
            self._profiles[person] = Profile.model_validate_json(document)

    def on_change(self, told: Callable[[], None]) -> None:
        """Have somebody told whenever a person is known by a new profile."""
        self._on_change = told

    def put(self, profile: Profile) -> None:
        """Know a person by a new profile."""
        self._profiles[profile.person] = profile
        self._on_change()

    def sent(self, profile: Profile) -> Profile:
        """Return what a profile that somebody sent makes of the one that is known.

        A threshold that was measured here stays where the sender names none, and so does its date
        where the sender only repeats it; another threshold takes its place.
        """
        known = self._profiles.get(profile.person)
        if known is None or known.calibrated_at is None:
            return profile
        if profile.threshold_n not in (None, known.threshold_n):
            return profile
        kept = {name: getattr(known, name) for name in ("threshold_n", "calibrated_at", "approach")}
        return profile.model_copy(update=kept)

    def measured(self, event: Calibrated) -> ProfileRecord | None:
        """Return what a measured threshold makes of its person's profile; None for nobody."""
        if event.person is None:
            return None
        known = self._profiles.get(event.person) or Profile(person=event.person)
        result = {
            "threshold_n": event.threshold_n,
            "calibrated_at": event.decided_at,
            "approach": event.approach,
        }
        document = known.model_copy(update=result).model_dump_json().encode()
        return ProfileRecord(event.person, document)

    def meant(self, person: str | None) -> str | None:
        """Return who is meant: with exactly one person known, nobody named is that person."""
        if person is None and len(self._profiles) == 1:
            return next(iter(self._profiles))
        return person

    def forget(self, person: str) -> None:
        """Know a person no longer, but for what the settings say."""
        self._profiles.pop(person, None)
        if person in self._configured:
            self._profiles[person] = self._configured[person]

    def limits(self, tool: str, person: str | None) -> Limits:
        """Return the limits for a person on a tool.

        With exactly one person known, nobody named means that person (DESIGN §5).
        """
        end_after_s = self._settings.session.end_after_s
        named = self._settings.tools.get(tool)
        area = None if named is None else named.contact_area_cm2
        profile = self._profile(person)
        if profile is None:
            return Limits(contact_area_cm2=area, end_after_s=end_after_s)
        return Limits(
            threshold_n=profile.threshold_n,
            body_mass_kg=profile.body_mass_kg,
            contact_area_cm2=area,
            end_after_s=end_after_s,
            dose_hold_s=profile.plan.hold_s,
            plan=tuple(PlannedSpot(**step.model_dump()) for step in profile.plan.steps),
        )

    def _profile(self, person: str | None) -> Profile | None:
        meant = self.meant(person)
        return None if meant is None else self._profiles.get(meant)


def _nobody() -> None:
    """Be told of a change before anybody wants to know."""
