"""Runs every `check_*` function of a module, under whatever Python this is.

Usage: run.py FIRMWARE PROGRAMS MODULE [ARGUMENT]. Exit code 0 when all held.
"""

import sys


def main(firmware, programs, module, argument=None):
    """Run the checks; return how many failed."""
    sys.path[:0] = [firmware, programs, programs + "/fakes"]
    loaded = __import__(module)
    if argument is not None:
        loaded.ARGUMENT = argument
    names = [name for name in dir(loaded) if name[:6] == "check_"]
    failures = 0
    for name in names:
        try:
            getattr(loaded, name)()
        except BaseException as error:
            failures += 1
            print("FAILED", name)
            show(error)
    print(len(names), "checks,", failures, "failed")
    return failures if names else 1


def show(error):
    """Print an error with where it came from."""
    if hasattr(sys, "print_exception"):
        sys.print_exception(error)
    else:
        import traceback

        traceback.print_exception(error)


sys.exit(main(*sys.argv[1:]))
