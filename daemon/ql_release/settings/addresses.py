"""Hosts and URLs: what they point to, and what a host's name makes as an id."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
"""The ports by convention: of MQTT, and of the web for MQTT over WebSocket."""
WEBSOCKETS = frozenset({"ws", "wss"})
DEFAULT_PATH = "/mqtt"
"""Where brokers that care for the path of a WebSocket at all expect MQTT."""
PATH = re.compile(r"/[!-~]*", re.ASCII)
"""A path goes into an HTTP request as it is: printable characters without a space."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """One broker.

    Attributes:
        host: a name or an address.
        port: its TCP port.
        tls: whether to speak TLS.
        path: of the WebSocket that carries MQTT; None for MQTT on TCP alone.
    """

    host: str
    port: int
    tls: bool
    path: str | None = None

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def label(self) -> str:
        """The broker as a log line names it."""
        scheme = "mqtt" if self.path is None else "ws"
        return f"{scheme}{'s' * self.tls}://{self.authority}{self.path or ''}"


def id_from_hostname(hostname: str) -> str:
    """Return a host's name as an id: its first label in small letters, anything else as `-`."""
    label = re.sub(r"[^a-z0-9_-]+", "-", hostname.partition(".")[0].lower()).strip("-")
    return label[:32] or "bridge"


def broker_address(url: str) -> BrokerAddress:
    """Return where a broker's URL points.

    Raises:
        ValueError: for anything but mqtt://, mqtts://, ws:// or wss:// with a host, perhaps a
            port and, for the latter two, perhaps a path. The message never repeats a URL that
            holds a password.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; use username and password_file")
    if parts.query or parts.fragment:
        raise ValueError("must not hold anything after ? or #; brokers are found by path alone")
    port = _port(url, parts)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(
            f"{url!r} must look like mqtt://host:1883, mqtts://host:8883 or wss://host/mqtt"
        )
    tls = parts.scheme in {"mqtts", "wss"}
    path = _path(url, parts)
    return BrokerAddress(parts.hostname, port or PORTS[parts.scheme], tls, path)


def _path(url: str, parts: SplitResult) -> str | None:
    """Return the path of a WebSocket's URL, or say that there must be none."""
    if parts.scheme in WEBSOCKETS:
        path = parts.path or DEFAULT_PATH
        if not PATH.fullmatch(path):
            raise ValueError(f"{url!r} has a path with spaces or other letters; write them as %20")
        return path
    if parts.path.strip("/"):
        raise ValueError(f"{url!r} has a path, which only ws:// and wss:// can have; leave it out")
    return None


def _port(url: str, parts: SplitResult) -> int | None:
    """Return the port in a URL, or say that it is none."""
    try:
        return parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} names no port between 1 and 65535") from error


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a listener on that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
