"""The program alone decides which thread imports `threading` first, for that one is the main thread to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyprobe_tracer
from pyprobe_tracer._hit import main_thread as main_thread_module

SOURCES = Path(pyprobe_tracer.__file__).parent

PROGRAM = """\
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module("pyprobe_tracer." + name)
print("threading" in sys.modules)
"""


def test_no_module_of_the_agent_imports_threading() -> None:
    other_mechanism = "_swap" if sys.version_info >= (3, 12) else "_monitoring"
    names = sorted(
        f"{path.parent.name}.{path.stem}"
        for path in SOURCES.glob("_*/*.py")
        if path.parent.name != other_mechanism and path.stem not in ("__init__", "pipe")
    )
    assert len(names) > 40
    done = subprocess.run(
        [sys.executable, "-S", "-c", PROGRAM, str(SOURCES.parent), *names], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_the_main_thread_is_known_without_threading() -> None:
    import threading

    assert main_thread_module.main_thread_identity() == threading.main_thread().ident
