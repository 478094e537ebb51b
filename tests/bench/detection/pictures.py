"""The pictures of the page. The same outcomes give the same bytes."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from detection.blame import WORDS, blames
from detection.cases import Simulated
from detection.judging import hits, judged
from detection.outcome import OURS, Outcome
from detection.scores import calibration
from detection.tables import DROPS, KINDS, METHODS, count_drops
from ql_release.simulate import Truth

DPI = 110
INK = "#2b2b2b"
COLORS = dict(zip(METHODS, ("#1f77b4", "#d9a441", "#8c8c8c"), strict=True))
"""Blue for this project, quiet colours for the baselines."""

KIND_COLORS = {"release": "#1f77b4", "slip": "#c44e52", "bonecontact": "#55883b"}

STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.edgecolor": "#b0b0b0",
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}

EXAMPLE_SEED = 143
"""A session of many happenings, drawn as an example whatever is made of it."""


def draw_all(outcomes: list[Outcome], folder: Path) -> None:
    """Draw every picture of the page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):
        for name, draw in PICTURES.items():
            figure = draw(outcomes)
            figure.savefig(folder / f"detection-{name}.png", dpi=DPI, metadata={"Software": None})


def draw_calibration(outcomes: list[Outcome]) -> Figure:
    """Draw how often what was said with a confidence is true, and how often it was said."""
    figure = Figure(figsize=(6.4, 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, height_ratios=(3, 1), sharex=True)
    upper.plot([0, 1], [0, 1], color="#b0b0b0", linestyle="--", linewidth=1)
    upper.axvline(0.5, color="#b0b0b0", linewidth=0.8)
    width = 0.028
    for place, (kind, word) in enumerate(KINDS.items()):
        color = KIND_COLORS[kind]
        bins = calibration(judged(outcomes, kind))
        said = [each.said for each in bins]
        right = [each.right for each in bins]
        upper.plot(said, right, color=color, label=word)
        upper.scatter(said, right, [_area(each.count) for each in bins], color=color, zorder=3)
        middles = [(int(min(x, 0.999) * 10) + 0.5) / 10 + (place - 1) * width for x in said]
        lower.bar(middles, [each.count for each in bins], width, color=color)
    upper.set(
        ylabel="share that is true", ylim=(-0.03, 1.03), title="Is the confidence worth its name?"
    )
    upper.text(0.2, 0.05, "too sure of itself", fontsize=8, color="#808080")
    upper.text(0.2, 0.62, "too modest", fontsize=8, color="#808080")
    lower.set_yscale("log")
    lower.axvline(0.5, color="#b0b0b0", linewidth=0.8)
    lower.text(
        0.49,
        0.97,
        "kept to itself",
        ha="right",
        va="top",
        fontsize=8,
        color="#808080",
        transform=lower.get_xaxis_transform(),
    )
    lower.text(
        0.51,
        0.97,
        "told to people",
        va="top",
        fontsize=8,
        color="#808080",
        transform=lower.get_xaxis_transform(),
    )
    lower.yaxis.set_major_formatter("{x:g}")
    upper.legend(loc="upper left")
    lower.set(xlabel="confidence", ylabel="how often", xlim=(-0.02, 1.02))
    return figure


def _area(count: int) -> float:
    """Return how large a point is that stands for so many, in square points."""
    return min(60.0, 6.0 + 2.0 * count)


def draw_false_alarms(outcomes: list[Outcome]) -> Figure:
    """Draw the false releases an hour of each method, by what is to blame."""
    found = blames(outcomes, METHODS, "release")
    names = [name for name in found if name != "release"][::-1]
    figure = Figure(figsize=(7.4, 6.6), layout="constrained")
    axes: Axes = figure.subplots()
    height = 0.27
    for place, method in enumerate(METHODS):
        rates = [found[name].per_hour(method) for name in names]
        spots = [spot + (1 - place) * height for spot in range(len(names))]
        axes.barh(spots, rates, height, color=COLORS[method], label=method)
        for spot, rate in zip(spots, rates, strict=True):
            if method == OURS and not rate:
                axes.text(0.12, spot, "none", va="center", fontsize=7, color=COLORS[method])
    axes.set_xscale("symlog", linthresh=1.0)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(names)), [WORDS[name] for name in names])
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="false releases an hour of it", ylim=(-0.6, len(names) - 0.4))
    axes.set_title("What is taken for a release")
    axes.grid(axis="x", color="#e6e6e6")
    axes.set_axisbelow(True)
    axes.legend(loc="upper center", bbox_to_anchor=(0.3, -0.08), ncols=3)
    return figure


def draw_drops(outcomes: list[Outcome]) -> Figure:
    """Draw what share of the releases is found, by the size of the fall."""
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    axes: Axes = figure.subplots()
    groups = list(pairwise(DROPS))
    width = 0.26
    for place, method in enumerate(METHODS):
        counts = [count_drops(outcomes, method, *group) for group in groups]
        shares = [found / max(1, found + missed) for found, missed in counts]
        spots = [spot + (place - 1) * width for spot in range(len(groups))]
        axes.bar(spots, shares, width, color=COLORS[method], label=method)
    labels = [f"{100 * least:g} to {100 * most:g} %" for least, most in groups]
    axes.set_xticks(range(len(groups)), labels)
    axes.set(xlabel="fall of the force", ylabel="share found", ylim=(0, 1.02))
    axes.set_title("Releases found, whatever else was alarmed at")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3)
    return figure


def draw_timing(outcomes: list[Outcome]) -> Figure:
    """Draw how far the onsets are off, and how long it takes to know."""
    figure = Figure(figsize=(7.4, 3.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    for kind, word in KINDS.items():
        found = hits(outcomes, OURS, kind)
        _steps(left, sorted(hit.error_s for hit in found), KIND_COLORS[kind], word)
        _steps(right, sorted(hit.lag_s for hit in found), KIND_COLORS[kind], word)
    left.set(xlabel="onset error, s", ylabel="share of those found", xlim=(0, 3), ylim=(0, 1.02))
    left.set_title("How far the onset is off")
    right.set(xlabel="after it began, s", xlim=(0, 15), ylim=(0, 1.02))
    right.set_title("When it is known")
    right.legend(loc="lower right")
    return figure


def _steps(axes: Axes, values: list[float], color: str, label: str) -> None:
    """Draw the share of values up to each."""
    shares = [(place + 1) / len(values) for place in range(len(values))]
    axes.plot([0.0, *values], [0.0, *shares], color=color, label=label, drawstyle="steps-post")
    axes.grid(color="#e6e6e6")


def draw_example(outcomes: list[Outcome]) -> Figure:
    """Draw one session: its force, what happened in it, and what was found."""
    case = Simulated(EXAMPLE_SEED)
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    axes: Axes = figure.subplots()
    samples = [(t, sum(zones)) for t, zones, _ in case.rows()]
    axes.plot(*zip(*samples[::4], strict=True), color=INK, linewidth=0.7)
    top = 1.12 * max(force for _, force in samples)
    named: set[str] = set()
    for thing in case.truths():
        if thing.kind in KINDS:
            _span(axes, thing, KIND_COLORS[thing.kind], KINDS[thing.kind], named)
        elif thing.kind not in ("hold", "session", "approach", "liftoff", "touch"):
            _span(axes, thing, "#d8d0bc", "something to confuse", named)
    name = case.facts().name
    for outcome in outcomes:
        if outcome.facts.name == name:
            for kind, color in KIND_COLORS.items():
                for found in outcome.alarms(OURS, kind):
                    axes.plot(found.at, top * 0.97, marker="v", color=color, markersize=7)
    axes.plot([], [], "v", color="#808080", label="found, by colour")
    axes.set(xlabel="s", ylabel="force, N", ylim=(-3, top), xlim=(0, samples[-1][0]))
    axes.set_title(f"A simulated session ({name})")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=5)
    return figure


def _span(axes: Axes, thing: Truth, color: str, label: str, named: set[str]) -> None:
    """Shade what happens; each name comes once in the legend."""
    shown = None if label in named else label
    named.add(label)
    ends = max(thing.ends, thing.at + 0.8)
    axes.axvspan(thing.at, ends, color=color, alpha=0.55, linewidth=0, label=shown)


PICTURES = {
    "example": draw_example,
    "false-alarms": draw_false_alarms,
    "drops": draw_drops,
    "timing": draw_timing,
    "calibration": draw_calibration,
}
"""Each picture by its name."""
