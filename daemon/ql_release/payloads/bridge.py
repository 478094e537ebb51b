"""What is published of a bridge: its health. Its status is plain text, see `Presence`."""

from typing import Annotated, Literal

from pydantic import Field

from ql_release.payloads.base import (
    CONTRACT_VERSION,
    Count,
    Id,
    Message,
    Payload,
    Seconds,
    Timestamp,
)


class LinkHealth(Message):
    """One way by which tools arrive."""

    kind: str = Field(description="tcp, serial, …")
    label: str = Field(description="which one: a listening address, a port")
    state: Literal["up", "down"] = Field(description="whether it works")
    problem: str | None = Field(default=None, description="what is wrong, in one sentence")


class ToolHealth(Message):
    """How one tool's samples arrive."""

    online: bool = Field(description="whether the tool is heard")
    rate_hz: float | None = Field(description="samples a second as measured, Hz")
    went_quiet: bool = Field(
        default=False,
        description="whether it is not heard because nothing came any more over a link that stood",
    )
    frames: Count = Field(description="frames since the bridge's start")
    lost_samples: Count = Field(description="samples given up since then")
    recovered_samples: Count = Field(description="samples that were lost and replayed since then")
    damaged_frames: Count = Field(description="frames with a wrong checksum or form since then")


class BridgeHealth(Payload):
    """How a bridge is doing."""

    bridge: Id = Field(description="the bridge's id, as in the topic")
    at: Timestamp = Field(description="when this was true")
    version: str = Field(description="version of the daemon")
    contract: str = Field(default=CONTRACT_VERSION, description="contract version, major.minor")
    start_nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")] = Field(
        description="random at each start: tells two daemons of one id apart"
    )
    uptime_s: Seconds = Field(description="since the start, s")
    links: list[LinkHealth] = Field(description="how tools can arrive")
    outbox_depth: Count = Field(description="events not yet taken by the broker")
    oldest_unsent_at: Timestamp | None = Field(description="`decided_at` of the oldest of them")
    rss_bytes: Count = Field(description="resident memory, bytes")
    tools: dict[str, ToolHealth] = Field(description="by tool id")
    time_known: bool = Field(
        default=True,
        description="whether the bridge knows the time; until then events are kept, and times "
        "before 2000 are no dates",
    )
    problems: list[str] = Field(default=[], description="what needs attention, a sentence each")
