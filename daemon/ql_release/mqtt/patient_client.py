"""aiomqtt's client with some of its habits changed, for `aiomqtt_port` alone."""

import asyncio
import contextlib
import socket
import threading
from typing import Any, Literal

import aiomqtt
from paho.mqtt.client import MQTT_ERR_SUCCESS, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from ql_release.mqtt.answers import Answers

ANSWER_TIMEOUT_S = 10.0
"""How long a broker may take for an answer; beyond, it is taken for hung. Brokers answer in
milliseconds, a stalled mobile link in seconds."""
CLOSED = -1
"""What a closed socket says is its number."""
MAX_IN_FLIGHT = 20
"""Messages on their way at once: the library queues what is more. A broker may want fewer."""
MID_BYTES = 2
"""An acknowledgement names the message first; by MQTT 5 a reason code may follow."""
USUAL = {code: ReasonCode(PacketTypes.PUBACK, identifier=code) for code in (0, 16)}
"""Reason codes of what was taken: with and without anybody to hear it."""
NOTHING = Properties(PacketTypes.PUBACK)  # type: ignore[no-untyped-call]
NO_WEBSOCKET = "WebSocket handshake error"
"""The library's own words for an answer that makes no WebSocket."""


class HungUpError(aiomqtt.MqttError):
    """The broker closed the connection instead of answering CONNECT."""


class PatientClient(aiomqtt.Client):
    """aiomqtt's client without what it does by itself.

    - It ignores the reason code of a PUBACK, so that a refused event would count as delivered.
    - It learns only by a time-out that a broker hung up instead of answering CONNECT, as brokers
      without MQTT 5 do.
    - It learns only by a time-out that the connection is gone while it waits for an answer.
    - It asks the loop to watch a socket that may have been closed by the time the loop does: an
      error in the log, or another's socket watched that got the same number.
    - It connects in a thread that the interpreter waits for at its end, so that an unreachable
      broker would hold up stopping.
    - It wakes the loop, through a socket of its own, for every message that it is to write.
    - It works out what each acknowledgement's reason code may mean, which takes as long as all
      else about it.
    - It gives a broker more messages at once than the broker has said it takes (MQTT 5).
    - It stumbles over an answer to a WebSocket's request that is not quite HTTP.

    Attributes:
        connect_error: what connecting failed with below MQTT, if it did.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._client.disable_logger()  # it would be asked several times for each message
        # The library offers no other way past what it does for each acknowledgement; a test
        # tells when it changes what is relied on here.
        self._client._handle_pubackcomp = self._take_acknowledgement  # type: ignore[assignment,method-assign]  # noqa: SLF001
        self.connect_error: Exception | None = None
        self._room = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._acknowledgements: Answers[ReasonCode] = Answers()
        self._reading = False
        self._writing = False
        self._waiting_for_room = False
        self._settled = threading.Event()
        self._given_up = False

    @property
    def reached(self) -> bool:
        """Whether something at the broker's address has taken the connection."""
        return self._client.socket() is not None

    async def send(
        self, topic: str, payload: bytes, qos: int, *, retain: bool
    ) -> ReasonCode | None:
        """Publish; return the broker's reason code, or None when it was written at once.

        Raises:
            TimeoutError: when no acknowledgement came.
            aiomqtt.MqttError: when the connection is gone.
        """
        if qos:
            await self._room.acquire()
        try:
            info = self._write(topic, payload, qos, retain=retain)
            if info.rc != MQTT_ERR_SUCCESS:
                # The library keeps it in memory all the same: this client is never used again.
                raise aiomqtt.MqttCodeError(info.rc)
            if info.is_published():
                return None
            return await self._acknowledgements.expect(info.mid, ANSWER_TIMEOUT_S)
        finally:
            if qos:
                self._room.release()

    def send_now(self, topic: str, payload: bytes, *, retain: bool) -> bool:
        """Publish at QoS 0; return False when the socket is still busy, or the connection gone."""
        if self._client.want_write():
            return False
        return self._write(topic, payload, 0, retain=retain).rc == MQTT_ERR_SUCCESS

    def watch_over(self) -> None:
        """See to it, once connected, that nobody waits for an answer on a dead connection."""
        self._disconnected.add_done_callback(self._give_up_waiting)

    def hang_up(self) -> None:
        """Let go of the connection, also of one that is still being made."""
        self._given_up = True
        self._settled.set()
        self._shut_down()

    def _write(self, topic: str, payload: bytes, qos: int, *, retain: bool) -> MQTTMessageInfo:
        """Publish without a detour: what the socket takes is written before this returns."""
        self._writing = True
        try:
            info = self._client.publish(topic, payload, qos, retain)
            self._client.loop_write()
        finally:
            self._writing = False
        if self._client.want_write():
            self._wait_for_room(self._client.socket())
        return info

    def _give_up_waiting(self, disconnected: asyncio.Future[None]) -> None:
        """Tell everyone who waits for an answer that the connection is gone."""
        reason = disconnected.exception()
        error = aiomqtt.MqttError("the connection is gone")
        error.__cause__ = reason
        self._acknowledgements.fail(error)
        for answer in self._pending_subscribes.values():
            if not answer.done():
                answer.set_exception(error)

    def _shut_down(self) -> None:
        """End the stream; the reader sees it and lets the library clean up in the loop."""
        sock: Any = self._client.socket()
        sock = getattr(sock, "_socket", sock)  # a WebSocket is the library's, around a real one
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _client_connect(self) -> None:
        """Connect (in the loop's executor), leaving at once when nobody waits any more."""
        threading.Thread(
            target=self._connect_in_background, name="mqtt-connect", daemon=True
        ).start()
        self._settled.wait()
        if self.connect_error is not None:
            raise self.connect_error

    def _connect_in_background(self) -> None:
        """Resolve, connect and shake hands in a thread that may be left behind."""
        try:
            super()._client_connect()
            self._loop.call_soon_threadsafe(self._await_readable)
        except (IndexError, UnicodeError):
            self.connect_error = ConnectionError(NO_WEBSOCKET)
        except Exception as error:  # noqa: BLE001 - raised again by who waits for it
            # Without its frames, which would keep a half-made socket open.
            self.connect_error = error.with_traceback(None)
        if self._given_up:
            self._shut_down()
        self._settled.set()

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        """Leave it to `_await_readable`: the thread that connects may close it again."""

    def _await_readable(self) -> None:
        """Have the loop read, once connecting has ended: from here on it alone closes the socket.

        A number that the loop was asked to watch for a socket that has closed would be another's
        soon, and what connects then under that number would never be read.
        """
        sock: Any = self._client.socket()
        if sock is not None and sock.fileno() != CLOSED:
            self._reading = True
            self._loop.add_reader(sock.fileno(), self._read_on)
            self._misc_task = self._loop.create_task(self._misc_loop())

    def _read_on(self) -> None:
        """Read; whatever goes wrong with that is the end of the connection."""
        try:
            self._client.loop_read()
            while _has_more(self._client.socket()):
                self._client.loop_read()
        except Exception as error:  # noqa: BLE001 - whoever uses the connection is told
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _on_socket_close(self, client: Any, userdata: Any, sock: Any) -> None:
        """Have the loop read no more, if it was to."""
        if self._reading:
            self._reading = False
            super()._on_socket_close(client, userdata, sock)

    def _on_socket_register_write(
        self,
        client: Any,  # noqa: ARG002 - the library's
        userdata: Any,  # noqa: ARG002
        sock: Any,
    ) -> None:
        """Have the loop write once the socket takes more, unless we are writing ourselves."""
        if not self._writing:
            self._wait_for_room(sock)

    def _wait_for_room(self, sock: Any) -> None:
        if sock is not None and not self._waiting_for_room:
            self._waiting_for_room = True
            self._loop.call_soon_threadsafe(self._await_writable, sock)

    def _on_socket_unregister_write(self, client: Any, userdata: Any, sock: Any) -> None:
        """Let the loop write no more, if it was to."""
        if self._waiting_for_room:
            self._waiting_for_room = False
            super()._on_socket_unregister_write(client, userdata, sock)

    def _take_acknowledgement(self, kind: Literal["PUBACK", "PUBCOMP"]) -> MQTTErrorCode:
        """Do the library's work for the usual acknowledgements; leave it the unusual ones."""
        client = self._client
        packet = client._in_packet["packet"]  # noqa: SLF001
        reason = USUAL.get(packet[2] if len(packet) > MID_BYTES else 0)
        mid = int.from_bytes(packet[:MID_BYTES], "big")
        if kind != "PUBACK" or reason is None or mid not in client._out_messages:  # noqa: SLF001
            return type(client)._handle_pubackcomp(client, kind)  # noqa: SLF001
        return client._do_on_publish(mid, reason, NOTHING)  # noqa: SLF001

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        super()._on_publish(client, userdata, mid, reason_code, properties)
        self._acknowledgements.came(mid, reason_code)

    def _on_connect(
        self,
        client: Any,
        userdata: Any,
        flags: Any,
        reason_code: ReasonCode,
        properties: Any = None,
    ) -> None:
        few = getattr(properties, "ReceiveMaximum", MAX_IN_FLIGHT)
        self._room = asyncio.Semaphore(min(few, MAX_IN_FLIGHT))
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_disconnect(
        self,
        client: Any,
        userdata: Any,
        flags: Any,
        reason_code: ReasonCode,
        properties: Any = None,
    ) -> None:
        if self._connected.cancelled():
            # Nobody waits for this connection any more, and the library would stumble over it.
            return
        if self._connected.done():
            super()._on_disconnect(client, userdata, flags, reason_code, properties)
        else:
            self._loop.call_soon_threadsafe(self._fail_to_connect)

    def _await_writable(self, sock: Any) -> None:
        """Have the loop tell when a socket takes bytes, unless it has closed meanwhile."""
        if sock.fileno() == CLOSED:
            self._waiting_for_room = False
        else:
            self._loop.add_writer(sock.fileno(), self._write_on)

    def _write_on(self) -> None:
        """Go on writing; whatever goes wrong with that is the end of the connection."""
        try:
            self._client.loop_write()
        except Exception as error:  # noqa: BLE001 - whoever uses the connection is told
            if not self._disconnected.done():
                self._disconnected.set_exception(error)

    def _fail_to_connect(self) -> None:
        """Tell who waits for the answer to CONNECT that there will be none."""
        if not self._connected.done():
            self._connected.set_exception(HungUpError("the broker hung up"))
            # Nobody may be waiting any more: that is no error of its own.
            self._connected.exception()


def _has_more(sock: Any) -> bool:
    """Return whether TLS or a WebSocket has bytes that it took from the socket already."""
    pending = getattr(sock, "pending", None)
    return pending is not None and pending() > 0
