"""Two readers of the ring: the live stream of one host, and what it asks to have again."""

from release_tool.compat import const
from release_tool.wire.frame import FIRST_FLAGS, TYPE_REPLAYED, TYPE_SAMPLES

# Frames that may wait for a slow link (about 3 s with 4 zones at 100 Hz). Beyond them the
# live stream jumps to the newest frame; the host sees the gap and asks for what lies between.
MAX_BACKLOG = const(32)

# Requests that may wait; the host asks again when it is told BUSY.
MAX_REPLAYS = const(8)


class LiveCursor:
    """How far the live stream of one host has come.

    Attributes:
        skipped: frames that were jumped over because the link was too slow.

    Args:
        ring: the `FrameRing`.
    """

    def __init__(self, ring):
        self._ring = ring
        self._slot = 0
        self._taken = 0
        self.skipped = 0

    def begin(self):
        """Start at the next sample; the frame being filled must have been ended."""
        self._slot = self._ring.head + 1
        self._taken = 0

    @property
    def slot(self):
        """Slot of the next sample to be sent; the one after the newest when nothing waits."""
        self._catch_up()
        return self._slot

    def index(self, end):
        """Return the index of the next sample to be sent; `end` when nothing waits."""
        self._catch_up()
        if self._slot > self._ring.head:
            return end
        return self._ring.index(self._slot) + self._taken

    def is_due(self, batch):
        """Return whether `take` has a frame to give."""
        self._catch_up()
        ring, slot = self._ring, self._slot
        if slot > ring.head:
            return False
        return ring.is_closed(slot) or ring.count(slot) - self._taken >= batch

    @property
    def flags(self):
        """Flags of the frame that is due, as `take` will give them."""
        flags = self._ring.flags(self._slot)
        return flags & ~FIRST_FLAGS if self._taken else flags

    def take(self, batch, out):
        """Write the next frame that is due into a buffer.

        Args:
            batch: the most samples in it; fewer only where the ring's frame ends.
            out: buffer of at least the ring's frame size.

        Returns:
            The frame's length, 0 when none is due.
        """
        if not self.is_due(batch):
            return 0
        start = self._taken
        self._taken = min(start + batch, self._ring.count(self._slot))
        return self._ring.copy(self._slot, start, self._taken, TYPE_SAMPLES, out)

    def _catch_up(self):
        ring = self._ring
        if self._slot < ring.tail:
            self._jump(ring.tail)
        if ring.head - self._slot > MAX_BACKLOG:
            self._jump(ring.head)
        while self._slot <= ring.head and self._is_taken_whole():
            self._slot += 1
            self._taken = 0

    def _is_taken_whole(self):
        return self._ring.is_closed(self._slot) and self._taken >= self._ring.count(self._slot)

    def _jump(self, slot):
        self.skipped += slot - self._slot
        self._slot = slot
        self._taken = 0


class Replays:
    """The ranges one host asked to have again, served in the order of asking.

    Args:
        ring: the `FrameRing`.
    """

    def __init__(self, ring):
        self._ring = ring
        self._ranges = []
        self._origin = 0

    @property
    def pending(self):
        """Whether anything is still to be sent."""
        return bool(self._ranges)

    @property
    def full(self):
        """Whether another range must be refused for now."""
        self._drop_the_last_streams()
        return len(self._ranges) >= MAX_REPLAYS

    def add(self, first, count):
        """Queue what the ring holds of a range; return its (first index, count)."""
        self._drop_the_last_streams()
        start = max(first, self._ring.first)
        held = max(0, min(first + count, self._ring.end) - start)
        if held:
            self._ranges.append((start, start + held))
        return start, held

    def clear(self):
        """Forget all requests."""
        self._ranges.clear()

    def _drop_the_last_streams(self):
        """Forget what was asked of a stream that is over: its indexes mean others now."""
        if self._origin != self._ring.origin:
            self._origin = self._ring.origin
            self._ranges.clear()

    def take(self, batch, out):
        """Write the next replayed frame into a buffer; return its length, 0 for none."""
        self._drop_the_last_streams()
        ring = self._ring
        while self._ranges:
            start, end = self._ranges.pop(0)
            start = max(start, ring.first)
            if start >= min(end, ring.end):
                continue
            slot = ring.find(start)
            begin = ring.index(slot)
            stop = min(ring.count(slot), end - begin, start - begin + batch)
            if begin + stop < end:
                self._ranges.insert(0, (begin + stop, end))
            return ring.copy(slot, start - begin, stop, TYPE_REPLAYED, out)
        return 0
