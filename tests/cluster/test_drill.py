"""A small drill: one daemon over TLS, the leader killed and brought back."""

from pathlib import Path

from drill.play import SMALL, staged


async def test_the_leader_is_killed_and_nothing_is_lost(nats_program: Path, tmp_path: Path) -> None:
    async with staged(SMALL, nats_program, tmp_path, print) as drill:
        outcome = await drill.play()
    assert outcome.good, outcome
    assert "$MQTT_msgs" in outcome.faults[0].led
    # The bridge's status, and of each tool hello, availability and its last session.
    assert outcome.documents == 1 + 3 * SMALL.tools
    assert outcome.verdict.journaled >= SMALL.before + SMALL.away + SMALL.after
