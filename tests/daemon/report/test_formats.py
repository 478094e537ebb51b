"""Every format: that it is one, that it is all there, and that it says nothing it must not."""

import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from html_pages import Page
from pipeline_cases import pressed
from report_files import context_mark, recording, write_capture

from ql_release.context import Limits
from ql_release.report.gathering import Gathered, gather
from ql_release.report.wording import ABOUT
from ql_release.report.writing import FORMATS, PNG_DPI, write

FORBIDDEN = re.compile(
    r"treats|cures?\b|diagnoses|diagnosis|knot|prevents|corrects|posture|heal|therap|"
    r"press(ing)? harder(?! *\.)|more force",
    re.IGNORECASE,
)
"""Words of medicine, and of asking for more force."""
PICTURES = {"Force", "Breath", "Steadiness", "Tilt", "Zones"}
A4_POINTS = (595.28, 841.89)


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type /Page\b", pdf))


def png_size(png: bytes) -> tuple[int, int]:
    """Return width and height in pixels."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def html(gathered: Gathered, folder: Path, source: str = "demo.csv") -> Page:
    """Return a report's page."""
    write(gathered, folder / "out.html", source)
    return Page((folder / "out.html").read_text(encoding="utf-8"))


def several(folder: Path) -> Gathered:
    """Return two sessions."""
    return gather(recording(folder, (3, 0), (20, 60), (150, 0), (30, 40), (3, 0)))


def test_pdf_is_a4_portrait_with_text_that_can_be_found(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    (made,) = write(demo_gathered, tmp_path / "out.pdf", "demo.csv")
    pdf = made.read_bytes()
    assert pdf.startswith(b"%PDF-1.")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert pages_of(pdf) == 2
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", pdf)
    assert len(boxes) == 2
    for width, height in boxes:
        assert (float(width), float(height)) == pytest.approx(A4_POINTS, abs=0.1)
    assert b"/FontFile2" in pdf  # TrueType: can be searched and copied
    assert b"/Subtype /Image" not in pdf  # nothing but lines and letters


def test_each_session_begins_on_a_page_of_its_own(tmp_path: Path) -> None:
    gathered = several(tmp_path)
    (made,) = write(gathered, tmp_path / "out.pdf", "x.csv")
    alone = [Gathered([one], gathered.notes, None) for one in gathered.sessions]
    counts = [pages_of(write(one, tmp_path / "one.pdf", "x.csv")[0].read_bytes()) for one in alone]
    assert pages_of(made.read_bytes()) == sum(counts)


def test_png_is_as_wide_as_a4_at_its_resolution(demo_gathered: Gathered, tmp_path: Path) -> None:
    (made,) = write(demo_gathered, tmp_path / "out.png", "demo.csv")
    width, height = png_size(made.read_bytes())
    assert width == pytest.approx(210 / 25.4 * PNG_DPI, abs=1)
    assert height > width


def test_svg_is_well_formed_and_as_wide_as_a4(demo_gathered: Gathered, tmp_path: Path) -> None:
    (made,) = write(demo_gathered, tmp_path / "out.svg", "demo.csv")
    root = ET.parse(made).getroot()  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert float(root.attrib["width"].removesuffix("pt")) == pytest.approx(A4_POINTS[0], abs=0.1)
    assert "Session report" in made.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_pictures_of_several_sessions_are_numbered(tmp_path: Path, ending: str) -> None:
    made = write(several(tmp_path), tmp_path / f"out{ending}", "x.csv")
    assert [path.name for path in made] == [f"out-1{ending}", f"out-2{ending}"]
    assert all(path.stat().st_size > 10_000 for path in made)
    assert not (tmp_path / f"out{ending}").exists()


def test_html_needs_nothing_else_and_can_be_listened_to(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    page = html(demo_gathered, tmp_path)
    assert page.tags.isdisjoint({"script", "link", "iframe", "object"})
    assert all(link.startswith("data:image/svg+xml;base64,") for link in page.links)
    assert [level for level, _ in page.headings].count(1) == 1
    assert all(
        after <= before + 1
        for (before, _), (after, _) in zip(page.headings, page.headings[1:], strict=False)
    )
    names = [name for _, name in page.headings]
    for name in ("Force", "Breath", "Tilt", "Zones", "Where", "About this report"):
        assert name in names
    assert len(page.images) == len(set(names) & PICTURES) >= 4
    assert all(len(image["alt"]) > 20 for image in page.images)
    assert re.search(r"possible release 0\.\d\d at 0:\d\d", page.images[0]["alt"])
    for drawing in page.drawings():
        assert drawing.tag.endswith("svg")
    assert len(page.ids) == len(set(page.ids))


def test_html_has_events_and_holds_as_real_tables(demo_gathered: Gathered, tmp_path: Path) -> None:
    events, holds = html(demo_gathered, tmp_path).tables
    assert events[0] == ["No.", "At", "What"]
    said = [row[2] for row in events[1:] if row[0].isdigit()]
    assert re.match(r"Pressure eased \d+ %: possible release \(confidence ", said[0])
    assert [text.split(" (")[0] for text in said[1:]] == [
        *("Possible slip of the tool", "Possible bone contact, shift the tool")
    ]
    assert holds[0][:5] == ["Hold", "From", "Length", "Mean", "Peak"]
    assert [row[2] for row in holds[1:]] == ["44 s", "34 s", "19 s", "34 s"]


def test_several_sessions_are_sections_with_links_to_them(tmp_path: Path) -> None:
    page = html(several(tmp_path), tmp_path)
    assert page.links[:2] == ["#session-1", "#session-2"]
    assert {"session-1", "session-2"} <= set(page.ids)
    assert page.headings[0] == (1, "2 sessions")
    assert [level for level, _ in page.headings].count(1) == 1


def test_places_that_were_told_are_mapped_and_listed(
    placed_gathered: Gathered, tmp_path: Path
) -> None:
    page = html(placed_gathered, tmp_path, "placed.qlcap")
    alts = [image["alt"] for image in page.images]
    assert any("quadratus lumborum, left, upper: 0:31 min" in alt for alt in alts)
    where = page.tables[-1]
    assert [row[0] for row in where[1:]] == [
        "quadratus lumborum, left, upper",
        "quadratus lumborum, right, lower",
        "piriformis, left, lower",
    ]
    assert "Did you feel it let go?" in page.tables[0][0]
    assert "yes" in [row[-1] for row in page.tables[0]]
    assert "no map" not in page.text
    assert "person p1" in page.text


def test_without_a_place_it_is_said_that_there_is_no_map(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    assert (
        "It was not told where the tool lay, so there is no map."
        in html(demo_gathered, tmp_path).text
    )


def test_a_place_of_holds_that_do_not_count_is_no_map_either(tmp_path: Path) -> None:
    tape = pressed((2.0, 0.0), (8.0, 60.0), (2.0, 0.0))
    place = {"muscle": "psoas", "side": "left", "zone": "upper"}
    steps = [context_mark(tape, Limits(), placement=place), *tape.arrivals()]
    gathered = gather(write_capture(tmp_path / "c.qlcap", steps))
    assert "no hold there was long enough" in html(gathered, tmp_path).text


def test_without_motion_and_with_one_zone_there_are_no_such_pictures(tmp_path: Path) -> None:
    gathered = gather(recording(tmp_path, (2, 0), (20, 60), (2, 0)))
    page = html(gathered, tmp_path)
    names = [name for _, name in page.headings]
    assert "Force" in names
    assert {"Tilt", "Zones"}.isdisjoint(names)
    assert "There are no IMU columns" in page.text


def test_damage_is_told_in_the_report(demo: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.csv"
    path.write_text("\n".join([*demo.read_text().splitlines()[:8000], "not,a,row"]))
    page = html(gather(path), tmp_path)
    assert "The file is damaged: 'not' in column t is not a number." in page.text


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_session_gives_the_same_bytes(
    demo_gathered: Gathered, tmp_path: Path, ending: str
) -> None:
    first, second = (
        write(demo_gathered, tmp_path / f"{name}{ending}", "demo.csv")[0].read_bytes()
        for name in ("a", "b")
    )
    assert first == second


def test_names_of_files_are_text_whatever_is_in_them(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    odd = '<img src=x onerror=1> $x$ & "q" \u65e5\u672c\x1b[31m\udcff'
    page = html(demo_gathered, tmp_path, odd)
    assert odd.replace("\x1b", "\\x1b").replace("\udcff", "?") in page.text
    assert all(image["src"].startswith("data:") for image in page.images)
    for ending in (".pdf", ".svg", ".png"):
        assert write(demo_gathered, tmp_path / f"odd{ending}", odd)


def test_nothing_sounds_like_medicine_or_asks_for_more_force(
    demo_gathered: Gathered, placed_gathered: Gathered, tmp_path: Path
) -> None:
    for gathered in (demo_gathered, placed_gathered, several(tmp_path)):
        page = html(gathered, tmp_path)
        said = page.text + " ".join(image["alt"] for image in page.images)
        assert FORBIDDEN.findall(said) == []
        for text in ABOUT:
            assert text in page.text


def test_the_wellness_words_are_those_of_the_safety_page(repository: Path) -> None:
    safety = " ".join((repository / "docs" / "safety.md").read_text(encoding="utf-8").split())
    assert "is not a medical device: it does not diagnose, treat or prevent anything" in safety
    assert "no number it shows is a reason to press harder" in safety
    assert "not a medical device: it does not diagnose, treat or prevent anything" in ABOUT[0]
    assert "no number it shows is a reason to press harder" in ABOUT[0]


def test_a_file_that_cannot_be_written_leaves_nothing_behind(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    (tmp_path / "out.pdf").mkdir()
    with pytest.raises(OSError, match="directory"):
        write(demo_gathered, tmp_path / "out.pdf", "demo.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["out.pdf"]


def test_the_settings_of_matplotlib_stay_as_they_were(
    demo_gathered: Gathered, tmp_path: Path
) -> None:
    before = dict(mpl.rcParams)
    write(demo_gathered, tmp_path / "out.svg", "demo.csv")
    assert dict(mpl.rcParams) == before
