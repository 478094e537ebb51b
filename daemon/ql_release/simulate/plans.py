"""Draws holds: when somebody lies down, how firmly, and what happens then.

What is at the edge of a definition is left out on purpose, so that the truth is beyond doubt: no
fall between 4.5 and 7.5 %, none that a lift-off or the next happening cuts short, none between
9 and 13.5 s into the hold, and no force between 22 and 36 N at the peak.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, pi, sin
from random import Random

from ql_release.simulate.happenings import (
    BoneContact,
    Break,
    Drift,
    Ease,
    Happening,
    Knock,
    Press,
    Release,
    Shift,
    Sigh,
    Sink,
    Slip,
)
from ql_release.simulate.people import between
from ql_release.simulate.scenario import Body, Hold
from ql_release.simulate.shapes import SHAPES

FIRST_S = (13.5, 20.0)
"""Seconds into a hold when the first happening comes of those that need a settled force."""

SETTLE_S = (14.0, 20.0)
"""Seconds from one that changes the force to the next: a force that has changed settles anew."""

PAUSE_S = (9.0, 14.0)
"""Seconds from any other one to the next: longer than a release is kept."""

TAIL_S = 8.5
"""Seconds that stay undisturbed at a hold's end: longer than a release must be kept."""

EARLY_S = (4.0, 8.5)
"""Seconds into a hold when an early happening comes."""

EARLY_SHARE = 0.3
ON_THE_WAY_SHARE = 0.08
BANG_SHARE = 0.4
EASING_SHARE = 0.1
"""Share of holds with something early, with bone on the way down, with a knock at the lift-off,
and that somebody leaves by slowly easing off."""

STIFFER = (3.5, 9.0)
"""How many times stiffer bone is than the tissue at that moment of the same approach."""

LEAST_RISE_S = 0.04
"""Seconds in which even bone is met at least."""


RELAXED = 0.6
"""Share of a hold's first force that tissue leaves at least, about."""

LEAST_N = 15.0
"""Newtons below which nothing more happens: the contact must not be in doubt."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of happening: how likely, how it is drawn, and how long nothing follows it."""

    weight: int
    draw: Callable[[Random, float, Hold], Happening]
    quiet_s: tuple[float, float] = PAUSE_S


def hold(random: Random, body: Body, rest_s: float) -> Hold:
    """Return a hold with all that happens in it.

    Args:
        random: where the chance comes from.
        body: who lies down.
        rest_s: seconds of an empty tool before it.
    """
    uniform = random.uniform
    lift_s = uniform(2.0, 4.0) if random.random() < EASING_SHARE else uniform(0.25, 1.2)
    plain = Hold(
        force_n=between(random, 45.0, 280.0),
        lasts=uniform(18.0, 90.0),
        approach_s=between(random, 0.6, 4.0),
        lift_s=lift_s,
        bang=uniform(2.0, 15.0) if random.random() < BANG_SHARE else 0.0,
        rest_s=rest_s,
        lies_deg=uniform(0.0, 15.0),
    )
    happenings = [*_beginning(random, body, plain)]
    return _cut(plain, [*happenings, *_middle(random, plain)])


def touch(random: Random, rest_s: float) -> Hold:
    """Return a short touch of the tool that is no hold: too light, or over too soon.

    Args:
        random: where the chance comes from.
        rest_s: seconds of an empty tool before it.
    """
    light = random.random() < 0.5  # noqa: PLR2004 - either is as likely
    return Hold(
        force_n=random.uniform(12.0, 20.0) if light else random.uniform(40.0, 120.0),
        lasts=random.uniform(2.0, 6.0) if light else random.uniform(0.8, 2.4),
        approach_s=0.4,
        lift_s=0.3,
        rest_s=rest_s,
    )


def _beginning(random: Random, body: Body, plain: Hold) -> list[Happening]:
    """Return what happens before the force has settled: mostly nothing."""
    if random.random() < ON_THE_WAY_SHARE:
        return [_bone_on_the_way(random, body, plain)]
    if random.random() < EARLY_SHARE:
        draw = random.choice((_release, _press, _knock, _shift, _bone, _ease))
        return [draw(random, random.uniform(*EARLY_S), plain)]
    return []


def _middle(random: Random, plain: Hold) -> list[Happening]:
    """Return what happens once the force has settled."""
    happenings: list[Happening] = []
    at = random.uniform(*FIRST_S)
    kinds = [kind.weight for kind in KINDS]
    left_n = plain.force_n * RELAXED
    while True:
        kind = random.choices(KINDS, kinds)[0]
        thing = kind.draw(random, at, plain)
        ends = at if isinstance(thing, Knock) else at + thing.lasts
        left_n *= _kept(thing)
        if ends + TAIL_S > plain.lasts - plain.lift_s or left_n < LEAST_N:
            return happenings
        happenings.append(thing)
        if isinstance(thing, Slip) and thing.fall >= 1.0:
            return happenings
        at = ends + random.uniform(*kind.quiet_s)


def _kept(thing: Happening) -> float:
    """Return the share of the force that is left after something; what slips off ends it."""
    match thing:
        case Release(fall=fall) | Break(fall=fall) | Slip(fall=fall) if fall < 1.0:
            return 1.0 - fall
        case Shift(change=change) | Drift(change=change):
            return min(1.0, 1.0 + change)
        case _:
            return 1.0


def _cut(plain: Hold, happenings: list[Happening]) -> Hold:
    """Return a hold with its happenings; a slip that loses contact is its end."""
    lasts, bang = plain.lasts, plain.bang
    last = happenings[-1] if happenings else None
    if isinstance(last, Slip) and last.fall >= 1.0:
        lasts, bang = last.at + last.lasts + plain.lift_s, 0.0
    return Hold(
        plain.force_n,
        lasts,
        tuple(happenings),
        plain.approach_s,
        plain.lift_s,
        bang,
        plain.rest_s,
        plain.lies_deg,
    )


def _release(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a muscle that lets go."""
    uniform = random.uniform
    shape = random.choice(list(SHAPES))
    return Release(
        at,
        between(random, 0.075, 0.3),
        uniform(0.7, 4.5),
        shape,
        uniform(0.0, 1.0),
        uniform(0.0, 0.6),
    )


def _small(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a fall that is too small."""
    return Release(at, random.uniform(0.015, 0.045), random.uniform(0.7, 4.5))


def _deep(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a fall that leaves too little of the contact."""
    return Release(at, random.uniform(0.46, 0.65), random.uniform(0.7, 3.0))


def _break(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a fall that is too fast."""
    return Break(at, random.uniform(0.06, 0.25), random.uniform(0.05, 0.35))


def _slip(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a slip that keeps contact."""
    uniform = random.uniform
    return Slip(
        at,
        uniform(0.12, 0.45),
        uniform(0.04, 0.3),
        uniform(2.5, 12.0),
        uniform(0.4, 3.0),
        uniform(0.8, 6.0),
        uniform(0.0, 0.12),
        uniform(4.0, 15.0),
    )


def _slip_off(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a slip that loses contact."""
    uniform = random.uniform
    shake, spin, turn = uniform(4.0, 15.0), uniform(0.6, 4.0), uniform(3.0, 15.0)
    return Slip(at, 1.0, uniform(0.08, 0.3), shake, spin, turn)


def _bone(random: Random, at: float, plain: Hold) -> Happening:
    """Return bone that is met in the middle of a hold."""
    rise_n = max(15.0, random.uniform(0.2, 0.6) * plain.force_n)
    return BoneContact(at, rise_n, random.uniform(0.05, 0.3), random.uniform(0.0, 1.0))


def _bone_on_the_way(random: Random, body: Body, plain: Hold) -> Happening:
    """Return bone that is met while lying down, stiffer than the tissue just before."""
    share = random.uniform(0.5, 0.8)
    slope = plain.force_n * _steepness(body.stiffening, share) / plain.approach_s
    rise_n = max(20.0, random.uniform(0.3, 0.8) * plain.force_n)
    # A raised cosine is steepest in its middle: by pi / 2 of its mean.
    lasts = rise_n * pi / 2 / (random.uniform(*STIFFER) * slope)
    at = share * plain.approach_s
    return BoneContact(at, rise_n, max(LEAST_RISE_S, lasts), random.uniform(0.0, 1.0))


def _steepness(stiffening: float, share: float) -> float:
    """Return how fast the force rises at this share of an approach, shares of both."""
    depth = SHAPES["cosine"](share)
    bent = stiffening * exp(stiffening * depth) / (exp(stiffening) - 1.0) if stiffening else 1.0
    return bent * pi / 2 * sin(pi * share)


def _shift(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a weight shift."""
    uniform = random.uniform
    change = random.choice((-1.0, -1.0, 1.0)) * uniform(0.06, 0.28)
    return Shift(at, change, uniform(0.3, 2.0), uniform(2.0, 9.0), uniform(0.0, 1.5))


def _press(random: Random, at: float, plain: Hold) -> Happening:
    """Return more weight on purpose."""
    return Press(at, random.uniform(0.1, 0.4) * plain.force_n, random.uniform(0.8, 3.0))


def _ease(random: Random, at: float, _plain: Hold) -> Happening:
    """Return weight that is taken off and put back."""
    lasts = random.uniform(2.0, 5.5)
    return Ease(at, random.uniform(0.06, 0.3), lasts, random.uniform(0.2, 0.4) * lasts)


def _drift(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a slow drift, both ways."""
    return Drift(at, random.uniform(-0.1, 0.08), random.uniform(15.0, 30.0))


def _sigh(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a sigh; where the tool lies decides whether it presses or lifts."""
    depth = random.choice((-1.0, 1.0)) * random.uniform(0.06, 0.2)
    return Sigh(at, depth, random.uniform(3.0, 6.0))


def _knock(random: Random, at: float, _plain: Hold) -> Happening:
    """Return a knock."""
    uniform = random.uniform
    return Knock(at, uniform(3.0, 20.0), uniform(0.1, 1.0), uniform(-0.1, 0.1))


def _sink(random: Random, at: float, _plain: Hold) -> Happening:
    """Return dead weight that sinks in."""
    return Sink(at, random.uniform(1.0, 3.0), random.uniform(5.0, 20.0))


KINDS = (
    _Kind(28, _release, SETTLE_S),
    _Kind(9, _slip, SETTLE_S),
    _Kind(4, _slip_off),
    _Kind(9, _bone, SETTLE_S),
    _Kind(10, _shift, SETTLE_S),
    _Kind(6, _press, SETTLE_S),
    _Kind(7, _ease),
    _Kind(5, _drift, SETTLE_S),
    _Kind(8, _sigh),
    _Kind(7, _knock),
    _Kind(6, _break, SETTLE_S),
    _Kind(7, _small, SETTLE_S),
    _Kind(2, _deep, SETTLE_S),
    _Kind(4, _sink),
)
"""What may happen once the force has settled, and how likely each is against the others."""
