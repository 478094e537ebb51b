"""What is frozen into a MicroPython image: `make ... FROZEN_MANIFEST=<path of this file>`."""

metadata(description="Firmware of the release tool.", version="0.1.0")  # noqa: F821
include("$(PORT_DIR)/boards/manifest.py")  # noqa: F821
package("release_tool", opt=3)  # noqa: F821
module("boot.py", opt=3)  # noqa: F821
module("main.py", opt=3)  # noqa: F821
