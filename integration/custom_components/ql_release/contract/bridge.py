"""What a bridge says of itself."""

from dataclasses import dataclass
from datetime import datetime

from .base import (
    EPOCH,
    Record,
    boolean,
    choice,
    integer,
    known,
    listed,
    matching,
    moment,
    named,
    number,
    optional,
    record,
    text,
    time_or_null,
)
from .common import an_id

_count = integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth(Record):
    """One way for tools to arrive."""

    kind: str = known(text)
    label: str = known(text)
    state: str = known(choice("up", "down"))
    problem: str | None = known(optional(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolHealth(Record):
    """How one tool's samples arrive."""

    online: bool = known(boolean)
    rate_hz: float | None = known(optional(number()))
    went_quiet: bool = known(boolean, default=False)
    frames: int = known(_count)
    lost_samples: int = known(_count)
    recovered_samples: int = known(_count)
    damaged_frames: int = known(_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeHealth(Record):
    """How a bridge is, once a minute."""

    bridge: str = known(an_id)
    at: datetime = known(moment)
    version: str = known(text)
    contract: str = known(text)
    start_nonce: str = known(matching(EPOCH))
    uptime_s: float = known(number(0))
    links: tuple[LinkHealth, ...] = known(listed(record(LinkHealth)))
    outbox_depth: int = known(_count)
    oldest_unsent_at: datetime | None = known(time_or_null)
    rss_bytes: int = known(_count)
    tools: dict[str, ToolHealth] = known(named(record(ToolHealth)))
    time_known: bool = known(boolean, default=True)
    problems: tuple[str, ...] = known(listed(text))
