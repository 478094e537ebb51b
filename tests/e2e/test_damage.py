"""A journal that is damaged in mid-session costs no event, whatever its size."""

import asyncio
import json
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from chain import Chain
from mqtt_bench import until

from ql_release import simulate
from ql_release.analysis import analyze
from ql_release.journal.checking import CHECK_AT_ONCE_BYTES
from ql_release.simulate import write_recording

BODY = simulate.demo_body()
SPEED = 10.0
PAGE_BYTES = 4096


def damage(journal: Path, more_bytes: int = 0) -> None:
    """Make a journal larger by a segment that is over, then spoil one of its indexes."""
    with closing(sqlite3.connect(journal)) as database:
        if more_bytes:
            database.execute(
                "INSERT INTO segments (tool, serial, identity, opened_us, closed, stage) "
                "VALUES ('other', x'00', '{}', 0, 1, 1)"
            )
            database.execute(
                "INSERT INTO chunks SELECT id, 1, zeroblob(?) FROM segments WHERE tool = 'other'",
                (more_bytes,),
            )
            database.commit()
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'replies_by_age'"
        ).fetchone()
    with journal.open("r+b") as file:
        file.seek((page - 1) * PAGE_BYTES)
        file.write(b"\xa5" * PAGE_BYTES)


async def test_a_daemon_whose_journal_is_damaged_goes_on_in_the_same_session(
    make_chain: Callable[..., Chain], tmp_path: Path
) -> None:
    chain = make_chain(speed=SPEED, end_after_s=60.0)
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await chain.tool(BODY, "--end", "120")
    await chain.heard_event("hold_started")
    await daemon.end(signal.SIGKILL)
    await asyncio.to_thread(damage, chain.journal)
    await chain.daemon()
    await chain.heard_event("ended")
    await until(lambda: _problems(chain))
    assert "was damaged (" in _problems(chain)[0]
    assert chain.journal.with_name("journal-damaged-1.db").exists()
    trace = tmp_path / "undisturbed.csv"
    write_recording(BODY, trace)
    heard = {event["id"]: event for event in chain.subscriber.events()}
    ended = next(event for event in heard.values() if event["type"] == "ended")
    assert {event["session"] for event in heard.values()} == {ended["session"]}
    assert sorted(event["type"] for event in heard.values()) == sorted(
        found.event.type for found in analyze(trace)
    )
    contents = {_content(event) for event in chain.subscriber.events()}
    assert len(contents) == len(heard)


async def test_damage_in_a_large_journal_ends_the_daemon_and_is_mended_by_the_next_start(
    make_chain: Callable[..., Chain],
) -> None:
    chain = make_chain()
    await chain.subscriber.start()
    daemon = await chain.daemon()
    await until(lambda: chain.subscriber.at(chain.bridge_topic("health")))
    await daemon.end()
    await asyncio.to_thread(damage, chain.journal, CHECK_AT_ONCE_BYTES)
    daemon = await chain.daemon()
    await until(lambda: daemon.code is not None)
    assert daemon.code == 1
    assert "is damaged (" in (chain.folder / "daemon.log").read_text()
    await chain.daemon()
    await until(lambda: _problems(chain))
    assert "was damaged (" in _problems(chain)[0]


def _content(event: dict[str, object]) -> str:
    """Return what an event says however often it is sent."""
    return json.dumps({key: event[key] for key in event if key not in {"epoch", "seq", "live"}})


def _problems(chain: Chain) -> list[str]:
    health = chain.subscriber.at(chain.bridge_topic("health"))
    problems: list[str] = json.loads(health[-1])["problems"] if health else []
    return problems
