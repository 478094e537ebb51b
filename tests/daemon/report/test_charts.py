"""What the pictures show, asked of matplotlib's own objects, and that nothing runs into another."""

import re
from itertools import combinations, pairwise
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes

from ql_release.report import (
    anatomy,
    bodymap,
    forcechart,
    linecharts,
    marking,
    paper,
    timeaxis,
    zonechart,
)
from ql_release.report.blocks import GAP, Chart, Sentences, TableBlock
from ql_release.report.curves import Curves, Span
from ql_release.report.gathering import FORCE, Gathered
from ql_release.report.session import Figures, Happening, SessionReport
from ql_release.report.sheet import CONTENT_WIDTH, MARGIN, shortened, text_width, wrapped
from ql_release.report.style import EXPECTED
from ql_release.report.wording import Column, Table, breaths_a_minute, holds_table

KNOWN = {"expected": 55.0, "breath_hz": 0.25, "breath_pct": 2.0, "sway": 0.5, "tremor": 0.1}
"""What a live view may know of a hold."""
LONG = "quadratus lumborum and what lies beside it from rib to hip crest " * 4


@pytest.fixture
def session(demo_gathered: Gathered) -> SessionReport:
    """Return the demonstration's session."""
    return demo_gathered.sessions[0]


def steady(session: SessionReport, values: dict[str, float], figures: Figures) -> SessionReport:
    """Return the same session with curves that stay as they are from 12 s on."""
    curves = Curves(0.0)
    for tenth in range(1580):
        present = {FORCE: 60.0, **(values if tenth > 120 else {})}
        curves.add(tenth / 10, {name: Span(x, x, x) for name, x in present.items()})
    return SessionReport(session.id, session.ended, session._events, curves, figures)


@pytest.fixture
def known(session: SessionReport) -> SessionReport:
    """Return the session, of which the live view knew everything."""
    return steady(session, KNOWN, Figures(threshold_n=50.0, limit_n=60.0))


def drawn(chart: Chart | None) -> tuple[Axes, str]:
    """Return a chart's axes, and all that is written around them."""
    assert chart is not None
    figure = paper.alone(chart, CONTENT_WIDTH).figure
    written = [text.get_text() for axes in figure.axes for text in axes.texts]
    return figure.axes[1], " ".join(written)


def test_the_force_is_drawn_with_what_the_decay_leaves(known: SessionReport) -> None:
    axes, text = drawn(forcechart.chart(known))
    (expected,) = [line for line in axes.lines if line.get_color() == EXPECTED]
    assert {value for value in expected.get_ydata() if not isnan(value)} == {55.0}
    assert expected.is_dashed()
    assert "what the hold's own decay leaves" in text
    assert "threshold\n 50 N" in text
    assert "limit\n 60 N" in text


def test_without_a_model_no_line_is_promised(session: SessionReport) -> None:
    _, text = drawn(forcechart.chart(steady(session, {}, Figures())))
    assert "decay" not in text
    assert "threshold" not in text


def test_marks_lie_on_the_curve_where_they_happened(session: SessionReport) -> None:
    axes, text = drawn(forcechart.chart(session))
    for one in session.happenings:
        assert any(
            list(line.get_xdata()) == [one.t] and 20 < line.get_ydata()[0] < 90
            for line in axes.lines
        )
    for words in (r"1  possible release 0\.\d\d", r"2  possible slip [01]\.\d\d", "hold 1 · 44 s"):
        assert re.search(words, text)


def test_breath_and_steadiness_tell_what_the_live_view_knows(known: SessionReport) -> None:
    titles = [chart.title for chart in linecharts.charts(known)]
    assert titles == ["Breath", "Steadiness"]
    assert "about 15 breaths a minute, 2.0 % deep" in drawn(linecharts.breath(known))[1]
    axes, text = drawn(linecharts.steadiness(known))
    assert "sway" in text
    assert "tremor" in text
    assert [line.is_dashed() for line in axes.lines] == [False, True]
    assert breaths_a_minute(known, 20.0, 40.0) == pytest.approx(15.0)
    assert "Breaths a minute" in [column.name for column in holds_table(known).columns]


def test_zones_fill_the_whole_height_in_contact_and_nothing_outside(
    session: SessionReport,
) -> None:
    axes, text = drawn(zonechart.chart(session))
    assert text.count("zone ") == 4
    heights = [path.vertices[:, 1] for band in axes.collections for path in band.get_paths()]
    assert max(max(values) for values in heights) == pytest.approx(100.0)
    rest = (session.holds[0].end_s + session.holds[1].begin_s) / 2
    for band in axes.collections:
        for path in band.get_paths():
            assert not (path.vertices[:, 0].min() < rest < path.vertices[:, 0].max())


@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=8))
def test_names_of_zones_never_overlap(parts: list[float]) -> None:
    whole = sum(parts) + 1.0
    shares = [100 * (part + 1.0 / len(parts)) / whole for part in parts]
    heights = zonechart._apart(shares, 12.0)
    assert all(above - below >= 12.0 - 1e-9 for below, above in pairwise(heights))
    assert heights[-1] <= 94.0 + 1e-9


def label_at(happening: Happening, x: float) -> marking.Label:
    """Return a label of 40 mm."""
    return marking.Label(happening, "text", x, x - marking.MARK_ROOM, x + 40.0)


@given(places=st.lists(st.floats(0.0, 150.0), max_size=12))
def test_labels_never_overlap_and_their_lines_cross_no_text(
    demo_gathered: Gathered, places: list[float]
) -> None:
    one = demo_gathered.sessions[0].happenings[0]
    found = [label_at(one, x) for x in sorted(places)]
    above = marking._placed(found, marking._above)
    for placed in (above, marking._placed(found, marking._lowest)):
        for first, second in combinations(placed, 2):
            apart = first.begin >= second.end or second.begin >= first.end
            assert apart or first.lane != second.lane
    for high, low in combinations(above, 2):
        if high.lane > low.lane:
            assert not low.begin + marking.MARK_ROOM < high.x < low.end
    assert len(above) == len(places)


@given(st.floats(1.0, 7 * 86400.0))
def test_times_are_few_and_begin_with_the_session(until_s: float) -> None:
    ticks = timeaxis.times(until_s)
    assert ticks[0] == 0
    assert len(ticks) <= timeaxis.MOST_TICKS + 1
    assert ticks[-1] <= until_s
    assert len({after - before for before, after in pairwise(ticks)}) <= 1


def test_left_is_left_and_every_zone_lies_within_the_body() -> None:
    for zone in ("upper", "middle", "lower"):
        left, right = (anatomy.zone_middle(side, zone) for side in ("left", "right"))
        assert left == (-right[0], right[1])
        assert left[0] < 0
        for side in ("left", "right"):
            flank = anatomy.outline(side)
            assert flank.contains_points(anatomy.zone(side, zone).vertices).all()
    heights = [anatomy.zone_middle("left", zone)[1] for zone in ("upper", "middle", "lower")]
    assert heights == sorted(heights, reverse=True)


def test_the_map_is_darker_where_more_time_was_spent(placed_gathered: Gathered) -> None:
    shades = [bodymap._shade(seconds, 90.0) for seconds in (0.0, 1.0, 30.0, 60.0, 90.0)]
    assert shades == [None, 0, 1, 3, 4]
    _, text = drawn(bodymap.chart(placed_gathered.sessions[0]))
    for words in ("0:31", "Other muscles", "piriformis, left, lower", "left", "right"):
        assert words in text


def table(rows: int, text: str = "cell") -> TableBlock:
    """Return a table of so many rows."""
    columns = [
        Column("No.", 0.2, [str(number + 1) for number in range(rows)]),
        Column("What", 0.5, [text] * rows, text=True),
    ]
    return TableBlock.of(Table("Rows", columns))


@given(st.lists(st.integers(1, 120), min_size=1, max_size=4))
def test_pages_hold_every_row_once_and_leave_the_foot_free(sizes: list[int]) -> None:
    tables = [table(size) for size in sizes]
    laid = paper.pages(tables)
    for page in laid:
        ends = [(y, y + block.height) for y, block in page]
        assert ends[0][0] == MARGIN
        assert ends[-1][1] <= paper.BOTTOM + 1e-6
        assert all(below >= end for (_, end), (below, _) in pairwise(ends))
    for whole in tables:
        parts = [
            part
            for page in laid
            for _, part in page
            if isinstance(part, TableBlock) and part.table is whole.table
        ]
        assert [row for part in parts for row in range(part.first, part.end)] == list(
            range(whole.end)
        )


def test_what_fits_no_page_is_not_waited_for_for_ever() -> None:
    tall = Sentences("Tall", [LONG] * 60)
    assert tall.height > paper.BOTTOM
    assert [len(page) for page in paper.pages([table(1), tall, table(1)])] == [1, 1, 1]


def test_a_picture_is_as_tall_as_what_it_holds() -> None:
    blocks = [table(3), table(80)]
    height = 2 * MARGIN + sum(block.height for block in blocks) + GAP
    assert paper.picture(blocks).height == pytest.approx(height)


@given(st.lists(st.text("abcmiw ", min_size=1, max_size=80), min_size=1, max_size=6))
def test_wrapped_lines_fit_and_lose_nothing(words: list[str]) -> None:
    text = " ".join(words)
    lines = wrapped(text, 40.0)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line) <= 44.0 for line in lines)


def test_what_is_too_wide_is_cut_in_its_middle() -> None:
    cut = shortened(LONG, 30.0)
    assert text_width(cut) <= 30.0
    assert cut.startswith("quadratus")
    assert "…" in cut
    assert shortened("short", 30.0) == "short"
