"""What a report holds of a session, in its order: for paper as blocks, for HTML as parts."""

from collections.abc import Sequence

from ql_release.report import bodymap, forcechart, linecharts, wording, zonechart
from ql_release.report.blocks import Block, Chart, Header, Sentences, TableBlock, Tiles
from ql_release.report.gathering import Gathered
from ql_release.report.session import SessionReport


def blocks(gathered: Gathered, place: int, source: str) -> list[Block]:
    """Return a session's blocks.

    Args:
        gathered: all sessions of a file.
        place: which of them, counted from 0.
        source: what the file is called.
    """
    session = gathered.sessions[place]
    found: list[Block] = [
        Header(kicker(gathered, place), wording.title(session), wording.byline(session, source)),
        Tiles(wording.tiles(session)),
    ]
    for title, texts in (
        ("What is worth knowing", wording.sentences(session)),
        ("About the data", wording.remarks(session, gathered)),
    ):
        if texts:
            found.append(Sentences(title, texts))
    found += time_charts(session)
    found += _where(session)
    shown = tables(session)
    if bodymap.shows_all(session):
        shown.pop()
    found += [TableBlock.of(table) for table in shown if table.rows]
    found.append(Sentences("About this report", wording.ABOUT, small=True))
    return found


def kicker(gathered: Gathered, place: int) -> str:
    """Return what stands above a session's title."""
    count = len(gathered.sessions)
    which = f" · session {place + 1} of {count}" if count > 1 else ""
    return f"QL Release · session report{which}"


def time_charts(session: SessionReport) -> list[Chart]:
    """Return the pictures over the session's time."""
    found: Sequence[Chart | None] = (
        forcechart.chart(session),
        *linecharts.charts(session),
        zonechart.chart(session),
    )
    return [chart for chart in found if chart is not None]


def tables(session: SessionReport) -> list[wording.Table]:
    """Return the tables, that of the map last; some may have no rows."""
    return [
        wording.events_table(session),
        wording.holds_table(session),
        wording.coverage_table(session),
    ]


def _where(session: SessionReport) -> list[Block]:
    chart = bodymap.chart(session)
    return [Sentences("Where", [wording.where_text(session)])] if chart is None else [chart]
