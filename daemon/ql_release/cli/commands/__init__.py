"""One module for each command, with `main(options, console) -> int`."""
