"""Probes in code that runs already: armed at once where the mechanism can, with the next call elsewhere."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from recorder import HAS_MONITORING, Program, Recorder

needs_monitoring = pytest.mark.skipif(not HAS_MONITORING, reason="CPython 3.9 to 3.11 cannot do this")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


@needs_monitoring
def test_running_loop_armed_from_another_thread(path: Path) -> None:
    program = Program("def spin(stop):\n    n = 0\n    while not stop():\n        «n» += 1\n    return n\n", path)
    with Recorder() as recorder:
        module = recorder.run(program)
        worker = threading.Thread(target=module.spin, args=(lambda: len(recorder.hits) > 10,))
        worker.start()
        probe = recorder.add(program.anchors[0])
        worker.join(20)
        assert not worker.is_alive()
        assert recorder.state(probe)[0] == "armed"
        values = recorder.values()
        assert values == list(range(values[0], values[0] + len(values)))


@needs_monitoring
def test_module_level_loop_armed_while_it_runs(path: Path) -> None:
    program = Program("n = 0\nwhile not stop():\n    «n» = n + 1\n", path)
    with Recorder() as recorder:
        code = recorder.placer.prepare(program.source.encode(), str(path))
        worker = threading.Thread(target=exec, args=(code, {"stop": lambda: len(recorder.hits) > 5}))
        worker.start()
        recorder.add(program.anchors[0])
        worker.join(20)
        assert not worker.is_alive()


SPINNING = """n = 0
while n < 2 or not stop():
    «n» = n + 1
    «total» = [«n» + k for «k» in (1, 2)]
    seen(total)
"""


@pytest.mark.skipif(HAS_MONITORING, reason="monitoring needs no tracing")
def test_loop_of_the_main_thread_armed_while_it_runs(path: Path) -> None:
    program = Program(SPINNING, path)
    with Recorder() as recorder:
        code = recorder.placer.prepare(program.source.encode(), str(path))
        worker = threading.Thread(target=recorder.add_all, args=(program,))
        totals: list[object] = []

        def seen(total: object) -> None:
            if not totals:
                worker.start()
            totals.append(total)

        exec(
            code,
            {
                "stop": lambda: not worker.is_alive() and {hit.probe for hit in recorder.hits if hit.hit > 5} == {0, 1, 2, 3},
                "seen": seen,
            },
        )
        worker.join()
        assert [recorder.state(f"p{number}")[0] for number in (1, 2, 3, 4)] == ["armed"] * 4
        ours = [hit for hit in recorder.hits if hit.hit > 1]
        stored = [hit.value for hit in ours if hit.probe == 0]
        assert len(stored) > 3
        assert stored == list(range(stored[0], stored[0] + len(stored)))
        for number in (1, 2, 3):
            assert len([hit for hit in ours if hit.probe == number]) > 3
        assert [hit.value for hit in ours if hit.probe == 3][-2:] == [1, 2]
        assert sys.gettrace() is None
