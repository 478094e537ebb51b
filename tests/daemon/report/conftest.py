"""Sessions to report on, gathered once for all tests that only look at them."""

from pathlib import Path

import pytest
from pipeline_cases import UID
from report_files import demo_recording, placed_steps, write_capture

from ql_release.analysis import analyze
from ql_release.events import Released
from ql_release.marks import Mark, MarkKind
from ql_release.report.gathering import Gathered, gather


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demonstration's body as a recording."""
    return demo_recording(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demo_gathered(demo: Path) -> Gathered:
    """Return its session."""
    return gather(demo)


@pytest.fixture(scope="session")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a capture whose places were told and whose release was felt."""
    path = tmp_path_factory.mktemp("placed") / "placed.qlcap"
    steps = placed_steps()
    write_capture(path, steps)
    (released,) = [one.event for one in analyze(path) if isinstance(one.event, Released)]
    answer = {"command": "c1", "release": released.id, "felt": True, "session": released.session}
    last = steps[-1]
    steps.append(Mark(MarkKind.FELT, UID, 10**6, last.host_us, answer))
    return write_capture(path, steps)


@pytest.fixture(scope="session")
def placed_gathered(placed: Path) -> Gathered:
    """Return its session."""
    return gather(placed)
