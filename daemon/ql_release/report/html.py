"""A report as one HTML file: pictures in it, figures and tables as text.

It needs nothing else, no script and no network, and can be printed.
"""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO

from ql_release.report import bodymap, paper, wording
from ql_release.report.blocks import Chart
from ql_release.report.content import kicker, tables, time_charts
from ql_release.report.gathering import Gathered
from ql_release.report.session import SessionReport
from ql_release.report.sheet import CONTENT_WIDTH
from ql_release.report.stylesheet import STYLESHEET
from ql_release.report.wording import Table

HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""


def document(gathered: Gathered, source: str) -> str:
    """Return the whole file.

    Args:
        gathered: at least one session.
        source: what the recording or session is called.
    """
    several = len(gathered.sessions) > 1
    first = wording.title(gathered.sessions[0])
    parts = [HEAD.format(title=escape(f"Session report: {first}"), style=STYLESHEET)]
    if several:
        parts += _overview(gathered)
    parts.append("<main>\n")
    for place in range(len(gathered.sessions)):
        parts += _session(gathered, place, source, Level(2 if several else 1))
    parts.append("</main>\n")
    parts += _about()
    parts.append("</body>\n</html>\n")
    return "".join(parts)


class Level(int):
    """How deep a session's heading is: 1 where it is the page's own."""

    def part(self, title: str, classes: str = "part") -> str:
        """Return the heading of a part of the session."""
        deeper = self + 1
        return f'<h{deeper} class="{classes}">{escape(title)}</h{deeper}>\n'


def _overview(gathered: Gathered) -> Iterator[str]:
    """Yield the page's heading and links to the sessions."""
    yield f"<h1>{len(gathered.sessions)} sessions</h1>\n"
    yield '<nav aria-label="Sessions">\n<ol>\n'
    for place, session in enumerate(gathered.sessions, start=1):
        yield f'<li><a href="#session-{place}">{escape(wording.title(session))}</a></li>\n'
    yield "</ol>\n</nav>\n"


def _session(gathered: Gathered, place: int, source: str, level: Level) -> Iterator[str]:
    """Yield one session."""
    session = gathered.sessions[place]
    name = f"session-{place + 1}"
    title = escape(wording.title(session))
    yield f'<section id="{name}" aria-labelledby="{name}-title">\n<header>\n'
    yield f'<p class="kicker">{escape(kicker(gathered, place))}</p>\n'
    yield f'<h{level} class="session" id="{name}-title">{title}</h{level}>\n'
    yield f'<p class="byline">{escape(wording.byline(session, source))}</p>\n</header>\n'
    yield from _tiles(session)
    yield from _list(level, "What is worth knowing", wording.sentences(session))
    yield from _list(level, "About the data", wording.remarks(session, gathered))
    for chart in time_charts(session):
        yield from _picture(level, chart)
    yield from _where(level, session)
    for table in tables(session):
        yield from _table(table)
    yield "</section>\n"


def _tiles(session: SessionReport) -> Iterator[str]:
    yield '<dl class="tiles">\n'
    for value, label in wording.tiles(session):
        yield f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>\n"
    yield "</dl>\n"


def _list(level: Level, title: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield f"{level.part(title)}<ul>\n"
        yield from (f"<li>{escape(text)}</li>\n" for text in texts)
        yield "</ul>\n"


def _where(level: Level, session: SessionReport) -> Iterator[str]:
    chart = bodymap.chart(session)
    if chart is None:
        yield f"{level.part('Where')}<p>{escape(wording.where_text(session))}</p>\n"
    else:
        yield from _picture(level, chart)


def _picture(level: Level, chart: Chart) -> Iterator[str]:
    """Yield a picture; its heading is drawn in it, so the text's own is for those who listen."""
    buffer = BytesIO()
    paper.alone(chart, CONTENT_WIDTH).figure.savefig(buffer, format="svg", metadata={"Date": None})
    data = b64encode(buffer.getvalue()).decode("ascii")
    yield level.part(chart.title, "heard")
    yield f'<figure><img alt="{escape(chart.alt)}"'
    yield f' width="{CONTENT_WIDTH:.0f}" height="{chart.height:.0f}"'
    yield f' src="data:image/svg+xml;base64,{data}"></figure>\n'


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        return
    classes = ["" if column.text else ' class="figure"' for column in table.columns]
    yield f'<div class="wide"><table>\n<caption>{escape(table.title)}</caption>\n<thead><tr>'
    for column, of_class in zip(table.columns, classes, strict=True):
        yield f'<th scope="col"{of_class}>{escape(column.name)}</th>'
    yield "</tr></thead>\n<tbody>\n"
    for row in table.rows:
        yield "<tr>"
        for cell, of_class in zip(row, classes, strict=True):
            yield f"<td{of_class}>{escape(cell)}</td>"
        yield "</tr>\n"
    yield "</tbody>\n</table></div>\n"


def _about() -> Iterator[str]:
    yield '<footer>\n<h2 class="part">About this report</h2>\n'
    yield from (f"<p>{escape(text)}</p>\n" for text in wording.ABOUT)
    yield "</footer>\n"
