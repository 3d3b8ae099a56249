# On the path of Python programs that a watched program starts; `site` imports it there before the program's first line. It puts
# everything back as it was, runs the sitecustomize that would have run, and starts the agent. Any Python must be able to read
# this file; one that is too old for the agent only puts things back.
import os
import sys


def _restore():
    boot = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path) != boot]
    sys.path_importer_cache.pop(boot, None)
    names = ("PYPROBE_CONNECT", "PYPROBE_SESSION", "PYPROBE_TOKEN", "PYPROBE_PARENT")
    told = dict((name, os.environ.pop(name, None)) for name in names)
    paths = os.environ.pop("PYPROBE_PYTHONPATH", None)
    if paths is None:
        os.environ.pop("PYTHONPATH", None)
    else:
        os.environ["PYTHONPATH"] = paths
    return boot, told


def _start(boot, told):
    source = os.path.dirname(os.path.dirname(boot))
    sys.path.insert(0, source)
    try:
        from pyprobe_tracer._process import boot as agent_boot
    finally:
        sys.path.remove(source)
        sys.path_importer_cache.pop(source, None)
    agent_boot.boot(told["PYPROBE_CONNECT"], told["PYPROBE_SESSION"] or "", told["PYPROBE_TOKEN"] or "", told["PYPROBE_PARENT"])


_boot, _told = _restore()
if _told["PYPROBE_CONNECT"] and sys.version_info >= (3, 9):
    try:
        _start(_boot, _told)
    except Exception:
        pass  # the program has priority

# The import system puts whatever stands in sys.modules now in the place of this module, and an ImportError of this name is what
# `site` expects when there is none.
del sys.modules["sitecustomize"]
import sitecustomize  # noqa: E402, F401
