"""`python -m pyprobe_tracer --connect ADDRESS [--session ID] script.py args…`, or `-m module args…`.

An engine that brings its own agent runs this file by its path instead, so that the agent needs no place in the interpreter's
packages and leaves none in the program's `sys.path`.
"""

import os
import sys

if __package__:
    from pyprobe_tracer._process.run import main
else:
    # Python put this folder on the path, unless paths are safe; for the import it has to be the one above.
    is_safe = sys.flags.isolated or getattr(sys.flags, "safe_path", False)
    sys.path[0 : 0 if is_safe else 1] = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    from pyprobe_tracer._process.run import main

    # As `-m` would have left it. A script's folder takes its place.
    try:
        sys.path[0:1] = [] if is_safe else [os.getcwd()]
    except OSError:  # the working directory was removed
        sys.path[0:1] = [""]

main()
