"""Garbage for everything that reads what others wrote; `make fuzz`, and a little in `make test`."""
