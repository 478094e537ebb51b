"""The daemon with a folder that is a small disk of its own.

    python small_disk.py FOLDER SIZE run --config …

The disk is memory that only this process sees: it needs no rights but those of a user namespace,
and is gone with the process. Others reach it by /proc/PID/root.
"""

import os
import sys

folder, size, *arguments = sys.argv[1:]
mount = f"mount -t tmpfs -o size={size} small-disk '{folder}'"
daemon = [sys.executable, "-m", "ql_release", *arguments]
shell = ["sh", "-c", f'{mount} && exec "$@"', "sh"]
os.execvp("unshare", ["unshare", "-rm", *shell, *daemon])  # noqa: S606 - it becomes the daemon
