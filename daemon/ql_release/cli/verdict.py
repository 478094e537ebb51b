"""How a daemon is, by what stands of it at the broker."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ql_release.cli.exits import Exit
from ql_release.cli.standing import Standing
from ql_release.cli.words import Document
from ql_release.payloads.base import unix_us
from ql_release.units import MICROSECONDS

STALE_S = 150.0
"""Health comes once a minute: two and a half are two that did not come."""


class Verdict(StrEnum):
    """How it is, as scripts read it."""

    OK = "ok"
    PROBLEMS = "problems"
    STALE = "stale"
    OFFLINE = "offline"
    UNSEEN = "unseen"
    UNREACHABLE = "unreachable"

    @property
    def code(self) -> Exit:
        """The exit code that says so."""
        return _CODES[self]


_CODES = {
    Verdict.OK: Exit.OK,
    Verdict.PROBLEMS: Exit.PROBLEMS,
    Verdict.STALE: Exit.PROBLEMS,
    Verdict.OFFLINE: Exit.OFFLINE,
    Verdict.UNSEEN: Exit.OFFLINE,
    Verdict.UNREACHABLE: Exit.FAILED,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one daemon.

    Attributes:
        bridge: which.
        verdict: how it is.
        problems: what needs attention, a sentence each.
        age_s: how old its health is, by this machine's clock; None where that cannot be told.
        health: what it last said of itself.
        tools: its tools, each with `hello` and `availability`.
    """

    bridge: str
    verdict: Verdict
    problems: list[str] = field(default_factory=list)
    age_s: float | None = None
    health: Document | None = None
    tools: dict[str, Document] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Return the form that `--json` prints."""
        return {name: getattr(self, name) for name in self.__slots__}


def find(standing: Standing, bridge: str, now_us: int) -> Finding:
    """Return how a bridge is.

    Args:
        standing: what stands at the broker.
        bridge: which.
        now_us: this machine's time, Unix µs.
    """
    status, health = standing.status.get(bridge), standing.health.get(bridge)
    if status is None and health is None:
        return Finding(bridge, Verdict.UNSEEN, [_unseen(standing, bridge)])
    age_s = _age_s(health, now_us)
    verdict, problems = _judge(bridge, status, health, age_s)
    tools: dict[str, Document] = {
        tool: {"hello": standing.hello[tool], "availability": standing.availability.get(tool)}
        for tool in standing.tools(bridge)
    }
    return Finding(bridge, verdict, problems, age_s, health, tools)


def _judge(
    bridge: str, status: str | None, health: Document | None, age_s: float | None
) -> tuple[Verdict, list[str]]:
    if status != "online":
        where = "start it, or see why it stopped in its log (journalctl -u ql-release)"
        return Verdict.OFFLINE, [f"The daemon {bridge} is offline: {where}."]
    if health is None:
        return Verdict.STALE, [f"The daemon {bridge} is online, but has not said how it is."]
    problems = _problems(health)
    if age_s is not None and abs(age_s) > STALE_S:
        when = f"{age_s:.0f} s ago" if age_s > 0 else f"{-age_s:.0f} s in the future"
        why = "it hangs, or one of the two clocks is wrong"
        stale = f"The daemon {bridge} last said how it is {when}: {why}."
        return Verdict.STALE, [stale, *problems]
    return (Verdict.PROBLEMS, problems) if problems else (Verdict.OK, [])


def _problems(health: Document) -> list[str]:
    """Return what the daemon itself says is wrong, as sentences."""
    told = health.get("problems")
    texts = [str(problem) for problem in told] if isinstance(told, list) else []
    return [f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in texts]


def _unseen(standing: Standing, bridge: str) -> str:
    others = standing.bridges
    if not others:
        return (
            f"The broker has never seen the daemon {bridge}, nor any other: is it running, and do "
            "mqtt.urls and mqtt.prefix say the same for both?"
        )
    return (
        f"The broker has never seen the daemon {bridge}, but {', '.join(others)}: "
        "name one with --bridge."
    )


def _age_s(health: Document | None, now_us: int) -> float | None:
    """Return the age of a health report; None for one that has no date or tells no age."""
    if health is None or health.get("time_known") is False:
        return None
    try:
        return (now_us - unix_us(str(health.get("at")))) / MICROSECONDS
    except ValueError:
        return None
