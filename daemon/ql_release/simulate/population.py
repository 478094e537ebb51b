"""Whole sessions of people who are all different: a seed makes one.

People are drawn by `people`, tools by `instruments`, holds by `plans`; each says what its ranges
are. Nothing here is chosen by what a detector makes of it.
"""

from random import Random

from ql_release.simulate.instruments import instrument
from ql_release.simulate.people import person
from ql_release.simulate.plans import hold, touch
from ql_release.simulate.scenario import Body, Hold, Scenario

HOLDS = (1, 2, 3, 4)
HOLDS_WEIGHTS = (2, 4, 4, 2)
"""How many holds a session has, and how likely each number is."""

REST_S = (5.0, 15.0)
"""Seconds between two holds."""

PAUSE_S = (60.0, 100.0)
"""Seconds of a long rest that does not end a session, which ends after 120 s."""

BREAK_S = (135.0, 170.0)
"""Seconds of a rest after which a new session begins."""

PAUSE_SHARE = 0.03
BREAK_SHARE = 0.05
TOUCH_SHARE = 0.12
"""Share of holds with a long rest before, with a session's end before, and with a short touch
before."""


def population(seed: int) -> Scenario:
    """Return somebody's session; the same seed gives the same one."""
    random = Random(f"session {seed}")  # noqa: S311 - variety, not secrets
    body = person(random)
    holds: list[Hold] = []
    for number in range(random.choices(HOLDS, HOLDS_WEIGHTS)[0]):
        holds += _next(random, body, first=number == 0)
    plan = Scenario(tuple(holds), body, seed=seed, end_rest_s=random.uniform(3.0, 8.0))
    peak_n = max(one.force_n for one in holds)
    return Scenario(
        plan.holds, body, instrument(random, peak_n, plan.duration_s), seed, plan.end_rest_s
    )


def _next(random: Random, body: Body, *, first: bool) -> list[Hold]:
    """Return the next hold, and a touch before it if there is one."""
    holds = []
    if random.random() < TOUCH_SHARE:
        holds.append(touch(random, random.uniform(*REST_S)))
    rest_s = random.uniform(*REST_S)
    if not first:
        chance = random.random()
        if chance < BREAK_SHARE:
            rest_s = random.uniform(*BREAK_S)
        elif chance < BREAK_SHARE + PAUSE_SHARE:
            rest_s = random.uniform(*PAUSE_S)
    return [*holds, hold(random, body, rest_s)]
