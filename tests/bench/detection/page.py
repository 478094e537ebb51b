"""Writes docs/detection.md. Every figure in it comes from the outcomes of this run."""

from pathlib import Path
from textwrap import fill

from detection import blame, pelt, tables, threshold
from detection.cases import ALIVE, FIRST_SEED, PEAKS_N, REAL_NOISE_N, TUNING_SEEDS
from detection.judging import hits, tally
from detection.matching import TOLERANCES_S
from detection.outcome import OURS, TOLD, Outcome
from detection.pictures import EXAMPLE_SEED
from detection.scores import quantile

SPEED = Path(__file__).with_name("speed.md")
"""What the speed benchmark says, if it has been run."""

NO_SPEED = "How fast it is and how much memory it needs is in [performance.md](performance.md)."

WIDTH = 100
"""Characters of a line."""

NOT_FILLED = ("#", "|", "- ", "```", "<!--", "![")
"""How paragraphs begin whose lines stay as they are."""

RELEASE = "release"


def text(outcomes: list[Outcome]) -> str:
    """Return the page."""
    parts = [
        _beginning(outcomes),
        _played(outcomes),
        _found(outcomes),
        _compared(outcomes),
        _alarms(outcomes),
        _time(outcomes),
        _confidence(outcomes),
        _conditions(outcomes),
        _failures(outcomes),
        "## Speed and memory\n\n"
        + (SPEED.read_text(encoding="utf-8").strip() if SPEED.exists() else NO_SPEED),
        AGAIN,
    ]
    return "\n\n".join(_filled(part) for part in parts) + "\n"


def _filled(part: str) -> str:
    """Return a part with its plain paragraphs filled anew: figures are of any width."""
    blocks = part.strip().split("\n\n")
    return "\n\n".join(
        block
        if block.startswith(NOT_FILLED)
        else fill(block, WIDTH, break_long_words=False, break_on_hyphens=False)
        for block in blocks
    )


def _beginning(outcomes: list[Outcome]) -> str:
    """Return what the page is, and the shortest answer."""
    with_imu = tables.pick(outcomes, tables.TOOLS["with an IMU"])
    scores = {kind: tally(with_imu, OURS, kind).f1 for kind in tables.KINDS}
    found = hits(outcomes, OURS, RELEASE)
    onset = quantile((hit.error_s for hit in found), 0.5)
    return f"""
# How well detection works

<!-- Written by `make bench-detection`; change tests/bench/detection instead. -->

Nobody has published recordings of people on such a tool with releases marked in them. So this page
says how well the detectors do on **simulated** people, whose every move is known, and on the few
**real** recordings of muscle there are, in which nothing lets go. What is found in simulated
people is an upper bound: real people are stranger than any simulation. Whether a release that is
found is one that is *felt* only people can say; that is what the question "did you feel it let
go?" is for. None of this is a medical claim: see [safety.md](safety.md).

In short, on sound tools with an IMU: releases F1 {scores[RELEASE]:.2f}, slips
{scores["slip"]:.2f}, bone contact
{scores["bonecontact"]:.2f}. The onset of a release is found within
{onset:.1f} s in half of the cases.
"""


def _played(outcomes: list[Outcome]) -> str:
    """Return what was played."""
    simulated = tables.pick(outcomes, lambda facts: not facts.real)
    real = tables.pick(outcomes, lambda facts: facts.real)
    last = FIRST_SEED + len(simulated) - 1
    peaks = ", ".join(f"{peak:g}" for peak in PEAKS_N)
    return f"""
## What was played

Every recording is written as a text recording and goes through the code of `ql-release analyze`.

**{len(simulated)} simulated sessions** (seeds {FIRST_SEED} to {last},
{_hours(simulated):.1f} hours of holding). Each is another person on another tool:

- tissue by one of seven laws (straight in the logarithm of time, power law, three exponentials,
  one exponential, stretched exponential, fractional, Fung's spectrum), with own figures each;
- breath of 1 to 8 % of the force, 12 to 21 a minute, irregular, lopsided, held at times; sway of
  0.2 to 1.4 % with a slow spectrum and restless times, the tool turning along; tremor;
- 45 to 280 N, holds of 18 to 90 s, 1 to 4 of them, short touches in between, rests that end a
  session and rests that do not;
- releases of 7.5 to 30 % within 0.7 to 4.5 s, in four shapes, alike or unlike on the zones; slips
  that keep and that lose contact; bone met in a hold and on the way down;
- and all that is none of these: the rows of the table of false alarms below;
- 40 to 320 samples a second, 1 to 8 zones, {_share(simulated)} with an IMU, mounted any way
  round; noise, coarse scales, jitter, lost packets, offsets, creep, zones at their limit, zones
  that stick or die.

The simulator (`daemon/ql_release/simulate/`) and the detectors (`daemon/ql_release/signal/`) share
no model, and the simulator is not changed to suit the detectors. What lies at the edge of a
definition is not played (falls of 4.5 to 7.5 %, for instance), so that the truth is beyond doubt.

![Force over a session with what happened and what was found](pictures/detection-example.png)

*The session of seed {EXAMPLE_SEED}. Shaded: what really happened. Triangles: what was found.*

**{len(real)} real recordings** ({_hours(real):.1f} hours): two of isolated passive muscle that is
stretched and held for a minute
([beards-lab/TitinViscoelasticity](../tests/data/titin_relaxation/README.md), MIT), scaled to
{peaks} N at the peak, as measured and with simulated breath
({tables.percent(ALIVE.breath_depth)}), sway ({tables.percent(ALIVE.sway, 1)}) and noise
({REAL_NOISE_N:g} N) on top. They lose a third or more of their force all by themselves.
Nothing lets go in them, so each alarm is false.
"""


def _found(outcomes: list[Outcome]) -> str:
    """Return what is found."""
    tolerances = ", ".join(f"{tables.KINDS[k]}: {t:g} s" for k, t in TOLERANCES_S.items())
    return f"""
## What is found

An event counts from a confidence of {TOLD:g} on: that is what people are told. It is right if
something of its kind began within a tolerance of its time, one to one
({tolerances}). *Precision* is the share of the
events that are right, *recall* the share of what happened that was found, *F1* their harmonic
mean.

{tables.summary(outcomes)}

Without an IMU, a weight shift that takes force away and keeps it looks the same as a release, and
a break the same as a slip. Nobody could tell them apart by the force alone; they are scored as
wrong all the same. What a broken zone or one at its limit hides counts as missed, too; those tools
have rows of their own, in which the first two have no part.

By how they come about, on sound tools with and without an IMU:

{tables.manners(outcomes)}

{tables.counting(outcomes)}

*A hold is a contact of 3 s that reached 30 N, a session ends two minutes after its last contact.
In real recordings only their number is scored: how fast the stretched muscle reached 8 N depends
on the scale.*
"""


def _compared(outcomes: list[Outcome]) -> str:
    """Return the comparison with the baselines."""
    return f"""
## Compared with simpler ways

Two baselines look for releases on the same recordings:

- **{threshold.NAME}**: the force is {tables.percent(threshold.FALL)} lower than
  {threshold.WITHIN_S:g} s ago, {threshold.AFTER_S:g} s or more into a contact;
- **{pelt.NAME}**: the change-point search of the library
  [ruptures](https://centre-borelli.github.io/ruptures-docs/), on the force's logarithm, averaged
  over {pelt.BREATH_S:g} s, with the line in the logarithm of time taken out; steps down of
  {tables.percent(pelt.FALL)} or more count. Its penalty ({pelt.PENALTY:g}) and this step were
  chosen as the best of {len(pelt.PENALTIES) * len(pelt.FALLS)} pairs on {len(TUNING_SEEDS)}
  other sessions (seeds {TUNING_SEEDS[0]} to {TUNING_SEEDS[-1]}). It sees a contact only when that
  is over: it could not tell anyone live.

{tables.baselines(outcomes)}

By the size of the fall, share of the releases found (recall):

{tables.drops(outcomes)}

![Share of releases found by size of fall and method](pictures/detection-drops.png)
"""


def _alarms(outcomes: list[Outcome]) -> str:
    """Return the false alarms."""
    return f"""
## False alarms, and what is to blame

False releases an hour, and how many there were in brackets. A false alarm is blamed on what was
going on then, from {blame.BEFORE_S:g} s before it to {blame.AFTER_S:g} s after; the hours are those
in which it could have been. An hour of sighs is some 350 sighs, so a rate can be high although few
sessions have one.

{tables.false_alarms(outcomes)}

![False releases an hour by what is to blame and method](pictures/detection-false-alarms.png)

False slips and bone contacts; what is not in the table had none:

{tables.other_alarms(outcomes)}
"""


def _time(outcomes: list[Outcome]) -> str:
    """Return how far off and how late."""
    return f"""
## How exact, and how soon

{tables.timing(outcomes)}

A release is known only after it has been kept for six seconds: that is what tells it from a breath.

![Onset errors and times until it is known](pictures/detection-timing.png)
"""


def _confidence(outcomes: list[Outcome]) -> str:
    """Return how good the confidence is."""
    return f"""
## Is the confidence worth its name?

Of all that was said with confidence 0.8, four in five should be true. All candidates count here,
also those under {TOLD:g} that nobody is told of; what was never considered does not. The Brier
score is the mean square of what is wrong with the confidence: 0 is perfect, 0.25 is a coin's.

{tables.confidence(outcomes)}

![Calibration curve of the confidence](pictures/detection-calibration.png)
"""


def _conditions(outcomes: list[Outcome]) -> str:
    """Return the results by what a session is like."""
    return f"""
## On which tools and people

Simulated sessions only. Groups are small: a few events more or less move a figure by hundredths.

{tables.conditions(outcomes)}
"""


def _failures(outcomes: list[Outcome]) -> str:
    """Return where it fails."""
    return f"""
## Where it fails

The sessions with the most mistakes:

{tables.worst(outcomes)}

What it cannot do, whatever the figures say: tell what a person feels; tell a release from another
fall of force that looks the same, such as a guard that is given up; see a release in dead weight,
which sinks in with the force kept (it is told as `possible_sink`); see anything in a zone that is
broken or at its limit.
"""


def _hours(outcomes: list[Outcome]) -> float:
    """Return how long holds were in all, hours."""
    holds = [hold for outcome in outcomes for hold in outcome.true("hold")]
    return sum(hold.ends - hold.at for hold in holds) / blame.HOUR_S


def _share(outcomes: list[Outcome]) -> str:
    """Return how many of the sessions have an IMU."""
    return tables.share(lambda outcome: outcome.facts.imu, outcomes)


AGAIN = """
## Do it again

```sh
make bench-detection                               # all of it; writes this page
make bench-detection ARGS="--sessions 40"          # fewer sessions; prints the page
make bench-detection ARGS="--seed 7"               # one session: what happened, what was found
make bench-detection ARGS="--seed 7 --write a.csv" # its recording; `ql-release analyze` reads it
make bench-detection ARGS="--tune"                 # the tuning of PELT
```

The same code gives the same figures, however many processes work on them.
"""
