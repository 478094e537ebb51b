"""Files to report on: the demonstration's body, and captures with all that a session can have."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline_cases import (
    BLOCK,
    HOST_US,
    IDENTITY,
    UID,
    Arrival,
    Step,
    Tape,
    tape_of,
)
from scripted_tool import make_info

from ql_release import simulate
from ql_release.context import ClockLine, Context, Limits
from ql_release.links.capture import CaptureRecord, CaptureWriter, RecordKind
from ql_release.marks import Mark, MarkKind

PLACES = (
    ("quadratus_lumborum", "left", "upper"),
    ("quadratus_lumborum", "right", "lower"),
    ("piriformis", "left", "lower"),
)
"""Where the holds of `placed_tape` are."""
LIMITS = Limits(threshold_n=60.0, body_mass_kg=80.0)
"""Under which the first hold of `placed_tape` is high pressure."""


def demo_recording(folder: Path, **options: Any) -> Path:
    """Write the demonstration's body as a recording."""
    path = folder / "demo.csv"
    simulate.write_recording(simulate.demo_body(**options), path)
    return path


def recording(folder: Path, *spans: tuple[float, float], rate_hz: float = 50.0) -> Path:
    """Write a recording of one zone without motion: seconds and newtons, one after the other."""
    path = folder / "spans.csv"
    forces = [force for seconds, force in spans for _ in range(round(seconds * rate_hz))]
    rows = "".join(f"{number / rate_hz},{force}\n" for number, force in enumerate(forces))
    head = f"# recording: 1\n# start: {simulate.recording.START}\n# rate_hz: {rate_hz}\nt,f1\n"
    path.write_text(head + rows, encoding="utf-8")
    return path


@cache
def placed_scenario() -> simulate.Scenario:
    """Return three holds, the first with a release and the second with a slip."""
    first = simulate.Hold(
        force_n=88.0, lasts=32.0, happenings=(simulate.Release(18.0, fall=0.2),), rest_s=4.0
    )
    second = simulate.Hold(force_n=70.0, lasts=25.0, happenings=(simulate.Slip(12.0),), rest_s=6.0)
    return simulate.Scenario(
        holds=(first, second, simulate.Hold(force_n=60.0, lasts=14.0, rest_s=6.0)),
        body=simulate.Body(breath_depth=0.02, sway=0.003),
        sensor=simulate.Sensor(zones=2),
        seed=7,
        end_rest_s=8.0,
    )


@cache
def placed_tape() -> Tape:
    """Return its samples."""
    return tape_of(placed_scenario())


def placed_steps() -> list[Step | Mark]:
    """Return its frames, with the place told before each hold."""
    tape = placed_tape()
    places = dict(zip(placed_scenario().starts(), PLACES, strict=True))
    steps: list[Step | Mark] = [context_mark(tape, LIMITS, person="p1")]
    for step in tape.arrivals((9,)):
        assert isinstance(step, Arrival)
        index = step.frame.index
        for start in [start for start in places if index >= (start - 2) * 100]:
            muscle, side, zone = places.pop(start)
            placement = {"muscle": muscle, "side": side, "zone": zone}
            steps.append(Mark(MarkKind.PLACE, UID, index, step.host_us, {"placement": placement}))
        steps.append(step)
    return steps


def context_mark(tape: Tape, limits: Limits, **others: Any) -> Mark:
    """Return the mark with which a capture of the daemon's own begins."""
    context = Context(tape.uid, ClockLine(0, tape.host_us), BLOCK, limits, **others)
    return Mark(MarkKind.CONTEXT, tape.uid, 0, tape.host_us, context.to_data())


def write_capture(path: Path, steps: Iterable[Step | Mark]) -> Path:
    """Write frames and marks as a capture of the tool called `lounge`."""
    info = replace(make_info(), serial=IDENTITY.serial, uid=UID, name="lounge").encode()
    with CaptureWriter(path, overwrite=True) as writer:
        writer.write(CaptureRecord(RecordKind.INFO, HOST_US, info))
        writer.write(CaptureRecord(RecordKind.CALIBRATION, HOST_US, BLOCK))
        for step in steps:
            writer.write(_record(step))
    return path


def _record(step: Step | Mark) -> CaptureRecord:
    match step:
        case Arrival():
            return CaptureRecord(RecordKind.FRAME, step.host_us, step.frame.encode())
        case Mark():
            mark = step
        case _:
            mark = Mark(step.kind, UID, step.index or 0, step.host_us, step.data)
    return CaptureRecord(RecordKind.MARK, mark.host_us, mark.to_json())
