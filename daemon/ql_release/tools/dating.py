"""From a clock that cannot be believed to dates for everything that was measured meanwhile.

Where each piece stands: `timesource` judges the machine's clock, `bootclock` counts until it is
believed, `journal.dating` gives dates to what is journaled. Here is the order of it, which a
power cut may break off anywhere: the shift is noted first, the pipelines learn it by a mark, and
what is journaled gets its dates in one transaction, at the latest at the next start.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self

from ql_release.bootclock import BootClock
from ql_release.journal import Journal
from ql_release.journal.errors import JournalError
from ql_release.marks import MarkKind
from ql_release.settings import TimeSettings
from ql_release.timesource import Evidence, gather, judge
from ql_release.tools.live import LiveTool

DOCUMENT = "time"
"""Journal document of what is counted from while the time is not known."""
LOOK_S = 1.0
"""How often there is a look at whether the clock can be believed."""
RETRY_S = 5.0
"""How soon a journal that failed is tried again."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Names this start of the machine."""

_LOGGER = logging.getLogger(__name__)

Gather = Callable[[int, int | None, float], Evidence]
Work = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Count:
    """What the counted times rest on.

    Attributes:
        boot: names the start of the machine.
        base_us: what its uptime is added to, µs.
        estimated_before_us: what was counted before this was counted in an earlier start.
        shift_us: what makes dates of it, once that is known.
    """

    boot: str
    base_us: int = 0
    estimated_before_us: int = 0
    shift_us: int | None = None

    @classmethod
    def read(cls, document: bytes | None) -> Self | None:
        """Return what a document holds; None when there is none that can be read."""
        if document is None:
            return None
        try:
            return cls(**json.loads(document))
        except (ValueError, TypeError):
            return None


class Dating:
    """Holds events back until the time is known, then gives them their dates.

    Args:
        journal: keeps what was measured.
        clock: the daemon's.
        settings: whom to believe, and how long to wait.
        gather_evidence: asks the machine.
    """

    def __init__(
        self,
        journal: Journal,
        clock: BootClock,
        settings: TimeSettings,
        gather_evidence: Gather = gather,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self._gather = gather_evidence
        self._count = Count("")
        self._newest_us: int | None = None
        self._doubt: str | None = None
        self._owed: list[Work] = []

    @property
    def problem(self) -> str | None:
        """Why there are no dates yet, in one sentence; None when the time is known."""
        if self._doubt is None:
            return None
        return f"the time is not known yet, events are kept until it is: {self._doubt}"

    async def begin(self) -> None:
        """Find out at the start whether the time is known; call it before tools are restored.

        What a disk that is full does not take now is owed to it until `run` has its way.

        Raises:
            JournalError: when the journal cannot be read.
        """
        earlier = Count.read((await self._journal.documents(DOCUMENT)).get(DOCUMENT))
        if earlier is not None and earlier.shift_us is not None:
            await self._try(partial(self._give_dates, earlier))
            earlier = None
        self._newest_us = await self._journal.newest_date()
        self._count = await self._continued(earlier)
        self._clock.begin(self._count.base_us)
        self._doubt = self._judge()
        if self._doubt is None:
            if earlier is not None:
                count = replace(self._count, shift_us=self._clock.shift_us())
                await self._try(partial(self._give_dates, count))
            self._clock.believe()
            return
        _LOGGER.warning("%s.", self._sentence())
        await self._try(partial(self._note, self._count))

    async def run(self, tools: Iterable[LiveTool], published: Callable[[], Any]) -> None:
        """Wait until the time is known; then date everything and return.

        Args:
            tools: whose pipelines learn of it.
            published: what to call when events may be published.
        """
        for work in self._owed:
            await self._insist(work)
        while self._doubt is not None:
            await self._clock.sleep(LOOK_S)
            self._doubt = self._judge()
        if self._clock.known:
            return
        count = replace(self._count, shift_us=self._clock.shift_us())
        await self._insist(partial(self._note, count))
        self._clock.believe()
        _LOGGER.info("The time is known now.")
        for live in tools:
            live.mark(MarkKind.DATED, {"shift_us": count.shift_us})
            live.clock_was_set()
        for live in tools:
            await live.written()
        await self._insist(partial(self._give_dates, count))
        await published()

    def _judge(self) -> str | None:
        if self._settings.trust_machine:
            return None
        wait_s = self._settings.wait_s
        evidence = self._gather(self._clock.machine_us(), self._newest_us, wait_s)
        return judge(evidence, wait_s)

    def _sentence(self) -> str:
        text = self.problem or ""
        return text[:1].upper() + text[1:]

    async def _continued(self, earlier: Count | None) -> Count:
        """Return what to count from: on from what was counted before and has no date yet."""
        boot = _boot_id()
        if earlier is None:
            return Count(boot)
        if earlier.boot == boot:
            return earlier
        newest_us = await self._journal.newest_count()
        if newest_us is None:
            return Count(boot)
        # The machine was off for nobody knows how long: its start is the latest that it can be.
        base_us = newest_us + 1 - self._clock.uptime_us()
        return Count(boot, base_us, estimated_before_us=newest_us + 1)

    async def _note(self, count: Count) -> None:
        await self._journal.put_document(DOCUMENT, json.dumps(asdict(count)).encode())

    async def _give_dates(self, count: Count) -> None:
        assert count.shift_us is not None
        await self._journal.give_dates(count.shift_us, count.estimated_before_us)
        await self._journal.put_document(DOCUMENT, None)

    async def _try(self, work: Work) -> None:
        """Do something in the journal, or owe it, in the order in which it was to be done."""
        try:
            if not self._owed:
                await work()
                return
        except JournalError:
            pass  # the journal itself has told of it
        self._owed.append(work)

    async def _insist(self, work: Work) -> None:
        """Do something in the journal, however long it fails."""
        while True:
            try:
                await work()
            except JournalError as error:
                _LOGGER.error("Events cannot be dated yet: %s.", error)  # noqa: TRY400
                await self._clock.sleep(RETRY_S)
            else:
                return


def _boot_id() -> str:
    """Return what names this start of the machine; where nothing does, all are one."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""
