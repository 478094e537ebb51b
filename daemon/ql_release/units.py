"""Units that several rooms share."""

MICROSECONDS = 1_000_000
"""Microseconds in a second."""
STANDARD_GRAVITY = 9.80665
"""m/s², to turn a mass into a weight."""
