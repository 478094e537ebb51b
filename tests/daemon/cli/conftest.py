"""A terminal, and what is not one."""

import io

import pytest


class Screen(io.StringIO):
    """Takes output; is a terminal when told so.

    Args:
        terminal: whether it is one.
        encoding: what it says its encoding is.
    """

    def __init__(self, *, terminal: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding

    def isatty(self) -> bool:
        """Return whether this is a terminal."""
        return self._terminal

    @property
    def encoding(self) -> str:
        """Return what it can show."""
        return self._encoding


@pytest.fixture
def terminal() -> Screen:
    """Return a terminal of 80 columns."""
    return Screen(terminal=True)


@pytest.fixture
def file() -> Screen:
    """Return what is no terminal."""
    return Screen(terminal=False)


@pytest.fixture
def plain_terminal() -> Screen:
    """Return a terminal that has only ASCII."""
    return Screen(terminal=True, encoding="ascii")
