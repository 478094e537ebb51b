"""What the bridge knows of the people who use its tools."""

from collections.abc import Mapping

from ql_release.context import Limits
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
        for person, document in sent.items():
            self._profiles[person] = Profile.model_validate_json(document)

    def put(self, profile: Profile) -> None:
        """Know a person by a new profile."""
        self._profiles[profile.person] = profile

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
        if person is None and len(self._profiles) == 1:
            return next(iter(self._profiles.values()))
        return None if person is None else self._profiles.get(person)
