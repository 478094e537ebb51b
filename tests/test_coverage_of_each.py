"""Each module is covered, not the average of them."""

import json
import subprocess
import sys
from pathlib import Path

from program_paths import ROOT

SCRIPT = ROOT / "scripts/coverage_of_each.py"


def test_each_module_counts_for_itself(tmp_path: Path) -> None:
    """One that is short is named, with what is wanted."""
    report = tmp_path / "coverage.json"
    files = {"a.py": 100.0, "b.py": 96.9}
    content = {name: {"summary": {"percent_covered": value}} for name, value in files.items()}
    report.write_text(json.dumps({"files": content}), encoding="utf-8")
    assert said(report, "97") == (1, "b.py: 96.9 % covered, 97 % are wanted\n")
    assert said(report, "96") == (0, "")


def said(report: Path, percent: str) -> tuple[int, str]:
    """Return how the script ends, and what it says."""
    command = [sys.executable, str(SCRIPT), str(report), percent]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.returncode, found.stdout
