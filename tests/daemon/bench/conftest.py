"""Cases made by hand for the scoreboard."""

from collections.abc import Callable, Sequence

import pytest
from detection.outcome import OURS, Facts, Found, Outcome
from detection.tables import METHODS

from ql_release.simulate import Truth

Make = Callable[..., Outcome]


@pytest.fixture
def outcome() -> Make:
    """Makes an outcome of a hold from 10 to 70 s with what is given in it."""

    def make(
        truths: Sequence[Truth] = (),
        found: Sequence[Found] = (),
        name: str = "seed 1",
        **facts: object,
    ) -> Outcome:
        described = {
            "real": False,
            "tissue": "PowerLaw",
            "rate_hz": 100.0,
            "zones": 4,
            "imu": True,
            "breath": 0.03,
            "sway": 0.005,
            **facts,
        }
        frame = (Truth("session", 10.0, 70.0), Truth("hold", 10.0, 70.0))
        ours = (
            Found("hold", 10.1, 70.5, ends=70.0),
            Found("session", 10.1, 80.0, ends=70.0),
            *found,
        )
        methods = dict.fromkeys(METHODS, tuple(found)) | {OURS: ours}
        return Outcome(Facts(name=name, **described), (*frame, *truths), methods)  # type: ignore[arg-type]

    return make
