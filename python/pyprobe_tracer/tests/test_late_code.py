"""Probes whose code comes into being late, or where nothing tells of it; and probes that come and go in a loop that runs."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import Any, Callable

import pytest

from engine_peer import Engine, probe
from recorder import HAS_MONITORING, Program, Recorder

LOOP = """\
import select, sys
sys.stdin.readline()
{define}
n = 0
while not select.select([sys.stdin], [], [], 0)[0]:
    n += 1
    f(n)
"""
FUNCTION = "def f(n):\n    x = n\n    return x\n"


def run_late(tmp_path: Path, define: str, file: Path) -> list[Any]:
    """Adds the probe while the program waits for its first line; ends it when captures have come."""
    script = tmp_path / "program.py"
    script.write_text(LOOP.format(define=define))
    engine = Engine(tmp_path)
    program = engine.start(script, cwd=str(tmp_path), stdin=subprocess.PIPE)
    try:
        assert program.stdin is not None
        engine.until(lambda: bool(engine.links) and bool(engine.links[0].event("rings")))
        link = engine.links[0]
        line = 1 + file.read_text().splitlines().index("    x = n")
        link.send({"type": "request", "id": 1, "call": "probe.add", "params": probe(1, file, line, "x", function="f")})
        engine.until(lambda: 1 in link.replies)
        if not HAS_MONITORING:  # which knows the function's code as part of the code that runs
            assert link.event("probe")[-1]["state"] == "pending"
        program.stdin.write(b"go\n")
        program.stdin.flush()
        engine.until(lambda: len(link.captures) > 5)
        program.stdin.write(b"end\n")
        program.stdin.flush()
        engine.until(lambda: program.poll() is not None)
        assert program.returncode == 0
        assert link.event("probe")[-1]["state"] == "armed"
        return [record.value for record in link.captures]
    finally:
        program.kill()
        program.communicate()
        engine.close()


def test_function_defined_after_the_probe_by_a_script_that_runs(tmp_path: Path) -> None:
    values = run_late(tmp_path, FUNCTION, tmp_path / "program.py")
    assert values == list(range(values[0], values[0] + len(values)))


def test_function_of_code_that_the_program_compiles_itself(tmp_path: Path) -> None:
    plugin = tmp_path / "plugin.txt"
    plugin.write_text(FUNCTION)
    values = run_late(tmp_path, f"exec(compile(open({str(plugin)!r}).read(), {str(plugin)!r}, 'exec'))", plugin)
    assert values == list(range(values[0], values[0] + len(values)))


RUNNING = """\
def f(step):
    n = 0
    while step():
        «n» = n + 1
        «total» = [«n» + k for k in (1, 2)]
    return n
"""


class Stepper:
    """Lets the loop of a thread run a number of times, then waits for the next word."""

    def __init__(self, run: Callable[[Callable[[], bool]], object]) -> None:
        self._allowed = threading.Semaphore(0)
        self._waits = threading.Semaphore(0)
        self._ends = False
        self._thread = threading.Thread(target=run, args=(self._step,))
        self._thread.start()
        self._waits.acquire()

    def _step(self) -> bool:
        self._waits.release()
        self._allowed.acquire()
        return not self._ends

    def go(self, times: int) -> None:
        for _ in range(times):
            self._allowed.release()
            self._waits.acquire()

    def end(self) -> None:
        self._ends = True
        self._allowed.release()
        self._thread.join()


def test_probes_removed_and_put_back_in_a_loop_that_runs(tmp_path: Path) -> None:
    program = Program(RUNNING, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        stepper = Stepper(recorder.run(program).f)
        try:
            for turn in range(12):
                recorder.hits.clear()
                stepper.go(2)
                first = 4 * turn + 1
                counted, total, _ = range(3 * turn, 3 * turn + 3)
                assert recorder.values(counted) == [first, first + 1]
                assert recorder.values(total) == [[first + 1, first + 2], [first + 2, first + 3]]
                assert len({hit.call for hit in recorder.hits}) == 1
                for one in ids:
                    recorder.placer.remove(one)
                recorder.hits.clear()
                stepper.go(2)
                assert recorder.hits == []
                ids = recorder.add_all(program)
                assert [recorder.state(one) for one in ids] == [("armed", None, None)] * 3
        finally:
            stepper.end()


@pytest.mark.skipif(HAS_MONITORING, reason="monitoring sees calls that run already")
def test_what_is_said_when_a_running_call_is_not_seen(tmp_path: Path) -> None:
    """Of a thread that is not the main one: whether its code has no sites at all or those of other probes."""
    program = Program(RUNNING, tmp_path / "program.py")
    with Recorder() as recorder:
        module = recorder.run(program)
        stepper = Stepper(module.f)
        try:
            late = recorder.add(program.anchors[0])
            state, code, message = recorder.state(late)
            assert (state, code) == ("armed", "next_call")
            assert message == "A call that is running now is not seen; the next call of the function at program.py:4 is."
        finally:
            stepper.end()
        stepper = Stepper(module.f)
        try:
            stepper.go(1)
            assert recorder.values() == [1]
            later = recorder.add(program.anchors[1])
            assert recorder.state(later)[:2] == ("armed", "next_call")
            stepper.go(1)
            assert recorder.values() == [1, 2]
        finally:
            stepper.end()
