"""Tools on a serial port: USB or a UART."""

import logging
from collections.abc import Awaitable, Callable

from ql_release.clock import Clock
from ql_release.links.connection import Connection, StreamConnection
from ql_release.links.watch import LinkEnd, LinkKeeper
from ql_release.wire.framing import CobsFraming

DEFAULT_BAUDRATE = 115_200

_LOGGER = logging.getLogger(__name__)

OnConnection = Callable[[Connection], Awaitable[LinkEnd | None]]


async def open_serial(port: str, baudrate: int = DEFAULT_BAUDRATE) -> Connection:
    """Open a serial port, for this process alone.

    Args:
        port: the device, such as `/dev/ttyACM0`.
        baudrate: bits a second; USB serial ignores it.

    Raises:
        OSError: when the port is not there, in use, or no serial port.
        ValueError: when the `serial` extra is not installed.
    """
    try:
        # Not needed by those without a serial tool, and not small.
        import serialx  # noqa: PLC0415
    except ImportError as error:
        raise ValueError(
            "serial ports need the 'serial' extra: pip install 'ql-release[serial]'"
        ) from error
    try:
        reader, writer = await serialx.open_serial_connection(port, baudrate=baudrate)
    except serialx.SerialException as error:
        raise OSError(f"{port} is no serial port: {error}") from error
    return StreamConnection(reader, writer, f"serial {port}", CobsFraming)


async def serve_serial(
    port: str,
    baudrate: int,
    clock: Clock,
    on_connection: OnConnection,
    keeper: LinkKeeper | None = None,
) -> None:
    """Keep a serial port open for ever: open it, hand it on, and again when it has ended.

    A port that is absent is tried again with growing waits up to ten seconds; one line is
    logged when it cannot be opened, and nothing more until it could.

    Args:
        port: the device, such as `/dev/ttyACM0`.
        baudrate: bits a second.
        clock: what to wait by.
        on_connection: what to do with the open port; when it returns the port is closed. It may
            say how that came.
        keeper: says when to open it again; one of its own by default.

    Raises:
        ValueError: when the `serial` extra is not installed.
    """
    keeper = keeper or LinkKeeper(f"serial {port}", clock)
    while True:
        end: LinkEnd | None = None
        try:
            connection = await open_serial(port, baudrate)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            if keeper.absent(reason):
                _LOGGER.warning(
                    "serial %s cannot be opened (%s): it is tried again; check that the tool is "
                    "plugged in and serial.port",
                    port,
                    reason,
                )
        else:
            keeper.begins()
            end = await _serve(connection, on_connection)
        await keeper.pause(end)


async def _serve(connection: Connection, on_connection: OnConnection) -> LinkEnd | None:
    try:
        return await on_connection(connection)
    except Exception:
        _LOGGER.exception("%s was closed after an unexpected error", connection.label)
        return None
    finally:
        connection.close()
        await connection.wait_closed()
