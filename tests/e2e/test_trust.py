"""Who is let in: nobody beyond loopback without a key, and with one only who has it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from chain import Chain
from mqtt_bench import until

from ql_release.simulate import Hold, Scenario

SHORT = Scenario(holds=(Hold(lasts=6.0, rest_s=1.0),))
KEY = "correct horse battery staple"


def key_file(path: Path, key: str) -> Path:
    """Write a key as its owner keeps it."""
    path.write_text(key, encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Return the file with the shared key."""
    return key_file(tmp_path / "key", KEY)


async def test_beyond_loopback_a_key_is_needed(make_chain: Callable[..., Chain]) -> None:
    """Without a key the daemon does not even start on an address that others reach."""
    chain = make_chain(settings='host = "0.0.0.0"\n')
    daemon = await chain.daemon()
    assert await daemon.wait() == 2
    assert "key_file" in daemon.said
    assert len(daemon.said.splitlines()) == 1


async def test_with_the_same_key_on_both_sides_a_session_comes(
    make_chain: Callable[..., Chain], key: Path
) -> None:
    """Tool and daemon prove the key to each other, then frames count."""
    chain = make_chain(speed=10.0, settings=f'host = "0.0.0.0"\nkey_file = "{key}"\n')
    await chain.subscriber.start()
    await chain.daemon()
    await chain.tool(SHORT, "--key-file", str(key))
    await chain.heard_event("hold_ended")


@pytest.mark.parametrize("options", [[], ["--key-file", "wrong"]], ids=["none", "another"])
async def test_a_tool_without_the_key_is_turned_away(
    make_chain: Callable[..., Chain], key: Path, tmp_path: Path, options: list[str]
) -> None:
    """Without the key, or with another, no tool appears and the log says why."""
    chain = make_chain(speed=10.0, settings=f'key_file = "{key}"\n')
    wrong = key_file(tmp_path / "wrong", "a stranger's own key")
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await chain.tool(SHORT, *(str(wrong) if option == "wrong" else option for option in options))
    await until(lambda: "key" in daemon.said)
    assert not chain.subscriber.at(chain.topic("hello"))
    assert not chain.events()
