"""What the kernel tells of a process: its memory and its processor time."""

import os
from pathlib import Path

MB = 1024
"""KiB, in which the kernel counts."""


def resident_mb(pid: int) -> float:
    """Return a process's resident memory, MB."""
    return _status_mb(pid, "VmRSS:")


def peak_mb(pid: int) -> float:
    """Return the most resident memory that a process has had, MB."""
    return _status_mb(pid, "VmHWM:")


def processor_s(pid: int) -> float:
    """Return the processor time that a process has used, in itself and in the kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _status_mb(pid: int, name: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split(name)[1].split()[0]) / MB
