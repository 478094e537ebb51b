"""Where the command writes: lines, one redrawn status line, errors; colour where it is wanted.

Colour and the status line are for terminals only. NO_COLOR (any value) turns colour off, as
does TERM=dumb. Everything that is printed came from files or the network at some point, so
control characters are escaped.
"""

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from typing import TextIO

from ql_release.text import one_line

CLEAR_LINE = "\r\x1b[K"
DEFAULT_COLUMNS = 80
"""The width of a terminal that does not tell it."""
FULL_BLOCK = "█"
EMPTY_BLOCK = "·"


class Style(StrEnum):
    """What a line is about, as a colour (ECMA-48 SGR parameters, 4-bit colours only)."""

    PLAIN = ""
    STRONG = "1"
    GOOD = "1;32"
    CAREFUL = "33"
    FAINT = "2"
    WRONG = "1;31"


class Console:
    """The terminal, or whatever stands in for it.

    Args:
        out: for what was asked for; standard output by default.
        err: for errors and progress; standard error by default.
        environ: environment variables; the process's own by default.
    """

    def __init__(
        self,
        out: TextIO | None = None,
        err: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._out = sys.stdout if out is None else out
        self._err = sys.stderr if err is None else err
        environ = os.environ if environ is None else environ
        dumb = environ.get("TERM") == "dumb"
        wants_colour = not environ.get("NO_COLOR") and not dumb
        self.terminal = self._out.isatty() and not dumb
        self._error_terminal = self._err.isatty() and not dumb
        self._colour = wants_colour and self.terminal
        self._error_colour = wants_colour and self._error_terminal
        self._status = ""
        self._progress = ""

    @property
    def width(self) -> int:
        """Columns of the terminal; 80 where it does not say."""
        try:
            return os.get_terminal_size(self._out.fileno()).columns or DEFAULT_COLUMNS
        except OSError:
            return DEFAULT_COLUMNS

    def line(self, text: str = "", style: Style = Style.PLAIN) -> None:
        """Write one line above the status line, if there is one."""
        shown = self._styled(one_line(text), style)
        lead = CLEAR_LINE if self._status else ""
        self._out.write(f"{lead}{shown}\n{self._status}")
        self._out.flush()

    def status(self, text: str = "") -> None:
        """Redraw the status line at the bottom; nothing where that is no terminal."""
        if not self.terminal:
            return
        shown = one_line(text)[: self.width - 1]
        if shown != self._status:
            self._status = shown
            self._out.write(CLEAR_LINE + shown)
            self._out.flush()

    def error(self, text: str) -> None:
        """Write what went wrong, each sentence on a line of its own, to standard error."""
        self._aside(text, Style.WRONG)

    def note(self, text: str) -> None:
        """Write what should be known of the output, likewise to standard error."""
        self._aside(text, Style.PLAIN)

    def _aside(self, text: str, style: Style) -> None:
        self.status()
        self.progress()
        for sentence in text.splitlines() or [text]:
            shown = f"ql-release: {one_line(sentence)}"
            self._err.write(self._painted(shown, style, on=self._error_colour) + "\n")
        self._err.flush()

    def progress(self, text: str = "") -> None:
        """Redraw one line of progress on standard error; only where that is a terminal."""
        if self._error_terminal and text != self._progress:
            self._progress = text
            self._err.write(CLEAR_LINE + one_line(text)[: self.width - 1])
            self._err.flush()

    def bar(self, share: float, columns: int) -> str:
        """Return a bar that is filled to a share between 0 and 1."""
        filled = round(min(1.0, max(0.0, share)) * columns)
        full, empty = (FULL_BLOCK, EMPTY_BLOCK) if self._draws_blocks() else ("#", ".")
        return full * filled + empty * (columns - filled)

    def _draws_blocks(self) -> bool:
        """Return whether the output's encoding has the blocks of the bar."""
        try:
            (FULL_BLOCK + EMPTY_BLOCK).encode(self._out.encoding or "ascii")
        except UnicodeEncodeError:
            return False
        return True

    def _styled(self, text: str, style: Style) -> str:
        """Return text for standard output, coloured where wanted."""
        return self._painted(text, style, on=self._colour)

    @staticmethod
    def _painted(text: str, style: Style, *, on: bool) -> str:
        """Return text in a colour."""
        return f"\x1b[{style}m{text}\x1b[0m" if on and style else text
