"""Which thread, task and call a hit is told to be of."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from recorder import HAS_MONITORING, Program, Recorder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


def test_call_number_is_new_when_calls_went_unseen(path: Path) -> None:
    program = Program("def f(a):\n    «x» = a\n", path)
    with Recorder() as recorder:
        probe = recorder.add(program.anchors[0])
        module = recorder.run(program)
        module.f(1)
        recorder.placer.rest(probe)
        module.f(2)
        module.f(3)
        recorder.placer.arm(probe)
        module.f(4)
        assert [(hit.value, hit.call, hit.hit) for hit in recorder.hits] == [(1, 1, 1), (4, 2, 1)]


def test_threads_have_their_own_tags(path: Path) -> None:
    program = Program("def f(n, wait):\n    for i in range(20):\n        «x» = n + i\n        wait()\n", path)
    with Recorder() as recorder:
        recorder.add(program.anchors[0])
        module = recorder.run(program)
        barrier = threading.Barrier(3)
        ids: list[int] = []

        def work(n: int) -> None:
            ids.append(threading.get_native_id())
            module.f(n, barrier.wait)

        threads = [threading.Thread(target=work, args=(n,)) for n in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {hit.thread for hit in recorder.hits} == set(ids)
        for native in ids:
            own = [hit for hit in recorder.hits if hit.thread == native]
            assert [hit.hit for hit in own] == list(range(1, 21))
            assert len({hit.call for hit in own}) == 1
            assert [hit.value - own[0].value for hit in own] == list(range(20))


def test_generator_that_changes_threads(path: Path) -> None:
    program = Program("def g():\n    while True:\n        «x» = 1\n        yield\n", path)
    with Recorder() as recorder:
        recorder.add(program.anchors[0])
        generator = recorder.run(program).g()
        next(generator)
        worker = threading.Thread(target=next, args=(generator,))
        worker.start()
        worker.join()
        assert [hit.hit for hit in recorder.hits] == [1, 2]
        assert len({hit.call for hit in recorder.hits}) == 1
        if HAS_MONITORING:
            assert len({hit.thread for hit in recorder.hits}) == 2


def test_tasks_are_numbered(path: Path) -> None:
    program = Program(
        "import asyncio\nasync def f(n):\n    «x» = n\n    await asyncio.sleep(0)\n    g(n)\ndef g(n):\n    «y» = n\n", path
    )
    with Recorder() as recorder:
        recorder.add_all(program)
        module = recorder.run(program)

        async def main() -> None:
            await asyncio.gather(module.f(1), module.f(2))

        module.g(0)
        asyncio.run(main())
        tasks = {hit.value: hit.task for hit in recorder.hits}
        assert tasks[0] == 0
        assert len({tasks[1], tasks[2]}) == 2
        assert min(tasks[1], tasks[2]) >= 1
        assert all(hit.task == tasks[hit.value] for hit in recorder.hits)


def test_a_call_keeps_its_number_when_all_its_probes_are_put_back(path: Path) -> None:
    program = Program("def f(change):\n    for i in range(4):\n        «x» = i\n        if i == 1:\n            change()\n", path)
    with Recorder() as recorder:
        (probe_id,) = recorder.add_all(program)
        module = recorder.run(program)

        def change() -> None:
            recorder.placer.remove(probe_id)
            recorder.add_all(program)

        module.f(change)
        assert [(hit.value, hit.call, hit.hit) for hit in recorder.hits] == [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 1, 4)]
