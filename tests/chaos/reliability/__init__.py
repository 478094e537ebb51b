"""What the daemon survives: real programs are made to fail while a watcher counts the events.

`make chaos` runs all of it and writes docs/reliability.md; `make test` runs each fault once, small.
"""
