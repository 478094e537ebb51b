"""The detection scoreboard: what the detectors find, against what really happened.

`make bench-detection` runs it; it writes docs/detection.md and its pictures. Sessions are simulated
or real (see `cases`), go through `ql_release.analysis` as any recording does, and are scored
beside two baselines.
"""
