"""An ordinary MQTT client around a `Watcher`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from ql_release.cli.console import Console, Style
from ql_release.cli.watch import Watcher
from ql_release.mqtt.aiomqtt_port import LOGIN_REFUSED
from ql_release.settings import BrokerAddress, MqttSettings, located

RETRY_S = 3.0
"""Seconds between attempts once a connection was lost: a broker restarts in about that time."""
CONNECT_TIMEOUT_S = 10.0
"""A broker that has not answered by then does not speak this version, or is not there."""

VERSIONS = {
    "5": [aiomqtt.ProtocolVersion.V5],
    "3.1.1": [aiomqtt.ProtocolVersion.V311],
    "auto": [aiomqtt.ProtocolVersion.V5, aiomqtt.ProtocolVersion.V311],
}


class SubscriberError(Exception):
    """No broker could be subscribed to; the message says why."""


async def watch(
    settings: MqttSettings,
    watcher: Watcher,
    console: Console,
    subscribed: asyncio.Event | None = None,
) -> None:
    """Subscribe and hand every message to the watcher, until cancelled.

    Args:
        settings: the broker and the prefix.
        watcher: takes the messages.
        console: is told of lost connections.
        subscribed: set once the subscription stands.

    Raises:
        SubscriberError: when not even the first connection came about.
    """
    connected_before = False
    while True:
        try:
            async with connection(settings) as client:
                await client.subscribe(f"{settings.prefix}/#", qos=1)
                connected_before = True
                if subscribed is not None:
                    subscribed.set()
                async for message in client.messages:
                    payload = message.payload
                    watcher.message(message.topic.value, bytes(payload), retained=message.retain)
        except aiomqtt.MqttError as error:
            if not connected_before:
                raise SubscriberError(unreachable(settings, error)) from error
            console.status()
            console.line(f"connection lost ({_reason(error)}); trying again", Style.FAINT)
            await asyncio.sleep(RETRY_S)


@asynccontextmanager
async def connection(settings: MqttSettings) -> AsyncIterator[aiomqtt.Client]:
    """Connect to the first broker that answers, by the first version that it speaks."""
    failure = aiomqtt.MqttError("no broker is configured")
    for broker in settings.brokers:
        for version in VERSIONS[settings.protocol]:
            client = _client(settings, broker, version)
            try:
                await client.__aenter__()
            except aiomqtt.MqttError as error:
                failure = error
                continue
            try:
                yield client
            finally:
                await client.__aexit__(None, None, None)
            return
    raise failure


def _client(
    settings: MqttSettings, broker: BrokerAddress, version: aiomqtt.ProtocolVersion
) -> aiomqtt.Client:
    """Return a client that is not connected yet."""
    return aiomqtt.Client(
        broker.host,
        broker.port,
        username=settings.user(),
        password=settings.password(),
        protocol=version,
        keepalive=settings.keepalive_s,
        timeout=CONNECT_TIMEOUT_S,
        tls_params=_tls(settings) if broker.tls else None,
        transport="tcp" if broker.path is None else "websockets",
        websocket_path=broker.path,
    )


def _tls(settings: MqttSettings) -> aiomqtt.TLSParameters:
    """Return which certificates to trust and to show; without `ca_file` the system's."""
    files = (settings.ca_file, settings.cert_file, settings.key_file)
    ca, certificate, key = (None if file is None else str(located(file)) for file in files)
    return aiomqtt.TLSParameters(ca_certs=ca, certfile=certificate, keyfile=key)


def unreachable(settings: MqttSettings, error: aiomqtt.MqttError) -> str:
    """Return what to tell people when no connection came about."""
    tried = ", ".join(broker.authority for broker in settings.brokers)
    if isinstance(error, aiomqtt.MqttCodeError) and _code(error) in LOGIN_REFUSED:
        return f"{tried} refuses the login; check mqtt.username and mqtt.password_file."
    reason = _reason(error)
    return f"No connection to {tried} ({reason}); is the broker running, and is mqtt.urls right?"


def _code(error: aiomqtt.MqttCodeError) -> int | None:
    """Return the broker's reason code."""
    return error.rc.value if isinstance(error.rc, ReasonCode) else error.rc


def _reason(error: aiomqtt.MqttError) -> str:
    """Return an error as the end of a sentence; the library hides the system's behind its own."""
    system = error.__cause__ or error.__context__
    told = system.strerror if isinstance(system, OSError) else None
    return (told or str(error)).lower()
