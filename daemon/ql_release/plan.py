"""A person's plan as marks carry it: the spots in their order, and what is wanted at each."""

from dataclasses import dataclass
from typing import Any, Self

from ql_release.payloads.base import Side, Zone


@dataclass(frozen=True, slots=True)
class PlannedSpot:
    """One step of a plan.

    Attributes:
        muscle: id of the muscle.
        side: of the body.
        zone: of the muscle.
        holds: holds wanted there.
        hold_s: length wanted of each, s.
    """

    muscle: str
    side: Side
    zone: Zone
    holds: int
    hold_s: float

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form that marks carry."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Return the spot that `to_data` wrote; names it does not know are ignored.

        Raises:
            KeyError: when something of it is missing.
        """
        return cls(**{name: data[name] for name in cls.__slots__})
