"""What readers and writers of files share: they are closed with a `with` block."""

from types import TracebackType
from typing import IO, AnyStr, Generic, Self


class OpenFile(Generic[AnyStr]):
    """A context manager around one open file; subclasses open it as `_file`."""

    _file: IO[AnyStr]

    def close(self) -> None:
        """Write out what is buffered and close the file; once is enough, twice harmless."""
        self._file.close()

    def __enter__(self) -> Self:
        """Return the reader or writer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()
