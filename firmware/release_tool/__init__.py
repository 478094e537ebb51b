"""The firmware of the release tool: sensors to frames, over serial or TCP."""
