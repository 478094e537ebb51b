"""Which exercises load the quadratus lumborum.

Lifting a bar of 70 kg took it to 74 % of its most, a side bridge to 54 %, and one-sided carries
rest on it (McGill 1996 and later). Hence the list: deadlift, squat, bent row, good-morning,
loaded carry, side bend.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

REMEMBERED = 512
"""Names of exercises whose load is remembered: more than one person has."""


class Load(StrEnum):
    """Whether a training loaded the muscle."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


_LOADING = re.compile(
    r"dead\s?-?lift|\brdl\b|squat|bent[- ]?(over)?[- ]?row|barbell row|pendlay|t-?bar row"
    r"|good[- ]?morning|farmer|suitcase|yoke|carry|carries|\bwalk with weight|side bend"
    r"|side (plank|bridge)|\bclean\b|snatch|kettlebell swing|rack pull|\bback extension",
    re.IGNORECASE,
)
"""The six lifts by the names that logs give them, with close relatives."""

_SUPPORTED = re.compile(r"chest[- ]supported|seal row|belt squat|seated .*row", re.IGNORECASE)
"""Said of a loading lift that a bench or belt carries: it may load the muscle, or may not."""

_LIGHT = re.compile(
    r"bench press|chest press|\bpush[- ]?up|\bdips?\b|curl|triceps?|skull ?crusher|\bfly\b|flye"
    r"|lat(eral)? pull|pull[- ]?down|pull[- ]?up|chin[- ]?up|lateral raise|front raise|face pull"
    r"|leg (press|extension|curl)|calf|pec deck|\bhip (ab|ad)duct|crunch|seated (row|press)",
    re.IGNORECASE,
)
"""Lifts that a bench, a machine or a bar above carries."""

_OTHER_SPORT = re.compile(
    r"run|ride|cycl|bik|swim|walk|hik|yoga|pilates|stretch|meditat|elliptical|stair|ski|golf"
    r"|tennis|soccer|football|surf|skat|canoe|kayak|sail",
    re.IGNORECASE,
)
"""Kinds of activity that are no lifting."""


@lru_cache(maxsize=REMEMBERED)
def load_of_exercise(name: str) -> Load:
    """Return whether an exercise loads the muscle; a name that says nothing is a maybe."""
    if _LOADING.search(name):
        return Load.MAYBE if _SUPPORTED.search(name) else Load.YES
    return Load.NO if _LIGHT.search(name) else Load.MAYBE


def load_of(names: Iterable[str]) -> Load:
    """Return whether a training with these exercises loads the muscle; none: maybe."""
    loads = {load_of_exercise(name) for name in names}
    if Load.YES in loads:
        return Load.YES
    return Load.NO if loads == {Load.NO} else Load.MAYBE


def is_other_sport(kind: str) -> bool:
    """Return whether a kind of activity, as services name them, is no lifting."""
    return _OTHER_SPORT.search(kind) is not None


def loading(names: Iterable[str]) -> tuple[str, ...]:
    """Return those that load the muscle, each once."""
    return tuple(dict.fromkeys(name for name in names if load_of_exercise(name) is Load.YES))
