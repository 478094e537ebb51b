"""Reports: a file's sessions as pages to read, print and keep.

`gathering` plays a file through the same path as `analyze` and keeps its curves in bounded memory;
it draws nothing. The other modules draw with matplotlib, from the `analysis` extra: only the
command `report` imports them. pyplot is not used, so that nothing is left behind in the process.
"""
