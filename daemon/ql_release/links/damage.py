"""The one way in which a file that cannot be read to its end says so."""

from pathlib import Path


class DamagedRecording(Exception):  # noqa: N818 - named for what it tells; part of the public API
    """A capture or recording cannot be read beyond some point.

    Readers raise it only after everything before that point has been yielded.

    Args:
        path: the file.
        reason: what is wrong there, as the end of a sentence.
        offset: the byte where the damage begins, for captures.
        line: the line that is damaged, counted from 1, for text recordings.
        has_samples: whether there are samples before that point.

    Attributes:
        path: the file.
        reason: what is wrong there.
        offset: the byte where the damage begins; None for text recordings.
        line: the damaged line, counted from 1; None for captures.
        has_samples: whether there are samples before that point.
    """

    def __init__(
        self,
        path: Path,
        reason: str,
        *,
        offset: int | None = None,
        line: int | None = None,
        has_samples: bool = True,
    ) -> None:
        self.path = path
        self.reason = reason
        self.offset = offset
        self.line = line
        self.has_samples = has_samples
        places = [("line", line), ("byte", offset)]
        told = [f", {unit} {number}" for unit, number in places if number is not None]
        super().__init__(f"{path}{''.join(told)}: {reason}")
