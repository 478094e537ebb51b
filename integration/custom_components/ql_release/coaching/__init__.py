"""The coach at home: what connects the pure engine in `coach` with Home Assistant."""
