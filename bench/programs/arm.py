"""Times the arming of a probe in the middle of a function of 2,000 lines, in this process. Prints microseconds of
processor time as JSON.

    arm.py FOLDER_OF_THE_AGENT

What is timed is what happens in the program when a person clicks: the file was looked at before, the code runs already.
"""

import json
import pathlib
import sys
import tempfile
import time
import types

sys.path.insert(0, sys.argv[1])
from pyprobe_tracer._hit.hits import Anchor  # noqa: E402
from pyprobe_tracer._agent.placer import open_placer  # noqa: E402

LINES = 2_000


def write_module(folder):
    lines = ["def long(n):", *(f"    v{i} = n + {i}" for i in range(LINES)), "    return n", "", "", "long(1)", ""]
    path = folder / "long_module.py"
    path.write_text("\n".join(lines))
    return path


def main():
    states = []
    with tempfile.TemporaryDirectory() as name:
        path = write_module(pathlib.Path(name).resolve())
        placer = open_placer(lambda *state: states.append(state))
        # As the launcher runs a main script: through the placer, which then knows its code.
        module = types.ModuleType("long_module")
        sys.modules["long_module"] = module
        module.__file__ = str(path)
        exec(placer.prepare(path.read_bytes(), str(path)), vars(module))
        took = []
        for i in range(20):
            line = 2 + 40 * i + 500
            anchor = Anchor(str(path), line, 4, f"v{line - 2}", "long", "store")
            began = time.thread_time_ns()
            placer.add(f"p{i + 1}", i + 1, anchor, lambda value, tags, hit: False)
            took.append(time.thread_time_ns() - began)
        placer.close()
    # The newest word on each probe.
    last = {state[0]: state[1] for state in states}
    armed = sum(state == "armed" for state in last.values())
    print(json.dumps({"first_us": took[0] / 1e3, "later_us": sorted(took[1:])[9] / 1e3, "armed": armed, "states": str(states[:1])}))


main()
