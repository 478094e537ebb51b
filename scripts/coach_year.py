"""`make coach-year`: a year of ten lifters, printed, and written into docs/coach.md."""

from pathlib import Path

from coach_lifters import table

PAGE = Path(__file__).parents[1] / "docs" / "coach.md"
BEGIN = "<!-- begin of the table that make coach-year writes -->\n"
END = "<!-- end of it -->\n"


def written(page: str, lines: list[str]) -> str:
    """Return a page with the table in its place.

    Raises:
        ValueError: when the page has no place for it.
    """
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"docs/coach.md needs the lines {BEGIN.strip()} and {END.strip()}")
    return "\n".join((f"{before}{BEGIN}", *lines, "", f"{END}{after}"))


def main() -> None:
    """Play, print and write."""
    lines = list(table())
    print("\n".join(lines))
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")


if __name__ == "__main__":
    main()
