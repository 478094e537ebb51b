"""Plays cases: each through a recording's file and the analysis of `ql-release analyze`."""

import multiprocessing
import tempfile
from collections.abc import Iterator
from pathlib import Path

from detection import pelt, threshold, traces
from detection.cases import Case
from detection.outcome import OURS, Found, Outcome
from ql_release.analysis import AnalyzedEvent, analyze
from ql_release.events import BoneContact, HoldEnded, Released, SessionEnded, Slip
from ql_release.simulate import write_rows
from ql_release.simulate.tool import Row


def play_all(cases: list[Case], workers: int) -> Iterator[Outcome]:
    """Yield what comes of each case, in order, however many workers there are."""
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap(play, cases)


def play(case: Case) -> Outcome:
    """Return what comes of a case."""
    samples: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.csv"
        write_rows(_noted(case.rows(), samples), case.sensor(), path)
        ours = tuple(found(analyze(path)))
    trace = traces.means(samples)
    methods = {
        OURS: ours,
        threshold.NAME: tuple(threshold.releases(trace)),
        pelt.NAME: tuple(pelt.releases(trace)),
    }
    return Outcome(case.facts(), tuple(case.truths()), methods)


def _noted(source: Iterator[Row], samples: list[tuple[float, float]]) -> Iterator[Row]:
    """Pass rows on and note their time and total force."""
    for row in source:
        samples.append((row[0], sum(row[1])))
        yield row


def found(events: Iterator[AnalyzedEvent]) -> Iterator[Found]:
    """Yield what is scored of a recording's events."""
    for one in events:
        match one.event:
            case Released(confidence=confidence):
                yield Found("release", one.t_s, one.decided_s, confidence)
            case Slip(confidence=confidence):
                yield Found("slip", one.t_s, one.decided_s, confidence)
            case BoneContact(confidence=confidence):
                yield Found("bonecontact", one.t_s, one.decided_s, confidence)
            case HoldEnded(hold_s=seconds):
                yield Found("hold", one.t_s - seconds, one.decided_s, ends=one.t_s)
            case SessionEnded(duration_s=seconds):
                yield Found("session", one.t_s - seconds, one.decided_s, ends=one.t_s)
