"""Prints all that a program can see of how it was started: the same with and without us. Probe: `shown`."""

import json
import os
import sys
import threading

shown = {
    "argv": sys.argv,
    "name": __name__,
    "file": __file__,
    "main": sys.modules["__main__"].__dict__ is globals(),
    "path0": sys.path[0],
    "cwd": os.getcwd(),
    "flags": str(sys.flags),
    "spec": str(__spec__),
    "cached": str(globals().get("__cached__")),
    "names": sorted(name for name in globals() if not name.startswith("__")),
    "threads": sorted(thread.name for thread in threading.enumerate()),
    "trace": str(sys.gettrace()),
    "isatty": sys.stdin is not None and sys.stdin.isatty(),
}
print(json.dumps(shown, indent=1))
