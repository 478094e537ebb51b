"""Samples to detections: pure, synchronous, no clock and no I/O."""
