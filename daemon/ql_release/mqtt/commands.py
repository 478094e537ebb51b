"""Commands: what holds for all of them, before and after the one that does the work.

A command that is retained, too old or none at all is refused; one whose id was seen within
24 hours is not obeyed again, but gets the first reply once more. What a command does is its
handler's business.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from ql_release.clock import Clock
from ql_release.journal import Journal, JournalError
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.payloads.base import unix_us
from ql_release.payloads.commands import Command
from ql_release.payloads.reading import CommandError, read_bridge_command, read_tool_command
from ql_release.payloads.replies import ErrorCode, Reply
from ql_release.provisional import is_date
from ql_release.units import MICROSECONDS

FRESH_S = 30
"""A command may be on its way for so long (docs/mqtt.md); beyond, who sent it has given up."""

Handler = Callable[[CommandTopic, Command], Awaitable[Reply]]

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Entry:
    handler: Handler
    remembered: bool


class CommandDesk:
    """Checks each command, has it carried out once, and replies.

    Args:
        topics: the topics of this bridge.
        journal: remembers replies.
        clock: tells how old a command is.
        reply: sends a reply to a topic.
        knows_tool: whether a tool is this bridge's. Commands for another bridge's tools
            arrive as well, and are left to that bridge.
    """

    def __init__(
        self,
        topics: Topics,
        journal: Journal,
        clock: Clock,
        *,
        reply: Callable[[str, bytes], None],
        knows_tool: Callable[[str], bool],
    ) -> None:
        self._topics = topics
        self._journal = journal
        self._clock = clock
        self._reply = reply
        self._knows_tool = knows_tool
        self._handlers: dict[tuple[str, str], _Entry] = {}
        self._under_way: set[str] = set()

    def register(
        self,
        owner: Literal["bridge", "tool"],
        op: str,
        handler: Handler,
        *,
        remembered: bool = True,
    ) -> None:
        """Have a function carry out an op.

        Args:
            owner: whether it is a bridge's op or a tool's.
            op: which.
            handler: returns the reply, or raises `CommandError` for one that says why not.
            remembered: False for an op that only reads: its replies are not worth keeping.
        """
        self._handlers[owner, op] = _Entry(handler, remembered)

    async def handle(self, topic: CommandTopic, message: Incoming) -> None:
        """Deal with a message at a command topic; see `Publisher.on_command`."""
        if topic.owner == "tool" and not self._knows_tool(topic.id):
            return
        destination = topic.reply
        if message.response_topic is not None and self._topics.honours(message.response_topic):
            destination = message.response_topic
        answer = await self._answer(topic, message)
        if answer is not None:
            self._reply(destination, answer)

    async def _answer(self, topic: CommandTopic, message: Incoming) -> bytes | None:
        """Return the reply to a message; None when none is due."""
        read = read_tool_command if topic.owner == "tool" else read_bridge_command
        try:
            command = read(message.payload)
        except CommandError as error:
            return _cannot_read(error)
        if message.retained:
            return _refuse(command, ErrorCode.RETAINED, "it was retained; send it without retain")
        return await self._once(topic, command)

    async def _once(self, topic: CommandTopic, command: Command) -> bytes | None:
        """Return the first reply to a command, obeying it only if there is none yet."""
        key = f"{topic.owner}/{topic.id}|{command.id}"
        if key in self._under_way:
            # The sender's own repetition: the reply that is on its way is for both.
            return None
        self._under_way.add(key)
        try:
            earlier = await self._recall(key)
            return earlier or await self._first(key, topic, command)
        finally:
            self._under_way.discard(key)

    async def _first(self, key: str, topic: CommandTopic, command: Command) -> bytes:
        """Obey a command that was not seen before."""
        staleness = self._staleness(topic, command)
        if staleness is not None:
            return _refuse(command, ErrorCode.STALE, staleness)
        entry = self._handlers.get((topic.owner, command.op))
        if entry is None:
            return _refuse(command, ErrorCode.UNSUPPORTED, "this version cannot do that")
        answer = await _carry_out(entry.handler, topic, command)
        if entry.remembered:
            await self._remember(key, answer)
        return answer

    def _staleness(self, topic: CommandTopic, command: Command) -> str | None:
        """Return why a command is not of now; None when it is.

        Before the time is known nobody can tell: what moves a tool is refused then.
        """
        if not is_date(self._clock.now_us()):
            unsure = "the bridge does not know the time yet; try again in a minute"
            return unsure if topic.owner == "tool" else None
        try:
            age_s = (self._clock.now_us() - unix_us(command.sent)) / MICROSECONDS
        except ValueError as error:
            return f"sent is no time: {error}"
        if age_s > FRESH_S:
            return f"it was sent {age_s:.0f} s ago, {FRESH_S} s are allowed; send a new one"
        if age_s < -FRESH_S:
            return f"it is dated {-age_s:.0f} s in the future; set the sender's clock"
        return None

    async def _recall(self, key: str) -> bytes | None:
        """Return the reply given before; a journal that fails has none."""
        try:
            return await self._journal.recall_reply(key, self._clock.now_us())
        except JournalError as error:
            _LOGGER.error("A command's reply could not be looked up: %s.", error)  # noqa: TRY400
            return None

    async def _remember(self, key: str, answer: bytes) -> None:
        """Keep the reply; the command was obeyed in any case, so failing is only told."""
        try:
            await self._journal.remember_reply(key, answer, self._clock.now_us())
        except JournalError as error:
            _LOGGER.error("A command's reply could not be kept: %s.", error)  # noqa: TRY400


async def _carry_out(handler: Handler, topic: CommandTopic, command: Command) -> bytes:
    """Return the handler's reply, or the one that says what became of it."""
    try:
        return (await handler(topic, command)).to_json()
    except CommandError as error:
        return _refuse(command, error.code, str(error))
    except JournalError as error:
        return _refuse(command, ErrorCode.FAILED, str(error))
    except Exception:
        _LOGGER.exception("The op %s failed.", command.op)
        return _refuse(command, ErrorCode.FAILED, "the bridge failed; its log says how")


def _refuse(command: Command, code: ErrorCode, message: str) -> bytes:
    """Return the reply that says why a command was not obeyed."""
    reply = Reply(id=command.id, ok=False, op=command.op, error=code, message=message)
    return reply.to_json()


def _cannot_read(error: CommandError) -> bytes | None:
    """Return the reply to what is no command; None without an id that it could be matched by."""
    if error.command is None:
        return None
    reply = Reply(id=error.command, ok=False, op=error.op, error=error.code, message=str(error))
    return reply.to_json()
