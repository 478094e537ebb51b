"""The firmware on a serial cable: a whole session over two pseudo terminals."""

from collections.abc import Callable, Iterator

import pytest
from chain import Chain
from serial_cable import SerialCable

from ql_release.simulate import Hold, Scenario


@pytest.fixture
def cable() -> Iterator[SerialCable]:
    """Return a cable that is unplugged in the end."""
    plugged = SerialCable()
    yield plugged
    plugged.unplug()


async def test_a_session_comes_over_a_serial_cable(
    make_chain: Callable[..., Chain], cable: SerialCable
) -> None:
    """The tool is on a port instead of the network; nothing else is different."""
    port = f'enabled = false\n[[serial]]\nport = "{cable.ends[1]}"\n'
    chain = make_chain(speed=5.0, settings=port, end_after_s=10.0)
    await chain.subscriber.start()
    await chain.daemon()
    await chain.tool(Scenario(holds=(Hold(lasts=6.0, rest_s=1.0),)), "--serial", cable.ends[0])
    await chain.heard_event("ended")
    await chain.close()
    assert chain.event_types() == ["started", "hold_started", "hold_ended", "ended"]
