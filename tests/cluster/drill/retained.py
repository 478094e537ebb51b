"""What each node of a cluster would tell somebody who has just come."""

import ssl
from pathlib import Path

import aiomqtt

from drill import shipped
from drill.node import Node

MARK = "ql_release/integration/drill/status"
"""What this asker says itself, after it has subscribed: all that is retained comes before."""
LASTING = (
    "ql_release/tool/+/hello",
    "ql_release/tool/+/availability",
    "ql_release/tool/+/session/last",
    "ql_release/bridge/+/status",
    "ql_release/integration/+/status",
)
"""Where documents stay as they are while nothing happens."""


async def documents(node: Node, ca_file: Path) -> dict[str, bytes]:
    """Return the lasting documents that are retained, by topic, as one node has them."""
    found: dict[str, bytes] = {}
    client = aiomqtt.Client(
        "127.0.0.1",
        node.port,
        username="home",
        password=shipped.PASSWORDS["home"],
        protocol=aiomqtt.ProtocolVersion.V311,
        tls_context=ssl.create_default_context(cafile=str(ca_file)),
    )
    async with client:
        await client.subscribe([(topic, 0) for topic in LASTING])
        await client.publish(MARK, b"here")
        async for message in client.messages:
            topic = message.topic.value
            if topic == MARK:
                break
            if message.retain:
                found[topic] = bytes(message.payload)
    return found


def differing(nodes: list[dict[str, bytes]]) -> set[str]:
    """Return the topics whose document is not the same on all nodes."""
    topics = set().union(*nodes)
    return {topic for topic in topics if len({node.get(topic) for node in nodes}) > 1}
