"""What a report says in words, for paper and for HTML alike.

Plain words, nothing that sounds like medicine, and no warning that asks for more force.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ql_release.cli.words import SECONDS_A_MINUTE, counted, describe, minutes, readable
from ql_release.events import Placement
from ql_release.report.curves import known
from ql_release.report.gathering import FORCE, Gathered
from ql_release.report.session import Happening, Hold, SessionReport
from ql_release.report.style import MARKS
from ql_release.text import one_line

WELLNESS = (
    "QL Release is a wellness product, not a medical device: it does not diagnose, treat or "
    "prevent anything, and no number it shows is a reason to press harder."
)
"""As docs/safety.md has it."""
EVERY_PAGE = "A wellness product, not a medical device: no number here is a reason to press harder."
"""The words at the foot of every page."""
RELEASES = (
    "A possible release means that pressure eased in a way that breathing, moving and ordinary "
    "relaxation do not explain; only you can say whether you felt it let go. Force under a hold "
    "falls by itself, and that alone is never called a release."
)
JUDGED = (
    "A confidence goes from 0 to 1; what is below 0.5 is listed, but not counted. The software "
    "does not know where the tool lies, or how deep: you say so."
)
STOP = (
    "Stop at once if pain is sharp, electric, or spreads into a leg, if anything goes numb or "
    "weak, or if you feel sick or faint."
)
ABOUT = (WELLNESS, RELEASES, JUDGED, STOP)
"""The words at the end of every report."""
ANSWERS = {None: "", True: "yes", False: "no"}
"""What a person answers to a possible release."""
NOTHING = "\N{EN DASH}"
"""Stands where there is no figure."""
NO_PLACE = (
    "It was not told where the tool lay, so there is no map. Say muscle, side and zone before a "
    "hold, and its time is shown here."
)
NO_COUNTED_PLACE = (
    "It was told where the tool lay, but no hold there was long enough to count, so there is no "
    "map."
)
NO_MOTION = (
    "There is no motion in the file: tilt is left out, and what needs motion is less certain."
)
NO_FORCE = "The tool tells only whether it is touched, so there are no forces to draw."


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column.

    Attributes:
        name: what is in it.
        width: its width on paper, share of the page's.
        cells: what stands in each row.
        text: whether it holds text rather than figures.
    """

    name: str
    width: float
    cells: Sequence[str]
    text: bool = False


class Table:
    """A table; columns in which nothing stands are left out.

    Args:
        title: what it is of.
        columns: its columns, of the same length.
    """

    def __init__(self, title: str, columns: Sequence[Column]) -> None:
        self.title = title
        self.columns = [column for column in columns if any(column.cells)]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells row by row."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


def title(session: SessionReport) -> str:
    """Return when the session was."""
    started = session.started
    return f"{started:%A} {started.day} {started:%B %Y, %H:%M}"


def byline(session: SessionReport, source: str) -> str:
    """Return how long it was, whose, with what and from where."""
    ended = session.ended
    person = "" if session.person is None else f" · person {session.person}"
    named = one_line(source.encode(errors="replace").decode())
    tool = f"tool {ended.tool}{person} · from {named}"
    zone = session.started.tzname() or "local time"
    return f"{minutes(ended.duration_s)} min from first to last contact · {tool} · {zone}"


def tiles(session: SessionReport) -> list[tuple[str, str]]:
    """Return the figures of the title, each with what it is."""
    ended = session.ended
    peak = NOTHING if ended.peak_force_n is None else f"{ended.peak_force_n:.0f} N"
    return [
        (minutes(ended.duration_s), "min in all"),
        (str(ended.holds), _noun(ended.holds, "hold")),
        (minutes(ended.hold_s), "min held"),
        (peak, "peak force"),
        (str(ended.releases), _noun(ended.releases, "possible release")),
        (str(ended.slips), _noun(ended.slips, "possible slip")),
        (str(ended.bone_contacts), "possibly on bone"),
        (str(ended.over_pressures), "high pressure"),
    ]


def _noun(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"


def sentences(session: SessionReport) -> list[str]:
    """Return what is worth knowing of the session."""
    return [insight.text for insight in session.ended.insights]


def remarks(session: SessionReport, gathered: Gathered) -> list[str]:
    """Return what should be known of the data behind it."""
    names = session.curves.names
    said = [*gathered.notes]
    if gathered.damage is not None:
        said.append(f"The file is damaged: {gathered.damage.reason}. What came before is used.")
    if FORCE not in names:
        said.append(NO_FORCE)
    if "tilt" not in names and not gathered.notes:
        said.append(NO_MOTION)
    if "fault" in names:
        said.append("At times a force channel did not answer: it was not measuring there.")
    if "saturated" in names:
        said.append("At times a force channel was at its limit: the force was at least as shown.")
    return said


def mark_label(happening: Happening) -> str:
    """Return what stands beside a mark."""
    name = MARKS[happening.event.type].name
    confidence = happening.confidence
    return name if confidence is None else f"{name} {confidence:.2f}"


def happening_text(happening: Happening) -> str:
    """Return what happened, as a sentence without its full stop."""
    text = describe(happening.event.model_dump(mode="json"))
    if not happening.told:
        text = f"{text}; not counted"
    return f"{text[0].upper()}{text[1:]}"


def holds_table(session: SessionReport) -> Table:
    """Return the holds; where they were and how fast the breath was, where that is known."""
    columns = [
        Column("Hold", 0.08, [str(hold.number) for hold in session.holds]),
        Column("From", 0.09, [minutes(hold.begin_s) for hold in session.holds]),
        Column("Length", 0.1, [f"{hold.event.hold_s:.0f} s" for hold in session.holds]),
        Column("Mean", 0.1, [f"{hold.event.mean_force_n:.0f} N" for hold in session.holds]),
        Column("Peak", 0.1, [f"{hold.event.peak_force_n:.0f} N" for hold in session.holds]),
        Column("Breaths a minute", 0.18, [_rate(session, hold) for hold in session.holds]),
        Column("Where", 0.35, [_place(hold.event.placement) for hold in session.holds], text=True),
    ]
    return Table("Holds", columns)


def _rate(session: SessionReport, hold: Hold) -> str:
    rate = breaths_a_minute(session, hold.begin_s, hold.end_s)
    return "" if rate is None else f"{rate:.0f}"


def _place(placement: Placement | None) -> str:
    """Return muscle, side and zone in words; nothing where they were not told."""
    if placement is None:
        return ""
    return f"{readable(placement.muscle)}, {placement.side}, {placement.zone}"


def breaths_a_minute(session: SessionReport, begin_s: float, end_s: float) -> float | None:
    """Return the mean rate of breath over a time, seconds; None where none was seen."""
    series = session.curves.series("breath_hz")
    inside = known(
        hertz for t, hertz in zip(series.t, series.mean, strict=True) if begin_s <= t <= end_s
    )
    return SECONDS_A_MINUTE * fmean(inside) if inside else None


def events_table(session: SessionReport) -> Table:
    """Return what is marked, and what the person said to it."""
    found = session.happenings
    columns = [
        Column("No.", 0.08, [str(one.number) if one.told else NOTHING for one in found]),
        Column("At", 0.09, [minutes(one.t) for one in found]),
        Column("What", 0.58, [happening_text(one) for one in found], text=True),
        Column("Did you feel it let go?", 0.25, [ANSWERS[one.felt] for one in found], text=True),
    ]
    return Table("Events", columns)


def coverage_table(session: SessionReport) -> Table:
    """Return where the time went, of holds that count."""
    found = session.ended.coverage
    names = [f"{readable(one.muscle)}, {one.side}, {one.zone}" for one in found]
    columns = [
        Column("Muscle, side and zone", 0.5, names, text=True),
        Column("Holds", 0.1, [str(one.holds) for one in found]),
        Column("Time", 0.1, [minutes(one.hold_s) for one in found]),
    ]
    return Table("Time on each place", columns)


def where_text(session: SessionReport) -> str:
    """Return what is said above the map, or instead of it."""
    if not session.ended.coverage:
        return NO_COUNTED_PLACE if session.placements else NO_PLACE
    share = session.ended.left_right
    if share is None:
        return ""
    return f"Left {share.left_pct:.0f} %, right {share.right_pct:.0f} % of the time."


def force_alt(session: SessionReport) -> str:
    """Return the force's picture in words."""
    ended = session.ended
    peak = "" if ended.peak_force_n is None else f", at most {ended.peak_force_n:.0f} newtons"
    marked = [f"{mark_label(one)} at {minutes(one.t)}" for one in session.happenings if one.told]
    marks = f" Marked: {', '.join(marked)}." if marked else " Nothing is marked."
    holds = counted(ended.holds, "hold")
    return f"Force over {minutes(ended.duration_s)} minutes in {holds}{peak}.{marks}"


def spread_alt(what: str, values: Sequence[float], unit: str) -> str:
    """Return a curve's picture in words: from where to where it goes."""
    least, greatest = min(known(values)), max(known(values))
    return f"{what} over the session, between {least:.1f} and {greatest:.1f} {unit}."
