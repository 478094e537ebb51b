"""The frames of one stream in index order, each sample once.

Pure: what waits for how long, and when a gap is given up, the caller decides and tells by
`close_gap`. Live and replayed frames are the same here.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from operator import attrgetter

from ql_release.wire.frames import FrameFlags, SampleFrame

MAX_PENDING = 512
"""Frames kept behind a gap, half a megabyte at the most: two seconds of the fastest tool, or half
a minute of an ordinary one. What is refused beyond it comes again by REPLAY."""

MAX_CLOSED = 64
"""Closed gaps remembered to tell late samples from repeated ones in the counts."""

_INDEX = attrgetter("index")
_U16 = 0xFFFF


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that have not come though later ones have.

    Attributes:
        first: index of the first one missing.
        count: how many.
    """

    first: int
    count: int


@dataclass(slots=True)
class StreamStats:
    """What an assembler has met so far.

    Attributes:
        duplicates: samples that had come before.
        late: samples that came after their gap was closed.
        reordered: frames that came behind a gap and were kept until it was filled or closed.
        gaps_closed: gaps given up.
        lost: samples given up with them.
        refused: frames refused because `MAX_PENDING` others waited.
        foreign: frames of another stream.
    """

    duplicates: int = 0
    late: int = 0
    reordered: int = 0
    gaps_closed: int = 0
    lost: int = 0
    refused: int = 0
    foreign: int = 0


class StreamAssembler:
    """Puts the sample frames of one stream in order.

    Attributes:
        expected: index of the next sample to be given out; None before the first frame when the
            beginning was left open.
        stats: what has been met so far.

    Args:
        uid: of the stream; frames of another one are dropped and counted.
        expected: index at which the stream is taken up; None for that of the first frame.
    """

    def __init__(self, uid: int, expected: int | None = None) -> None:
        self.expected = expected
        self.stats = StreamStats()
        self._stream = uid & _U16
        self._pending: list[SampleFrame] = []
        self._closed: list[Gap] = []
        self._lost_before = False

    @property
    def pending(self) -> int:
        """Number of frames that wait behind a gap."""
        return len(self._pending)

    @property
    def gap(self) -> Gap | None:
        """The samples that everything waits for; None when nothing waits."""
        if self.expected is None or not self._pending:
            return None
        return Gap(self.expected, self._pending[0].index - self.expected)

    def feed(self, frame: SampleFrame) -> list[SampleFrame]:
        """Take a frame; return what can now be given out, in order and without repetition."""
        if frame.stream != self._stream:
            self.stats.foreign += 1
            return []
        if self.expected is None:
            self.expected = frame.index
        self._count_repeated(frame, self.expected)
        fresh = frame.after(self.expected)
        if fresh is None:
            return []
        if fresh.index > self.expected:
            self._wait(fresh)
            return []
        return [self._give(fresh), *self._drain()]

    def close_gap(self, index: int) -> list[SampleFrame]:
        """Give up every sample before an index that has not come; return what need not wait.

        Frames that did come for the time before the index are given out all the same. The first
        frame after each loss has `FrameFlags.GAP_BEFORE` set.
        """
        if self.expected is None:
            self.expected = index
        given: list[SampleFrame] = []
        while self.expected < index:
            following = self._pending[0].index if self._pending else index
            self._lose(min(following, index))
            given += self._drain()
        return given

    def _give(self, frame: SampleFrame) -> SampleFrame:
        self.expected = frame.end
        if self._lost_before:
            self._lost_before = False
            return replace(frame, flags=frame.flags | int(FrameFlags.GAP_BEFORE))
        return frame

    def _drain(self) -> list[SampleFrame]:
        """Give out the waiting frames that nothing is missing before."""
        given: list[SampleFrame] = []
        while self._pending and self.expected is not None:
            if self._pending[0].index > self.expected:
                break
            frame = self._pending.pop(0)
            fresh = frame.after(self.expected)
            self.stats.duplicates += frame.n - (fresh.n if fresh else 0)
            if fresh:
                given.append(self._give(fresh))
        return given

    def _wait(self, frame: SampleFrame) -> None:
        """Keep a frame that is ahead, less what others before it have, in place of what it has."""
        at = bisect_left(self._pending, frame.index, key=_INDEX)
        if at and self._pending[at - 1].end > frame.index:
            fresh = frame.after(self._pending[at - 1].end)
            self.stats.duplicates += frame.n - (fresh.n if fresh else 0)
            if fresh is None:
                return
            frame = fresh
        self._uncover(at, frame.end)
        if len(self._pending) >= MAX_PENDING and not self._make_room(at):
            return
        self._pending.insert(at, frame)
        self.stats.reordered += 1

    def _uncover(self, at: int, end: int) -> None:
        """Take from the frames from a place on what lies before an index."""
        while at < len(self._pending) and self._pending[at].index < end:
            frame = self._pending[at]
            rest = frame.after(end)
            self.stats.duplicates += frame.n - (rest.n if rest else 0)
            if rest is None:
                del self._pending[at]
            else:
                self._pending[at] = rest

    def _make_room(self, at: int) -> bool:
        """Refuse the frame furthest ahead; return whether that was another than the new one."""
        self.stats.refused += 1
        if at == len(self._pending):
            return False
        self._pending.pop()
        return True

    def _lose(self, index: int) -> None:
        assert self.expected is not None
        gap = Gap(self.expected, index - self.expected)
        self._closed = [*self._closed, gap][-MAX_CLOSED:]
        self.stats.gaps_closed += 1
        self.stats.lost += gap.count
        self.expected = index
        self._lost_before = True

    def _count_repeated(self, frame: SampleFrame, expected: int) -> None:
        repeated = min(frame.end, expected) - frame.index
        if repeated <= 0:
            return
        late = sum(
            max(0, min(frame.end, gap.first + gap.count) - max(frame.index, gap.first))
            for gap in self._closed
        )
        self.stats.late += late
        self.stats.duplicates += repeated - late
