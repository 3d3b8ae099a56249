# ruff: noqa: E501
"""What a probe may not change for the program that it is in."""

from __future__ import annotations

import gc
import sys
import traceback
import types
import weakref
from pathlib import Path

import pytest

from pyprobe_tracer._agent.placer import open_placer
from recorder import Program, Recorder, load_plainly


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def test_close_leaves_nothing(path: Path) -> None:
    from importlib import _bootstrap_external

    program = Program("def f(a):\n    «x» = a\n    return «x»\n", path)
    module = load_plainly(program)
    before = module.f.__code__
    loader = vars(_bootstrap_external.SourceLoader)["get_code"]
    with Recorder() as recorder:
        recorder.placer.prepare(b"", "<main>")
        recorder.add_all(program)
        module.f(1)
        assert len(recorder.hits) == 2
    assert module.f.__code__ is before
    assert vars(_bootstrap_external.SourceLoader)["get_code"] is loader
    assert sys.gettrace() is None
    if sys.version_info >= (3, 12):
        assert [sys.monitoring.get_tool(tool) for tool in range(6)] == [None] * 6
        assert sys.monitoring.get_local_events(4, before) == 0 if sys.version_info < (3, 14) else True
    module.f(2)
    assert len(recorder.hits) == 2


def test_own_exceptions_stay_inside(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n    return x\n", path)
    states = []
    placer = open_placer(lambda *state: states.append(state))

    def capture(value: object, tags: bytes, hit: int) -> bool:
        raise RuntimeError("ours")

    placer.add("p1", 1, program.anchors[0], capture)
    module = types.ModuleType("program")
    code = placer.prepare(program.source.encode(), str(path))
    exec(code, module.__dict__)
    # The recorder's file is not part of the agent: its exceptions count as the program's, but for those of the agent's files.
    with pytest.raises(RuntimeError):
        module.f(1)
    placer.close()


def test_values_are_not_kept(path: Path) -> None:
    program = Program(
        "class Big: pass\ndef f(check):\n    «b» = Big()\n    r = ref(b)\n    b.x = 1\n    del b\n    check(r)\n    «b» = 1\n",
        path,
    )
    with Recorder() as recorder:
        for anchor in program.anchors:
            recorder.add(anchor)
        module = recorder.run(program)
        module.ref = weakref.ref
        seen = []

        def check(reference: weakref.ref[object]) -> None:
            gc.collect()
            seen.append(reference())

        module.f(check)
        assert seen == [None]


def test_tracebacks_are_those_of_the_program(path: Path) -> None:
    program = Program("def f(«a»):\n    «x» = «a» + 1\n    y = «x» / 0\n    return y\n", path)
    plain = traceback_of(load_plainly(program))
    with Recorder() as recorder:
        recorder.add_all(program)
        assert traceback_of(recorder.run(program)) == plain
        assert len(recorder.hits) == 4


def traceback_of(module: types.ModuleType) -> str:
    try:
        module.f(1)
    except ZeroDivisionError as error:
        assert error.__traceback__ is not None
        return "".join(traceback.format_tb(error.__traceback__.tb_next))
    raise AssertionError


def test_unchanged_for_the_program(path: Path) -> None:
    program = Program(
        "import sys\ndef f(«a», k=2):\n    '''doc'''\n    «x» = «a» + k\n    return sorted(locals()), sys._getframe().f_lineno, f.__doc__, f.__defaults__\n",
        path,
    )
    plain = load_plainly(program)
    result = plain.f(1)
    with Recorder() as recorder:
        recorder.add_all(program)
        probed = recorder.run(program)
        assert probed.f(1) == result
        assert probed.f.__code__.co_varnames == plain.f.__code__.co_varnames
        assert probed.f.__code__.co_firstlineno == plain.f.__code__.co_firstlineno
        assert len(recorder.hits) == 3
