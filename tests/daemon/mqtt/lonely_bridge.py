"""A bridge in a process of its own, made to be killed: lonely_bridge.py URL JOURNAL."""

import asyncio
import sys
from pathlib import Path

from ql_release.clock import SystemClock
from ql_release.journal import Journal
from ql_release.mqtt.port import Incoming
from ql_release.mqtt.publisher import Publisher
from ql_release.mqtt.topics import CommandTopic, Topics
from ql_release.settings import MqttSettings


async def _ignore(topic: CommandTopic, message: Incoming) -> None:
    """Obey nothing."""


async def _main(url: str, path: Path) -> None:
    topics = Topics("ql_release", "pi")
    async with await Journal.open(path) as journal:
        made = Publisher(
            MqttSettings(urls=[url]), topics, journal, SystemClock(), on_command=_ignore
        )
        made.set_document(topics.hello("mat"), b"{}")
        await made.run()


asyncio.run(_main(sys.argv[1], Path(sys.argv[2])))
