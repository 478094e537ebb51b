"""Reads HTML as a browser and a screen reader would: refuses what does not nest."""

from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """A parsed page.

    Args:
        document: its HTML.

    Attributes:
        headings: level and text of each heading, in order.
        images: attributes of each picture.
        tables: for each table its rows, each a list of cells.
        links: what is linked to or loaded.
        ids: every id.
        tags: every tag.
        text: everything that is read, without style sheets.
    """

    def __init__(self, document: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.images: list[dict[str, str]] = []
        self.tables: list[list[list[str]]] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(document)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        told = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "img":
            self.images.append(told)
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told[name] for name in ("href", "src") if name in told]
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._open or self._open[-1] == "style":
            return
        self.text += data
        tag = self._open[-1]
        if tag in {"td", "th"}:
            self.tables[-1][-1][-1] += data
        elif tag[0] == "h" and tag[1:].isdigit():
            self.headings.append((int(tag[1:]), data))

    def drawings(self) -> list[ET.Element]:
        """Return the pictures, parsed."""
        head = "data:image/svg+xml;base64,"
        return [
            ET.fromstring(b64decode(image["src"].removeprefix(head)))  # noqa: S314 - our own
            for image in self.images
        ]
