"""Detections to sessions: placements, coverage and dose."""
