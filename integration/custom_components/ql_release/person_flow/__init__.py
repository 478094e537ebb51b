"""The flow in which people are added, and choose their plan."""

from .flow import PersonFlow

__all__ = ["PersonFlow"]
