"""Three nodes on loopback, as docs/cluster.md has them on three machines."""

from pathlib import Path

from mqtt_bench import until

from drill import certificates, shipped
from drill.node import MQTT_STREAM, Node


class Cluster:
    """Three nodes with the roles and certificates of the document.

    Attributes:
        nodes: by name.
        ca_file: the authority that clients trust.

    Args:
        program: the NATS server.
        folder: an empty one, for everything.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        inner = folder / "nats"
        inner.mkdir()
        certificates.make(inner)
        (inner / "passwords.conf").write_text(shipped.passwords(), encoding="utf-8")
        (inner / "roles.conf").write_text(shipped.block(shipped.ROLES_FILE), encoding="utf-8")
        self.ca_file = inner / "ca.crt"
        self.nodes = {name: Node(name, program, folder) for name in shipped.NODES}
        ports = [node.route_port for node in self.nodes.values()]
        for node in self.nodes.values():
            node.configure(dict(zip(shipped.HOSTS, ports, strict=True)))

    @property
    def urls(self) -> list[str]:
        """Where MQTT clients find the nodes."""
        return [node.url for node in self.nodes.values()]

    @property
    def living(self) -> list[Node]:
        """The nodes whose processes live."""
        return [node for node in self.nodes.values() if node.running]

    async def start(self) -> None:
        """Start all nodes and return once they have found together."""
        for node in self.nodes.values():
            await node.start()
        for node in self.nodes.values():
            await node.until_healthy()

    async def leader(self) -> Node:
        """Return the node that leads the stream of messages, once there is one."""
        found: list[Node] = []

        async def known() -> bool:
            told = (await self.living[0].leaders()).get(MQTT_STREAM)
            found[:] = [node for node in self.living if node.name == told]
            return bool(found)

        await until(known)
        return found[0]

    async def led_by(self, name: str) -> list[str]:
        """Return what a node leads."""
        return sorted(what for what, who in (await self.living[0].leaders()).items() if who == name)
