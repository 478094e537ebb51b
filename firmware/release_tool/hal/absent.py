"""The force sensor of a board that has none, or none that is known: every zone is at fault.

With it a board without drivers starts, connects and says so.
"""

from release_tool.compat import const

_PERIOD_US = const(100_000)


class AbsentForce:
    """The driver interface of `drivers/README.md`, without a sensor.

    Attributes:
        zones: zones that the tool should have.
        kinds: none is for contact only.
        rate_hz: how often the fault is reported.
        data_ready: None, the board keeps the beat itself.
    """

    kinds = 0
    rate_hz = max_hz = 1_000_000 // _PERIOD_US
    data_ready = None
    newtons_per_count = 0.0

    def __init__(self, zones=4):
        self.zones = zones

    def read_into(self, _counts):
        """Change nothing; return that every zone is at fault."""
        return (1 << self.zones) - 1

    def set_rate(self, _hz):
        """Return the one rate there is."""
        return self.rate_hz
