"""Names that several parts of the integration share."""

from typing import Final

DOMAIN: Final = "ql_release"
MANUFACTURER: Final = "QL Release"

CONF_PREFIX: Final = "prefix"
CONF_WITHOUT_TOOL: Final = "without_tool"
CONF_SAFETY_READ_ON: Final = "safety_read_on"
CONF_CONFIDENCE: Final = "confidence"

SUBENTRY_PERSON: Final = "person"
CONF_PERSON: Final = "person"
CONF_THRESHOLD: Final = "threshold_n"
CONF_THRESHOLD_AT: Final = "threshold_at"
CONF_CALIBRATED_AT: Final = "calibrated_at"
CONF_APPROACH: Final = "approach"
CONF_BODY_MASS: Final = "body_mass_kg"
CONF_SESSIONS_PER_WEEK: Final = "sessions_per_week"
CONF_HOLD: Final = "hold_s"
CONF_NOTIFY: Final = "notify"
CONF_COACH: Final = "coach"
CONF_SOURCES: Final = "sources"
CONF_DELIVERY: Final = "delivery"

NOT_SET: Final = "not_set"
"""The option that stands for no person and for no placement."""
