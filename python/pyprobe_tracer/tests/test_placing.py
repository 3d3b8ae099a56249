# ruff: noqa: E501
"""Placing, resting and removing probes while a program lives."""

from __future__ import annotations

import sys
import time
import types
from pathlib import Path

import pytest

from pyprobe_tracer._hit.hits import Anchor
from recorder import HAS_MONITORING, Program, Recorder, load_plainly

needs_monitoring = pytest.mark.skipif(not HAS_MONITORING, reason="CPython 3.9 to 3.11 cannot do this")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def test_function_loaded_before_the_probe(path: Path) -> None:
    program = Program(
        "def f(«a»):\n    «x» = «a» + 1\n    return x\nclass C:\n    def m(self, n):\n        «y» = n\n        return lambda k: «k» * n\n",
        path,
    )
    module = load_plainly(program)
    method = module.C().m
    with Recorder() as recorder:
        recorder.placer.prepare(b"", "<main>")
        ids = recorder.add_all(program)
        assert [recorder.state(one)[0] for one in ids] == ["armed"] * 5
        assert module.f(1) == 2
        assert method(3)(4) == 12
        assert [(hit.probe, hit.value) for hit in recorder.hits] == [(0, 1), (2, 1), (1, 2), (3, 3), (4, 4)]


def test_probes_come_and_go(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n    «y» = «x» + 1\n    return y\n", path)
    with Recorder() as recorder:
        module = recorder.run(program)
        first = recorder.add(program.anchors[0])
        module.f(1)
        recorder.add(program.anchors[1])
        module.f(2)
        recorder.placer.remove(first)
        recorder.add(program.anchors[2])
        module.f(3)
        assert [(hit.probe, hit.value) for hit in recorder.hits] == [(0, 1), (0, 2), (1, 3), (2, 3), (1, 4)]
        assert [hit.call for hit in recorder.hits] == [1, 2, 2, 3, 3]


def test_two_probes_on_one_anchor(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n    return «x»\n", path)
    with Recorder() as recorder:
        for anchor in (*program.anchors, *program.anchors):
            recorder.add(anchor)
        recorder.run(program).f(5)
        assert sorted(hit.probe for hit in recorder.hits) == [0, 1, 2, 3]
        recorder.placer.remove("p1")
        recorder.hits.clear()
        recorder.run(program).f(6)
        assert sorted(hit.probe for hit in recorder.hits) == [1, 2, 3]


def test_rest_and_arm(path: Path) -> None:
    program = Program("def f():\n    for i in range(4):\n        «x» = i\n        step(i)\n", path)
    with Recorder() as recorder:
        probe = recorder.add(program.anchors[0])
        module = recorder.run(program)

        def step(i: int) -> None:
            if i == 2:
                recorder.rests.clear()
                recorder.placer.arm(probe)

        module.step = step
        recorder.rests.add(0)
        module.f()
        assert [(hit.value, hit.call, hit.hit) for hit in recorder.hits] == [(0, 1, 1), (3, 1, 2)]
        recorder.placer.rest(probe)
        module.step = lambda i: None
        module.f()
        recorder.placer.arm(probe)
        recorder.placer.arm(probe)
        module.f()
        assert [hit.value for hit in recorder.hits[2:]] == [0, 1, 2, 3]
        assert {hit.call for hit in recorder.hits[2:]} == {2}


def test_symbolic_link(tmp_path: Path) -> None:
    real = Program("def f():\n    «x» = 1\n", tmp_path / "real.py")
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "real.py")
    through_link = real.anchors[0]._replace(file=str(link))
    with Recorder() as recorder:
        recorder.add(through_link)
        recorder.run(real).f()
        code = recorder.placer.prepare(real.source.encode(), str(link))
        module = types.ModuleType("linked")
        exec(code, module.__dict__)
        module.f()
        assert recorder.values() == [1, 1]


@needs_monitoring  # swapped code has to be compiled by the launcher or an import; the functions are swapped once they exist
def test_code_run_by_exec(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n    return x\n«y» = f(1)\nz = f(2)\n", path)
    with Recorder() as recorder:
        recorder.add_all(program)
        main = recorder.placer.prepare(b"exec(compile(source, path, 'exec'), {})", str(path.parent / "main.py"))
        exec(main, {"source": program.source, "path": str(path)})
        assert [(hit.probe, hit.value) for hit in recorder.hits] == [(0, 1), (1, 1), (0, 2)]


def test_code_that_is_loaded_again(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n", path)
    with Recorder() as recorder:
        recorder.add_all(program)
        for value in range(3):
            recorder.run(program).f(value)
        assert [(hit.value, hit.call) for hit in recorder.hits] == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    ("line", "column", "symbol", "context", "code", "text"),
    [
        (
            1,
            0,
            "x",
            "store",
            "no_code",
            'Cannot place probe on "x" at program.py:1: the line has no code (next line with code is 2)',
        ),
        (3, 4, "zz", "store", "no_such_name", 'Cannot place probe on "zz" at program.py:3: the name does not occur there'),
        (3, 5, "x", "load", "no_such_name", 'Cannot place probe on "x" at program.py:3: the name does not occur there'),
    ],
)
def test_what_cannot_be_placed(path: Path, line: int, column: int, symbol: str, context: str, code: str, text: str) -> None:
    program = Program("\ndef f():\n    x = 1\n", path)
    with Recorder() as recorder:
        module = recorder.run(program)
        probe = recorder.add(Anchor(str(path), line, column, symbol, "f", context))  # type: ignore[arg-type]
        assert recorder.state(probe) == ("failed", code, text)
        assert module.f() is None


@needs_monitoring
@pytest.mark.skipif(sys.version_info < (3, 13), reason="3.12 still executes the first store")
def test_store_that_the_compiler_removes(path: Path) -> None:
    program = Program("def f():\n    «a», a = 1, 2\n", path)
    with Recorder() as recorder:
        probe = recorder.add(program.anchors[0])
        recorder.run(program)
        assert recorder.state(probe)[:2] == ("failed", "optimized_away")


def test_file_changed_after_it_was_loaded(path: Path) -> None:
    program = Program("def f(a):\n    return a\n", path)
    module = load_plainly(program)
    with Recorder() as recorder:
        recorder.placer.prepare(b"", "<main>")
        changed = Program("def f(a):\n    b = a\n    c = b\n    «d» = c\n    return d\n", path)
        probe = recorder.add(changed.anchors[0])
        assert recorder.state(probe)[:2] == ("failed", "source_changed")
        assert module.f(1) == 1


def test_pending_until_the_file_is_loaded(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n", path)
    with Recorder() as recorder:
        probe = recorder.add(program.anchors[0])
        assert recorder.state(probe)[:2] == ("pending", "not_loaded")
        module = recorder.run(program)
        assert recorder.state(probe)[0] == "armed"
        module.f(1)
        assert recorder.values() == [1]


def test_many_probes_in_one_file(path: Path) -> None:
    body = "".join(f"    «v{i}» = a + {i}\n" for i in range(200))
    program = Program(f"def f(a):\n{body}", path)
    with Recorder() as recorder:
        recorder.add_all(program)
        recorder.run(program).f(1)
        assert recorder.values() == list(range(1, 201))


def test_speed_of_adding_does_not_depend_on_luck(path: Path) -> None:
    """A probe in a long function is placed in well under a second, also on a busy machine."""
    lines = "".join(f"    x{i} = a + {i}\n" for i in range(2000))
    program = Program(f"def f(a):\n{lines}    «y» = a\n", path)
    module = load_plainly(program)
    with Recorder() as recorder:
        recorder.placer.prepare(b"", "<main>")
        began = time.process_time()
        recorder.add_all(program)
        took = time.process_time() - began
        module.f(3)
        assert recorder.values() == [3]
        assert took < 2
