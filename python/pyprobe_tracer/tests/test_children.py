"""Children of a watched program are targets of the same session."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from engine_peer import AgentLink, Engine, probe

WORK = """\
def work(value):
    result = value * 2
    return result
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "job.py").write_text(WORK)
    return tmp_path


def watch(here: Path, program: str, **welcome: Any) -> tuple[Engine, bytes]:
    script = here / "program.py"
    script.write_text(textwrap.dedent(program))
    engine = Engine(here, [probe(1, here / "job.py", 2, "result", function="work")], **welcome)
    code, out, err = engine.run(script, cwd=str(here))
    assert (code, err) == (0, b"")
    return engine, out


def values(link: AgentLink) -> list[Any]:
    return [record.value for record in link.captures]


def test_fork(here: Path) -> None:
    engine, _ = watch(
        here,
        """\
        import os, job
        job.work(1)
        child = os.fork()
        job.work(10 if child else 100)
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        job.work(2)
        """,
    )
    parent, child = engine.links
    assert (child.hello["parent"], parent.hello["parent"]) == (parent.hello["pid"], None)
    assert values(parent) == [2, 20, 4]
    assert values(child) == [200]
    assert [record.seq for record in child.captures] == [1]


def test_grandchildren_by_fork(here: Path) -> None:
    engine, _ = watch(
        here,
        """\
        import os, job
        for level in range(3):
            child = os.fork()
            if child:
                os.waitpid(child, 0)
                break
            job.work(level)
        """,
    )
    assert sorted(value for link in engine.links for value in values(link)) == [0, 2, 4]
    assert all(link.event("end") for link in engine.links)
    pids = {link.hello["pid"] for link in engine.links}
    assert len(pids) == 4 and all(link.hello["parent"] in pids for link in engine.links[1:])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(here: Path, method: str) -> None:
    engine, _ = watch(
        here,
        f"""\
        import multiprocessing, job
        if __name__ == "__main__":
            context = multiprocessing.get_context("{method}")
            process = context.Process(target=job.work, args=(21,))
            process.start()
            process.join()
            assert process.exitcode == 0
        """,
    )
    (worker,) = [link for link in engine.links if link.captures]
    assert values(worker) == [42]
    assert worker.event("end")[0]["lastSeq"] == 1
    assert worker.totals()["p1"]["captures"] == 1
    assert not any("resource_tracker" in " ".join(link.hello["argv"]) for link in engine.links)


def test_subprocesses(here: Path) -> None:
    engine, out = watch(
        here,
        """\
        import os, subprocess, sys
        code = "import job; print(job.work(4))"
        for env in (None, {"PATH": os.environ["PATH"]}):
            subprocess.run([sys.executable, "-c", code], env=env, check=True)
        subprocess.run(f"{sys.executable} -c '{code}'", shell=True, check=True)
        subprocess.run(["true"], check=True)
        """,
    )
    assert out == b"8\n" * 3
    children = engine.links[1:]
    assert [values(link) for link in children] == [[8]] * 3
    assert all(link.event("end") for link in children)


def test_isolated_interpreters_are_given_nothing(here: Path) -> None:
    if subprocess.run([sys.executable, "-I", "-c", ""], capture_output=True).returncode != 0:
        pytest.skip("this Python finds its library by the environment alone")
    engine, out = watch(
        here,
        """\
        import subprocess, sys
        code = "import os; print('PYPROBE_TOKEN' in os.environ, 'boot' in os.environ['PYTHONPATH'])"
        for flags in (["-I"], ["-E"], ["-S"], ["-uE"], ["-X", "utf8", "-I"], ["-Werror", "-I"]):
            subprocess.run([sys.executable, *flags, "-c", code], check=True)
        subprocess.run([sys.executable, "-X", "dev", "-c", code, "-I"], check=True)
        """,
    )
    assert out == b"False False\n" * 7
    assert len(engine.links) == 2


CHILD = """\
import sys
total = len(sys.argv)
def add(value):
    total = value + 1
    return total
print(add(total), sys.argv, sys.path[0] == sys.path[-1], __file__, __spec__, __package__, sys.path_hooks[2:])
print(sorted(globals()), sys.modules["__main__"].__dict__ is globals())
if total > 1:
    raise ValueError
"""


@pytest.mark.parametrize("arguments", [["child.py"], ["./child.py", "x"], ["-u", "child.py", "x", "y"]])
def test_the_script_of_a_subprocess(here: Path, arguments: list[str]) -> None:
    (here / "child.py").write_text(CHILD)
    script = here / "program.py"
    script.write_text(f"import subprocess, sys\nsubprocess.run([sys.executable, *{arguments}])\n")
    plain = subprocess.run([sys.executable, str(script)], cwd=here, capture_output=True)
    engine = Engine(
        here,
        [probe(1, here / "child.py", 2, "total"), probe(2, here / "child.py", 4, "total", function="add")],
    )
    assert engine.run(script, cwd=str(here)) == (0, plain.stdout, plain.stderr)
    (child,) = engine.links[1:]
    count = len(arguments) - (arguments[0] == "-u")
    assert values(child) == [count, count + 1]
    assert len(child.event("exception")) == (count > 1)


def test_the_script_of_a_subprocess_that_does_not_parse(here: Path) -> None:
    (here / "child.py").write_text("x = 1\nif x\n")
    script = here / "program.py"
    script.write_text("import subprocess, sys\nsubprocess.run([sys.executable, 'child.py'])\n")
    plain = subprocess.run([sys.executable, str(script)], cwd=here, capture_output=True)
    engine = Engine(here, [probe(1, here / "child.py", 1, "x")])
    assert engine.run(script, cwd=str(here)) == (0, plain.stdout, plain.stderr)


def test_packets_from_children(here: Path) -> None:
    engine, _ = watch(
        here,
        """\
        import os, job
        child = os.fork()
        if child == 0:
            job.work([1.0] * 3)
            raise SystemExit
        os.waitpid(child, 0)
        """,
        rings=None,
    )
    (numbers,) = values(engine.links[1])
    assert numbers.numbers() == [1.0] * 6


def test_fork_after_the_engine_has_gone(here: Path) -> None:
    script = here / "program.py"
    script.write_text(
        "import os, sys, time\nsys.stdin.read()\ntime.sleep(0.2)\n"
        "child = os.fork()\nif child == 0:\n    os._exit(3)\nprint(os.waitpid(child, 0)[1] >> 8)\n"
    )
    engine = Engine(here)
    process = engine.start(script, stdin=subprocess.PIPE)
    engine.until(lambda: bool(engine.links and engine.links[0].event("rings")))
    engine.links[0].socket.close()
    engine.close()
    assert process.communicate(b"", timeout=30)[0] == b"3\n"


def test_sitecustomize_of_the_child_still_runs(here: Path) -> None:
    (here / "custom").mkdir()
    (here / "custom" / "sitecustomize.py").write_text("print('custom', __file__.endswith('custom/sitecustomize.py'))\n")
    _, out = watch(
        here,
        """\
        import os, subprocess, sys
        subprocess.run([sys.executable, "-c", "import sys; print('sitecustomize' in sys.modules)"],
                       env={**os.environ, "PYTHONPATH": os.path.join(os.getcwd(), "custom")})
        """,
    )
    assert out == b"custom True\nTrue\n"


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows the process that replaces another has a pid of its own")
@pytest.mark.parametrize("how", ["execv", "execve", "execvp", "execle", "fails"])
def test_a_program_that_replaces_itself(here: Path, how: str) -> None:
    traces = "[name for name in os.environ if name in ('PYPROBE_CONNECT', 'PYPROBE_TOKEN', 'PYPROBE_PARENT')]"
    (here / "next.py").write_text(f"import job, os\njob.work(10)\nprint({traces})\n")
    call = {
        "execv": "os.execv(sys.executable, [sys.executable, 'next.py'])",
        "execve": "os.execve(sys.executable, [sys.executable, 'next.py'], os.environ)",
        "execvp": "os.execvp(sys.executable, [sys.executable, 'next.py'])",
        "execle": "os.execle(sys.executable, sys.executable, 'next.py', {**os.environ, 'MORE': '1'})",
        "fails": "os.execv('/nowhere/python', ['python', 'next.py'])",
    }[how]
    engine, out = watch(
        here,
        f"""\
        import os, sys, job
        job.work(1)
        try:
            {call}
        except OSError:
            job.work(2)
        """,
    )
    if how == "fails":
        (only,) = engine.links
        assert values(only) == [2, 4]
        return
    before, after = engine.links
    assert out == b"[]\n"
    assert (values(before), values(after)) == ([2], [20])
    assert (after.hello["pid"], after.hello["parent"]) == (before.hello["pid"], None)
    assert after.hello["argv"] == ["next.py"]
