"""The same program under plain python and with the agent in it: exit code, stdout and stderr are the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine_peer import SOURCE, Engine

PROGRAMS = {
    "names.py": """\
        import os, sys, threading, warnings
        names = dict(globals())
        print([(k, type(v).__name__, v if isinstance(v, (str, type(None), dict)) else 0) for k, v in names.items()])
        print(sys.argv, sys.path, sys.flags, sys.warnoptions, sys._xoptions, getattr(sys, "orig_argv", [""])[1:])
        print(__name__, __spec__, type(__loader__), __builtins__, sys.modules["__main__"].__dict__ is globals())
        print(sorted(k for k in os.environ if "PY" in k), warnings.filters)
        print(threading.enumerate(), threading.main_thread() is threading.current_thread(), threading.active_count())
        print(sys.gettrace(), sys.getprofile(), sys.excepthook is sys.__excepthook__, os.getcwd())
        """,
    "raises.py": """\
        def f():
            raise ValueError("é")
        try:
            {}["a"]
        except KeyError:
            f()
        """,
    "syntax.py": "def f(:\n    pass\n",
    "null_byte.py": "x = '\0'\n",
    "bad_encoding.py": "# coding: nonsense\n",
    "exit_text.py": "import sys; print('out'); sys.exit('text')\n",
    "exit_3.py": "import sys; sys.exit(3)\n",
    "exit_none.py": "raise SystemExit\n",
    "exit_object.py": "raise SystemExit([1, 2])\n",
    "os_exit.py": "import os; os._exit(7)\n",
    "hook.py": """\
        import sys, traceback
        def hook(kind, value, trace):
            print(kind, value, len(traceback.extract_tb(trace)), value.__traceback__ is trace, file=sys.stderr)
        sys.excepthook = hook
        1 / 0
        """,
    "hook_fails.py": """\
        import sys
        def hook(*_):
            raise KeyError("in the hook")
        sys.excepthook = hook
        1 / 0
        """,
    "hook_exits.py": "import sys\nsys.excepthook = lambda *_: sys.exit(9)\n1 / 0\n",
    "interrupt.py": "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n",
    "interrupt_caught.py": """\
        import os, signal, time
        try:
            os.kill(os.getpid(), signal.SIGINT); time.sleep(5)
        except KeyboardInterrupt:
            print("caught")
        """,
    "terminated.py": "import os, signal\nprint('x', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\n",
    "stdin.py": "import sys\nprint(input(), sys.stdin.read())\n",
    "at_exit.py": """\
        import atexit, threading, time
        atexit.register(print, "first")
        atexit.register(lambda: 1 / 0)
        class Late:
            def __del__(self): print("late")
        late = Late()
        threading.Thread(target=lambda: (time.sleep(0.1), print("thread"))).start()
        print("main ends")
        """,
    "warns.py": "import warnings\nwarnings.warn('w')\nwarnings.warn('d', DeprecationWarning)\n",
    "pickles.py": """\
        import pickle
        class A: pass
        def f(): pass
        print(type(pickle.loads(pickle.dumps(A()))) is A, pickle.loads(pickle.dumps(f)) is f, A.__module__)
        """,
    "processes.py": """\
        import multiprocessing, os
        class Item:
            def __init__(self, value): self.value = value
        def work(queue, item): queue.put((item.value, __name__, sorted(k for k in os.environ if "PYPROBE" in k)))
        if __name__ == "__main__":
            for method in ("spawn", "forkserver", "fork"):
                context = multiprocessing.get_context(method)
                queue = context.Queue()
                process = context.Process(target=work, args=(queue, Item(5)))
                process.start(); print(method, queue.get()); process.join(); print(process.exitcode)
        """,
    "pool.py": """\
        from concurrent.futures import ProcessPoolExecutor
        if __name__ == "__main__":
            with ProcessPoolExecutor(2) as pool: print(list(pool.map(abs, range(-3, 3))))
        """,
    "fork.py": """\
        import os, sys
        child = os.fork()
        if child == 0: print("child", flush=True); sys.exit(4)
        print(os.waitpid(child, 0)[1])
        """,
    "children.py": """\
        import os, subprocess, sys, traceback
        code = "import os, sys; print(sys.argv, sys.path, sorted(os.environ), 'sitecustomize' in sys.modules, sys.exit(2))"
        for env in (None, {"A": "1"}, {**os.environ, "PYTHONPATH": "/tmp"}):
            for options in ({}, {"close_fds": False}, {"cwd": "/"}):
                print(subprocess.run([sys.executable, "-c", code, "a"], env=env, capture_output=True, **options))
        print(subprocess.run(["env"], env={"A": "1"}, capture_output=True).stdout)
        print(subprocess.run("env | grep -c PYPROBE", shell=True, capture_output=True).stdout)
        print(subprocess.run([sys.executable, "-I", "-c", "1/0"], capture_output=True))
        try: subprocess.run(["no-such-program"])
        except OSError: traceback.print_exc()
        """,
    "threads.py": """\
        import threading
        def work(): raise ValueError("in a thread")
        thread = threading.Thread(target=work); thread.start(); thread.join()
        threading.excepthook = lambda args: print("own hook", args.exc_type)
        thread = threading.Thread(target=work); thread.start(); thread.join()
        """,
    "tasks.py": """\
        import asyncio
        async def bad(): raise KeyError("task")
        async def main():
            task = asyncio.create_task(bad()); await asyncio.sleep(0.2); del task
        asyncio.run(main())
        """,
    "recursion.py": "import sys\nsys.setrecursionlimit(200)\ndef f(): f()\ntry: f()\nexcept RecursionError: print('deep')\n",
    "signals.py": "import signal\nprint([(s, str(signal.getsignal(s))) for s in range(1, 32)])\n",
    "replaced_modules.py": """\
        import os, time, sys
        time.monotonic_ns = time.monotonic = time.sleep = os.write = os.fstat = None
        x = 1
        print("ok")
        """,
}
ARGUMENTS: dict[str, list[str]] = {"names.py": ["a", "-b", "--connect"]}
FLAGS = [["-O"], ["-W", "error"], ["-X", "utf8"], ["-B", "-u"], ["-q"]]


@pytest.fixture
def here(tmp_path: Path) -> Path:
    import textwrap

    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(textwrap.dedent(text))
    for folder in ("folder", "package"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__main__.py").write_text("import sys\nprint(sys.argv, sys.path[0], __file__, __package__)\n1 / 0\n")
    (tmp_path / "package" / "__init__.py").write_text("")
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.write(tmp_path / "folder" / "__main__.py", "__main__.py")
    (tmp_path / "input").write_bytes(b"first\nrest")
    (tmp_path / "link.py").symlink_to(tmp_path / "folder" / "__main__.py")
    return tmp_path


def same(text: bytes) -> bytes:
    """Without what differs from run to run."""
    return re.sub(rb"0x[0-9a-f]+|pid=\d+|started \d+|/\S*sitecustomize", b"@", text)


def compare(here: Path, arguments: list[str], flags: Any = (), **options: Any) -> None:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE), "PYPROBE_DEBUG": "1"}
    with open(here / "input", "rb") as stdin:
        command = [sys.executable, *flags, *arguments]
        plain = subprocess.run(command, env=environment, stdin=stdin, capture_output=True, cwd=here)
    (here / "engine").mkdir(exist_ok=True)
    engine = Engine(here / "engine")
    with open(here / "input", "rb") as stdin:
        code, out, err = engine.run(*arguments, flags=flags, stdin=stdin, cwd=str(here), **options)
    engine.close()
    assert (code, same(out), same(err)) == (plain.returncode, same(plain.stdout), same(plain.stderr))


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_program(here: Path, name: str) -> None:
    compare(here, [name, *ARGUMENTS.get(name, [])])


@pytest.mark.skipif(
    getattr(os, "getuid", lambda: 0)() == 0, reason="nothing is kept from root, and Windows has no such permissions"
)
def test_a_script_that_may_not_be_read(here: Path) -> None:
    (here / "names.py").chmod(0)
    compare(here, ["names.py"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["folder", "x"],
        ["./folder/"],
        ["app.zip", "x"],
        ["link.py"],
        ["-m", "package", "x"],
        ["-m", "raises"],
        ["-m", "names", "a"],
        ["-m", "no_such_module"],
        ["-m", "package.no_such"],
        ["-m", "syntax"],
        ["no_such.py"],
        ["package/../raises.py"],
        ["."],
        ["engine"],
        ["./raises.py"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("by_path", [False, True], ids=["-m", "path"])
def test_kind_of_program(here: Path, arguments: list[str], by_path: bool) -> None:
    (here / "engine").mkdir()
    compare(here, arguments, by_path=by_path)


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
@pytest.mark.parametrize("by_path", [False, True], ids=["-m", "path"])
def test_flags_of_the_interpreter(here: Path, flags: list[str], by_path: bool) -> None:
    compare(here, ["names.py"], flags, by_path=by_path)


@pytest.mark.parametrize("flags", [["-E", "-s"], ["-I"], ["-S"], ["-P"]], ids=" ".join)
def test_isolated_interpreters(here: Path, flags: list[str]) -> None:
    if flags == ["-P"] and sys.version_info < (3, 11):
        pytest.skip("-P came with 3.11")
    compare(here, ["names.py"], flags, by_path=True)


@pytest.mark.parametrize("name", ["raises.py", "syntax.py", "processes.py", "at_exit.py"])
def test_program_by_path(here: Path, name: str) -> None:
    compare(here, [name], by_path=True)


def test_interrupt_from_the_terminal(here: Path) -> None:
    (here / "waits.py").write_text("import time\nprint('ready', flush=True)\nwhile True:\n    time.sleep(0.01)\n")
    (here / "engine").mkdir()
    engine = Engine(here / "engine")
    process = engine.start("waits.py", cwd=str(here))
    engine.until(lambda: bool(engine.links and engine.links[0].event("rings")))
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    engine.until(lambda: process.poll() is not None)
    err = process.communicate()[1]
    assert process.returncode == -signal.SIGINT
    assert err.endswith(b"KeyboardInterrupt\n") and b"pyprobe_tracer" not in err
    engine.until(lambda: engine.links[0].is_closed)
    assert engine.links[0].event("end")


@pytest.mark.parametrize("arguments", [[], ["--connect"], ["--connect", "unix:/x"], ["--connect", "unix:/x", "-m"]])
def test_usage(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pyprobe_tracer", *arguments]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m pyprobe_tracer")
