"""The MQTT port on aiomqtt 2; this file and `patient_client` alone know that library."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import aiomqtt
from paho.mqtt.client import error_string
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ql_release.mqtt.patient_client import (
    ANSWER_TIMEOUT_S,
    NO_WEBSOCKET,
    HungUpError,
    PatientClient,
)
from ql_release.mqtt.port import (
    ConnectionLostError,
    Incoming,
    LoginRefusedError,
    MqttTroubleError,
    MqttVersion,
    NotSpokenError,
    PublishRefusedError,
    UnreachableError,
)
from ql_release.settings import BrokerAddress, MqttSettings, SettingsError, located

CONNECT_TIMEOUT_S = 20.0
"""How long all of connecting may take: finding the address, TCP, TLS and MQTT."""
SILENCE_S = {MqttVersion.V5: 5.0, MqttVersion.V311: ANSWER_TIMEOUT_S}
"""How long a broker may take to answer CONNECT. Some of those without MQTT 5 neither answer it
nor hang up, so that the older version's turn must not be long in coming."""
CLOSE_TIMEOUT_S = 0.2
"""How long closing in good order may take: the whole stop has one second."""
MAX_INCOMING = 1024
"""Messages waiting to be looked at; beyond, new ones are dropped. Memory stays bounded, and what is
retained of several hundred tools, which comes at once, has room."""
MAX_PACKET_BYTES = 64 * 1024
"""Larger messages are not sent to us (MQTT 5). Commands are far smaller."""
UNSPECIFIED = 0x80
"""Reason code: the library's as well, for a connection that just broke."""
REFUSED = 0x80
"""Reason codes from here on mean refusal (MQTT 5, 2.4)."""
UNSUPPORTED_VERSION = {1, 132}
"""CONNACK: unacceptable protocol version, in MQTT 3.1.1 and 5."""
LOGIN_REFUSED = {4, 5, 134, 135}
"""CONNACK: bad username or password, or not authorised, in MQTT 3.1.1 and 5."""

_T = TypeVar("_T")
_NO_REASON = "it broke without a reason given"

_VERSIONS = {
    MqttVersion.V5: aiomqtt.ProtocolVersion.V5,
    MqttVersion.V311: aiomqtt.ProtocolVersion.V311,
}
# The library's own lines tell of single messages; what matters is told by the publisher.
_QUIET = logging.getLogger("ql_release.mqtt.library")
_QUIET.setLevel(logging.CRITICAL)


class AiomqttPort:
    """One connection to one broker by aiomqtt.

    Args:
        broker: where it is.
        version: the protocol version to speak.
        settings: user, files and keep-alive; each connection reads the files anew.
        identifier: the client id.
        will_topic: where the broker says `offline` should the connection die.
        will: what it says there, retained.

    Raises:
        LoginRefusedError: when the user's or the password's file cannot be read, or a
            certificate is a credential that is not there.
    """

    def __init__(
        self,
        broker: BrokerAddress,
        version: MqttVersion,
        settings: MqttSettings,
        *,
        identifier: str,
        will_topic: str,
        will: bytes,
    ) -> None:
        self._version = version
        self._client = PatientClient(
            _resolvable(broker.host),
            broker.port,
            identifier=identifier,
            username=_given(settings.user),
            password=_given(settings.password),
            protocol=_VERSIONS[version],
            will=aiomqtt.Will(will_topic, will, qos=1, retain=True),
            clean_session=True if version is MqttVersion.V311 else None,
            keepalive=settings.keepalive_s,
            timeout=SILENCE_S[version],
            max_queued_incoming_messages=MAX_INCOMING,
            properties=_connect_properties(version),
            tls_params=_given(lambda: _tls_parameters(settings)) if broker.tls else None,
            transport="tcp" if broker.path is None else "websockets",
            websocket_path=broker.path,
            websocket_headers=_websocket_headers(broker),
            logger=_QUIET,
        )

    async def connect(self) -> None:
        """Connect and be accepted; see `MqttPort`."""
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await self._client.__aenter__()
            self._client.watch_over()
        except TimeoutError as error:
            self._client.hang_up()
            raise UnreachableError(f"no answer within {CONNECT_TIMEOUT_S:.0f} s") from error
        except aiomqtt.MqttError as error:
            reason = _why_not_connected(error, self._client)
            self._client.hang_up()
            raise reason from error
        except asyncio.CancelledError:
            self._client.hang_up()
            raise

    async def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Publish and wait for the acknowledgement; see `MqttPort`."""
        try:
            reason = await self._client.send(topic, payload, qos, retain=retain)
        except TimeoutError as error:
            raise ConnectionLostError("the broker does not answer") from error
        except aiomqtt.MqttError as error:
            raise ConnectionLostError(_words(error)) from error
        if reason is not None and reason.value >= REFUSED:
            raise PublishRefusedError(f"{topic} was refused: {str(reason).lower()}")

    def publish_now(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Publish at QoS 0 without waiting; see `MqttPort`."""
        return self._client.send_now(topic, payload, retain=retain)

    async def subscribe(self, topic_filters: list[str], *, qos: int) -> list[str]:
        """Ask for messages; see `MqttPort`."""
        wanted = [(topic_filter, self._quality(qos)) for topic_filter in topic_filters]
        try:
            codes = await self._client.subscribe(wanted)  # type: ignore[arg-type]
        except aiomqtt.MqttError as error:
            raise ConnectionLostError(_words(error)) from error
        values = [code if isinstance(code, int) else code.value for code in codes]
        return [
            topic_filter
            for topic_filter, value in zip(topic_filters, values, strict=True)
            if value >= REFUSED
        ]

    async def receive(self) -> Incoming:
        """Return the next message; see `MqttPort`."""
        try:
            message = await anext(self._client.messages)
        except aiomqtt.MqttError as error:
            raise ConnectionLostError(_words(error)) from error
        return Incoming(
            topic=message.topic.value,
            payload=bytes(message.payload),
            retained=message.retain,
            response_topic=getattr(message.properties, "ResponseTopic", None),
        )

    async def close(self) -> None:
        """Disconnect in good order; see `MqttPort`."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._client.__aexit__(None, None, None)
        except (TimeoutError, aiomqtt.MqttError):
            self._client.hang_up()

    def abort(self) -> None:
        """Hang up without a word; see `MqttPort`."""
        self._client.hang_up()

    def _quality(self, qos: int) -> int | SubscribeOptions:
        """Return a QoS as the library wants it for this version."""
        return SubscribeOptions(qos=qos) if self._version is MqttVersion.V5 else qos


def _connect_properties(version: MqttVersion) -> Properties | None:
    """Return the properties of a CONNECT, which only MQTT 5 has."""
    if version is not MqttVersion.V5:
        return None
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = MAX_PACKET_BYTES
    return properties


def _tls_parameters(settings: MqttSettings) -> aiomqtt.TLSParameters:
    """Return the files that TLS needs; the system's own authorities when none is named.

    Raises:
        SettingsError: when one of them is a credential that is not there.
    """
    return aiomqtt.TLSParameters(
        ca_certs=_text(settings.ca_file),
        certfile=_text(settings.cert_file),
        keyfile=_text(settings.key_file),
    )


def _websocket_headers(broker: BrokerAddress) -> dict[str, str]:
    """Return what names the broker in a WebSocket's request; the library takes text alone."""
    scheme = "https" if broker.tls else "http"
    return {"Host": broker.authority, "Origin": f"{scheme}://{broker.authority}"}


def _given(read: Callable[[], _T]) -> _T:
    """Return what a file holds, or say in our terms why there is nothing to give."""
    try:
        return read()
    except SettingsError as error:
        raise LoginRefusedError(str(error).rstrip(".")) from error


def _resolvable(host: str) -> str | bytes:
    """Return a host as bytes where that is the same: text makes Python load 0.4 MB of tables.

    They are for names in other scripts, and `socket` and `ssl` look them up even for digits.
    """
    return host.encode() if host.isascii() else host


def _text(path: Path | None) -> str | None:
    return None if path is None else str(located(path))


def _why_not_connected(error: aiomqtt.MqttError, client: PatientClient) -> MqttTroubleError:
    """Return what kept a connection from coming about, in our terms."""
    if isinstance(error, HungUpError):
        return NotSpokenError("it hung up instead of answering")
    if not isinstance(error, aiomqtt.MqttCodeError):
        if client.reached:
            return NotSpokenError("it does not answer")
        cause = client.connect_error
        reason = cause.strerror if isinstance(cause, OSError) else None
        words = (reason or str(error)).lower()
        if words.startswith(NO_WEBSOCKET.lower()):
            words = f"{words}: is there a WebSocket at that path?"
        return UnreachableError(words)
    code = error.rc.value if isinstance(error.rc, ReasonCode) else error.rc
    words = _words(error)
    if code in UNSUPPORTED_VERSION:
        return NotSpokenError(words)
    if code in LOGIN_REFUSED:
        return LoginRefusedError(words)
    return UnreachableError(words)


def _words(error: aiomqtt.MqttError) -> str:
    """Return an error of the library as the end of a sentence."""
    cause = error.__cause__
    if isinstance(cause, aiomqtt.MqttCodeError):
        error = cause
    if not isinstance(error, aiomqtt.MqttCodeError):
        return str(error).lower()
    if isinstance(error.rc, ReasonCode):
        return _NO_REASON if error.rc.value == UNSPECIFIED else str(error.rc).lower()
    if error.rc is None:
        return _NO_REASON
    return error_string(MQTTErrorCode(error.rc)).rstrip(".").lower()
