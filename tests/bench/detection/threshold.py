"""Baseline: a release is a fall of 5 % within 5 s. It knows nothing of decay, breath or motion.

It is given what any such rule would need: contacts, and that the first 12 s do not count. It
fires once, and again only after the force has stopped falling.
"""

from detection.outcome import Found
from detection.traces import STEP_S, contacts

NAME = "5 % in 5 s"

FALL = 0.05
WITHIN_S = 5.0
AFTER_S = 12.0
"""The share that must be gone, within how long, and how far into a contact."""


def releases(trace: list[tuple[float, float]]) -> list[Found]:
    """Return what the rule takes for releases in a trace of means."""
    found = []
    for contact in contacts(trace):
        armed = True
        for back, now in zip(contact, contact[round(WITHIN_S / STEP_S) :], strict=False):
            fallen = now[1] < (1.0 - FALL) * back[1]
            if fallen and armed and now[0] - contact[0][0] >= AFTER_S:
                found.append(Found("release", now[0], now[0] + STEP_S))
            armed = not fallen
    return found
