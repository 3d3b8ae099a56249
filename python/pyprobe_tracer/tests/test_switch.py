"""What a place at rest leaves in swapped code: one jump over its site, in every kind of code; and the way back."""

from __future__ import annotations

import dis
import signal
import sys
import threading
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from recorder import HAS_MONITORING, Program, Recorder

pytestmark = pytest.mark.skipif(HAS_MONITORING, reason="CPython 3.12 and later swap no code")

LOOP = """\
def f(n):
    total = 0
    for i in range(n):
        «x» = «i» * 3
        «total» += x
    return total
"""


def jumps_over(code: CodeType) -> int:
    """How many sites of the code are passed over by a jump now: a jump that the plain code does not have stands before the
    load of a switch."""
    running: bytes = code._co_code_adaptive if sys.version_info >= (3, 11) else code.co_code  # type: ignore[attr-defined]
    count = 0
    for offset in range(0, len(running) - 2, 2):
        op, after, index = running[offset], running[offset + 2], running[offset + 3]
        is_load = after == dis.opmap["LOAD_CONST"] and index < len(code.co_consts)
        if op == dis.opmap["JUMP_FORWARD"] and is_load and type(code.co_consts[index]).__name__ == "Switch":
            count += 1
    return count


def test_rest_is_a_jump_over_each_site(tmp_path: Path) -> None:
    program = Program(LOOP, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        f: Any = recorder.run(program).f
        assert jumps_over(f.__code__) == 0
        for number, probe in enumerate(ids, 1):
            recorder.placer.rest(probe)
            assert jumps_over(f.__code__) == number
        assert f(5) == 30
        assert f(5) == 30  # the first call at rest was still told of, the second passes the entry over too
        assert jumps_over(f.__code__) == len(ids) + 1
        assert recorder.hits == []
        for probe in ids:
            recorder.placer.arm(probe)
        assert jumps_over(f.__code__) == 0
        f(2)
        assert recorder.values() == [0, 0, 0, 1, 3, 3]


def test_long_functions_with_many_constants(tmp_path: Path) -> None:
    """Arguments beyond 255, where an instruction has a prefix, at the switch's load and at the loop's jump."""
    body = "".join(f"        a{i} = {i}.5\n" for i in range(400))
    text = f"def f(n):\n    for i in range(n):\n{body}        «x» = i\n    return x\n"
    program = Program(text, tmp_path / "program.py")
    with Recorder() as recorder:
        probe = recorder.add(program.anchors[0])
        f: Any = recorder.run(program).f
        for values in ([0, 1, 2], [0, 1, 2, 0, 1, 2]):
            assert f(3) == 2
            assert recorder.values() == values
            recorder.placer.rest(probe)
            assert f(3) == f(3) == 2
            recorder.placer.arm(probe)


def test_older_code_that_runs_on_is_switched_too(tmp_path: Path) -> None:
    """A generator keeps the code it began with, while more probes make new code for its function."""
    lines = "".join(f"        «y{i}» = k\n" for i in range(12))
    program = Program(f"def g():\n    for k in range(99):\n        «x» = k\n{lines}        yield k\n", tmp_path / "program.py")
    with Recorder() as recorder:
        first = recorder.add(program.anchors[0])
        generator: Any = recorder.run(program).g()
        next(generator)
        for number, anchor in enumerate(program.anchors[1:], 2):
            recorder.add(anchor)
            recorder.placer.rest(first)
            next(generator)
            recorder.placer.arm(first)
            next(generator)
            assert recorder.values(0)[-1] == 2 * (number - 1)
        assert len(recorder.values(0)) == len(program.anchors)


def test_endless_loop_at_rest_can_be_interrupted(tmp_path: Path) -> None:
    loop = "try:\n    while True:\n        «x» = 1\nexcept TimeoutError:\n    seen = True\n"
    program = Program(f"import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.2)\n{loop}", tmp_path / "program.py")

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    try:
        with Recorder() as recorder:
            recorder.rests.add(0)
            recorder.add(program.anchors[0])
            assert recorder.run(program).seen
            assert recorder.values() == [1]
    finally:
        signal.signal(signal.SIGALRM, before)


def test_switched_by_many_threads_at_once(tmp_path: Path) -> None:
    """Whoever wins: in the end armed means seen, and no run of the code goes wrong in between."""
    program = Program(LOOP, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        f: Any = recorder.run(program).f
        ends = threading.Event()
        results: set[int] = set()

        def run() -> None:
            while not ends.is_set():
                results.add(f(50))

        def rest() -> None:
            while not ends.is_set():
                for probe in ids:
                    recorder.placer.rest(probe)

        interval = sys.getswitchinterval()
        threads = [threading.Thread(target=target) for target in (run, run, rest)]
        sys.setswitchinterval(1e-6)
        try:
            for thread in threads:
                thread.start()
            recorder.rests.update(range(len(ids)))
            for _ in range(1000):
                for probe in ids:
                    recorder.placer.arm(probe)
        finally:
            ends.set()
            for thread in threads:
                thread.join()
            sys.setswitchinterval(interval)
        assert results == {3675}
        recorder.rests.clear()
        recorder.hits.clear()
        for probe in ids:
            recorder.placer.arm(probe)
        f(2)
        assert recorder.values() == [0, 0, 0, 1, 3, 3]
