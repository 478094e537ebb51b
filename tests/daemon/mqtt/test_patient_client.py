"""What aiomqtt's client does by itself, and ours does not."""

import asyncio
import socket

import aiomqtt
import pytest
from broker import Mosquitto

from ql_release.mqtt.patient_client import PatientClient


@pytest.mark.parametrize("kind", [aiomqtt.Client, PatientClient])
async def test_a_socket_that_closes_at_once_is_not_watched(
    mosquitto: Mosquitto, kind: type[aiomqtt.Client]
) -> None:
    """Bytes wait to be written, and the socket closes before the loop comes to watch it."""
    told: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))
    client = kind("127.0.0.1", mosquitto.port)
    async with client:
        ours, theirs = socket.socketpair()
        client._on_socket_register_write(client._client, None, ours)
        ours.close()
        theirs.close()
        await asyncio.sleep(0)
        await client.publish("still/there", b"", qos=1)
    # That the library itself does is what makes this test one.
    assert bool(told) == (kind is aiomqtt.Client)
