"""What aiomqtt's client does by itself, and ours does not."""

import asyncio
import inspect
import socket

import aiomqtt
import pytest
from broker import Mosquitto
from paho.mqtt.client import Client

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


@pytest.mark.parametrize(
    ("method", "takes"),
    [
        ("_handle_pubackcomp", ["self", "cmd"]),
        ("_do_on_publish", ["self", "mid", "reason_code", "properties"]),
    ],
)
def test_the_library_still_has_what_is_overridden_of_it(method: str, takes: list[str]) -> None:
    """No public way leads there: another version of it may do otherwise, and this says so."""
    assert list(inspect.signature(getattr(Client, method)).parameters) == takes


async def test_the_usual_acknowledgement_is_ours_alone(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's own way is left to the unusual ones."""
    asked: list[str] = []
    monkeypatch.setattr(Client, "_handle_pubackcomp", lambda _self, kind: asked.append(kind))
    async with PatientClient("127.0.0.1", mosquitto.port) as client:
        await client.send("a/topic", b"1", 1, retain=False)
    assert asked == []
