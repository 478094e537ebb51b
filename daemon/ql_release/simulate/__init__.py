"""Simulated bodies on a simulated tool, with the truth of what happened.

Seeded and kept apart from `signal`: the two share no model, only the sample block's shape.
"""

from ql_release.simulate.demo import demo_body
from ql_release.simulate.happenings import (
    BoneContact,
    Happening,
    Knock,
    Press,
    Release,
    Shift,
    Sigh,
    Sink,
    Slip,
)
from ql_release.simulate.play import rows
from ql_release.simulate.recording import sample_blocks, write_recording
from ql_release.simulate.scenario import Body, Hold, Scenario, Sensor, Truth, truth
from ql_release.simulate.tissue import LogLinear, PowerLaw, Prony, Tissue

__all__ = [
    "Body",
    "BoneContact",
    "Happening",
    "Hold",
    "Knock",
    "LogLinear",
    "PowerLaw",
    "Press",
    "Prony",
    "Release",
    "Scenario",
    "Sensor",
    "Shift",
    "Sigh",
    "Sink",
    "Slip",
    "Tissue",
    "Truth",
    "demo_body",
    "rows",
    "sample_blocks",
    "truth",
    "write_recording",
]
