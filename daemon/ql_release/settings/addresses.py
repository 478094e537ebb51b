"""Hosts and URLs: what they point to, and what a host's name makes as an id."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""The ports that MQTT has by convention, without and with TLS."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """One broker.

    Attributes:
        host: a name or an address.
        port: its TCP port.
        tls: whether to speak TLS.
    """

    host: str
    port: int
    tls: bool


def id_from_hostname(hostname: str) -> str:
    """Return a host's name as an id: its first label in small letters, anything else as `-`."""
    label = re.sub(r"[^a-z0-9_-]+", "-", hostname.partition(".")[0].lower()).strip("-")
    return label[:32] or "bridge"


def broker_address(url: str) -> BrokerAddress:
    """Return where a broker's URL points.

    Raises:
        ValueError: for anything but mqtt:// or mqtts:// with a host and perhaps a port. The
            message never repeats a URL that holds a password.
    """
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password; use username and password_file")
    port = _port(url, parts)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{url!r} must look like mqtt://host:1883 or mqtts://host:8883")
    return BrokerAddress(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "mqtts")


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
