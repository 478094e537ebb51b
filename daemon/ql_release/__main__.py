"""Lets `python -m ql_release` stand for the `ql-release` command."""

import sys

from ql_release.cli import main

if __name__ == "__main__":
    sys.exit(main())
