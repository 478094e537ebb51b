"""How a person is told: on phones with buttons, by other targets, aloud; and by repairs."""

from .courier import Courier

__all__ = ["Courier"]
