"""Who waits for a broker's acknowledgement, and for how long: one timer for all of them.

A timer for each message would cost as much as handing it to the socket.
"""

import asyncio
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Awaited(Generic[T]):
    future: asyncio.Future[T]
    deadline: float


class Answers(Generic[T]):
    """Answers that are awaited, each under a number."""

    def __init__(self) -> None:
        # In the order of their deadlines, for all have the same patience.
        self._awaited: dict[int, _Awaited[T]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def expect(self, number: int, patience_s: float) -> asyncio.Future[T]:
        """Return what will be the answer to a number, or TimeoutError if it is not in time."""
        loop = asyncio.get_running_loop()
        awaited: _Awaited[T] = _Awaited(loop.create_future(), loop.time() + patience_s)
        self._awaited[number] = awaited
        if self._timer is None:
            self._timer = loop.call_at(awaited.deadline, self._lose_patience)
        return awaited.future

    def came(self, number: int, answer: T) -> None:
        """Hand an answer to whoever waits for it, if anybody does."""
        awaited = self._awaited.pop(number, None)
        if awaited is not None and not awaited.future.done():
            awaited.future.set_result(answer)

    def fail(self, error: Exception) -> None:
        """Tell everyone that there will be no answer."""
        for awaited in self._awaited.values():
            if not awaited.future.done():
                awaited.future.set_exception(error)
        self._awaited.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _lose_patience(self) -> None:
        """Give up on what is overdue, and look again when the next one would be."""
        loop, self._timer = asyncio.get_running_loop(), None
        for number, awaited in list(self._awaited.items()):
            if awaited.deadline > loop.time():
                self._timer = loop.call_at(awaited.deadline, self._lose_patience)
                return
            del self._awaited[number]
            if not awaited.future.done():
                awaited.future.set_exception(TimeoutError())
