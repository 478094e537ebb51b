"""The demonstration's MQTT broker, a process of its own: `python -m ql_release.demo.broker PORT`.

amqtt, embedded, on loopback, open to anyone on this machine: good for a first try and nothing
else. It speaks MQTT 3.1.1 only and keeps nothing.
"""

import asyncio
import signal
import sys

from amqtt.broker import Broker

ANONYMOUS = "amqtt.plugins.authentication.AnonymousAuthPlugin"


async def serve(port: int) -> None:
    """Serve until SIGTERM.

    Args:
        port: the TCP port on loopback.
    """
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {ANONYMOUS: {"allow_anonymous": True}},
        }
    )
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await broker.start()
    await stop.wait()
    await broker.shutdown()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
