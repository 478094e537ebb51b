"""One row of faults, done one after another in a process of its own.

    python -m reliability.lane NAME…

Prints each row as a line of JSON as soon as it is known.
"""

import asyncio
import dataclasses
import json
import sys
import tempfile
import traceback
from pathlib import Path

from reliability.catalogue import FAULTS, Fault
from reliability.row import Row


async def attempt(fault: Fault) -> Row:
    """Do a fault at its full size; whatever breaks is a row that is bad."""
    with tempfile.TemporaryDirectory(prefix="ql-release-chaos-") as folder:
        try:
            return await fault.done(Path(folder), fault.full)
        except Exception as error:  # noqa: BLE001 - the others must have their turn
            traceback.print_tb(error.__traceback__)
            print(fault.name, "broke off:", str(error).partition("\n")[0], file=sys.stderr)
            return Row(fault.name, "", 0, 0, 0, 0, 0.0).with_problem("it broke off")


def main(names: list[str]) -> None:
    """Do the faults of these names."""
    for fault in FAULTS:
        if fault.name in names:
            row = asyncio.run(attempt(fault))
            print(json.dumps([fault.name, dataclasses.asdict(row)]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
