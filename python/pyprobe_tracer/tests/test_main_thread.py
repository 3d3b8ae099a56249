"""The program alone decides which thread imports `threading` first, for that one is the main thread to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyprobe_tracer
from pyprobe_tracer import _main_thread

SOURCES = Path(pyprobe_tracer.__file__).parent

# These know the bytecode of 3.9 to 3.11 and are imported by each other alone.
SWAPPING = ("_splice", "_stubs", "_swap_file", "_swap_placer", "_swapped_code", "_switch")

PROGRAM = """\
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module("pyprobe_tracer." + name)
print("threading" in sys.modules)
"""


def test_no_module_of_the_agent_imports_threading() -> None:
    names = sorted(path.stem for path in SOURCES.glob("_*.py") if path.stem not in ("__init__", "__main__", "_pipe"))
    if sys.version_info < (3, 12):
        names = [name for name in names if "monitoring" not in name and name != "_tools"]
    else:
        names = [name for name in names if name not in SWAPPING]
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM, str(SOURCES.parent), *names], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_the_main_thread_is_known_without_threading() -> None:
    import threading

    assert _main_thread.main_thread_identity() == threading.main_thread().ident
