"""Commands to tools and bridges, and the replies to them."""

import asyncio
from uuid import uuid4

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .contract.commands import Command
from .contract.replies import ERRORS, Reply
from .contract.topics import Topics
from .link import MqttLink

REPLY_S = 4.0
"""s; a bridge answers within a second, and asks the tool for no longer than three."""

TRIES = 3
"""The same command sent again is obeyed once; together they stay within its 30 s of validity."""


class CommandError(HomeAssistantError):
    """A command was not obeyed; the message says why and what to do."""

    def __init__(self, key: str, which: str, message: str = "") -> None:
        """Word it in the user's language."""
        super().__init__(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"name": which, "message": message},
        )


class CommandDesk:
    """Sends commands and matches the replies to them by id."""

    def __init__(self, link: MqttLink, topics: Topics) -> None:
        """Open the desk."""
        self._link = link
        self._topics = topics
        self._open: dict[str, asyncio.Future[Reply]] = {}

    async def async_ask(self, kind: str, which: str, command: Command) -> Reply:
        """Send a command and return its reply.

        Args:
            kind: `tool` or `bridge`.
            which: Its id.
            command: What is asked.

        Raises:
            CommandError: when it was refused, or nobody answered.

        """
        command_id = f"ha-{uuid4().hex}"
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._open[command_id] = answer
        try:
            reply = await self._async_send(kind, which, command_id, command, answer)
        finally:
            del self._open[command_id]
        if not reply.ok:
            code = reply.error if reply.error in ERRORS else "failed"
            raise CommandError(f"command_{code}", which, reply.message or str(reply.error))
        return reply

    async def _async_send(
        self,
        kind: str,
        which: str,
        command_id: str,
        command: Command,
        answer: asyncio.Future[Reply],
    ) -> Reply:
        """Send until somebody answers."""
        payload = command.payload(command_id, dt_util.utcnow())
        topic = self._topics.command(kind, which)
        for _ in range(TRIES):
            if not await self._link.async_publish(topic, payload):
                raise CommandError("not_connected", which)
            done, _ = await asyncio.wait((answer,), timeout=REPLY_S)
            if done:
                return answer.result()
        raise CommandError("no_reply", which)

    def answer(self, reply: Reply) -> None:
        """Hand a reply to whoever waits for it; others ask commands, too."""
        waiting = self._open.get(reply.id)
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)
