"""What is told, in words, before any target gives it a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """An answer that can be given by a touch.

    Attributes:
        id: what comes back when it is touched.
        title: what stands on it.
    """

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a person is to be told.

    Attributes:
        tag: what it replaces, and by which it is cleared; unique to the person and the kind.
        title: of it.
        text: what it is about.
        why: why it comes, in one sentence.
        buttons: how to answer it, in order.
        how: how to answer where there are no buttons.
        channel: the name under which a phone lets its owner set how loud it is.
        nudge: whether it is about the position, and stale before long.
    """

    tag: str
    title: str
    text: str
    why: str
    buttons: tuple[Button, ...]
    how: str
    channel: str
    nudge: bool
