"""What goes wrong with settings, in sentences for the person who wrote them."""

from collections.abc import Sequence


class SettingsError(ValueError):
    """The settings cannot be used.

    Args:
        sentences: what is wrong and what to do about it, one sentence for each fault.

    Attributes:
        sentences: the same; `str()` joins them, one a line.
    """

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences: Sequence[str] = sentences
