"""Simulated bodies on a simulated tool, with the truth of what happened.

Seeded and kept apart from `signal`: the two share no model, only the sample block's shape.
"""

from ql_release.simulate.demo import demo_body
from ql_release.simulate.happenings import (
    BoneContact,
    Break,
    Drift,
    Ease,
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
from ql_release.simulate.population import population
from ql_release.simulate.recording import sample_blocks, write_recording, write_rows
from ql_release.simulate.scenario import Body, Defect, Hold, Scenario, Sensor
from ql_release.simulate.tissue import (
    Fractional,
    LogLinear,
    PowerLaw,
    Prony,
    QuasiLinear,
    StandardLinear,
    Stretched,
    Tissue,
)
from ql_release.simulate.truth import Truth, truth

__all__ = [
    "Body",
    "BoneContact",
    "Break",
    "Defect",
    "Drift",
    "Ease",
    "Fractional",
    "Happening",
    "Hold",
    "Knock",
    "LogLinear",
    "PowerLaw",
    "Press",
    "Prony",
    "QuasiLinear",
    "Release",
    "Scenario",
    "Sensor",
    "Shift",
    "Sigh",
    "Sink",
    "Slip",
    "StandardLinear",
    "Stretched",
    "Tissue",
    "Truth",
    "demo_body",
    "population",
    "rows",
    "sample_blocks",
    "truth",
    "write_recording",
    "write_rows",
]
