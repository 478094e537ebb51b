"""Each fault once, small: what `make chaos` does large."""

import os
from pathlib import Path

import pytest
from reliability.catalogue import FAULTS, Fault


def cases() -> list[object]:
    """Return every fault that can be done quickly."""
    return [pytest.param(fault, id=fault.name) for fault in FAULTS if fault.quick is not None]


@pytest.mark.parametrize("fault", cases())
async def test_a_fault_costs_nothing(fault: Fault, mosquitto_program: Path, tmp_path: Path) -> None:
    if not fault.needs():
        reason = f"{fault.name} needs what this machine does not allow"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    assert fault.quick is not None
    row = await fault.done(tmp_path, fault.quick)
    assert row.good, row.line()
    assert row.expected > 0
