"""Labelled recordings: sessions with what people felt, out of the journal for later work.

`rows` makes the table of one session's releases, `folder` keeps it beside the captures,
`export` brings both together.
"""
