"""Keeps out of memory what our libraries import and a daemon never uses: 2 MB.

A library that comes to need it after all gets it. One that no longer imports it, or does so by
another name, is left as it is: then only the memory is lost, and a test tells.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import Any

ZONE_FILES = "/usr/share/zoneinfo"
"""Where Linux has its time zones."""


def spare_libraries() -> None:
    """Leave out what pydantic and paho import for what we do not do; to be called before them."""
    # pydantic looks for plugins, of which we know none, with `importlib.metadata`, which brings
    # e-mail and ZIP archives. Its own switch, PYDANTIC_DISABLE_PLUGINS, is read only after.
    _stand_in("pydantic.plugin._loader", get_plugins=tuple)
    # It also knows time zones; unless told where they lie, Python looks that up among all that it
    # was built with.
    os.environ.setdefault("PYTHONTZPATH", ZONE_FILES)
    # paho asks for the system's proxy, when a package for proxies is installed.
    put_off("urllib.request")


def put_off(name: str) -> None:
    """Have a package's module loaded when something in it is used, not when it is imported.

    The standard library's `LazyLoader` loads at the second import already, before Python 3.12.
    """

    def load(attribute: str) -> Any:
        if sys.modules.get(name) is deferred:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    deferred = _stand_in(name, __getattr__=load)
    package, _, leaf = name.rpartition(".")
    setattr(importlib.import_module(package), leaf, deferred)


def _stand_in(name: str, **contents: Any) -> ModuleType:
    """Put a module in the place of another that is not loaded yet; return what is there then."""
    module = ModuleType(name)
    vars(module).update(contents)
    return sys.modules.setdefault(name, module)
