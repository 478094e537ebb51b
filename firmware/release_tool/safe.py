"""Whether the tool was started in safe mode: set by `boot.py`, obeyed by `main.py`."""

mode = False
