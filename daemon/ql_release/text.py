"""Text from outside, made safe to show."""

CONTROL_CHARACTERS = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160))}
"""ASCII and Latin-1 control characters, each with its escape."""


def one_line(text: str) -> str:
    """Return text with its control characters escaped: it stays one line and moves no cursor."""
    return text.translate(CONTROL_CHARACTERS)
