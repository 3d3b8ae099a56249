# ruff: noqa: E501
"""Placing, resting and removing probes while a program lives; what a guest may not change."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import traceback
import types
import weakref
from pathlib import Path

import pytest

from pyprobe_tracer._hits import Anchor
from pyprobe_tracer._placer import open_placer
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


@needs_monitoring
def test_survives_another_tool_with_instruction_events(path: Path) -> None:
    if sys.version_info < (3, 12):
        return
    program = Program("def f(a):\n    «x» = a\n", path)
    with Recorder() as recorder:
        recorder.add_all(program)
        module = recorder.run(program)
        module.f(1)
        other = 2
        sys.monitoring.use_tool_id(other, "another")
        try:
            sys.monitoring.register_callback(other, sys.monitoring.events.INSTRUCTION, lambda code, offset: None)
            sys.monitoring.set_local_events(other, module.f.__code__, sys.monitoring.events.INSTRUCTION)
            module.f(2)
            sys.monitoring.restart_events()
            module.f(3)
            sys.monitoring.set_local_events(other, module.f.__code__, 0)
        finally:
            sys.monitoring.register_callback(other, sys.monitoring.events.INSTRUCTION, None)
            sys.monitoring.free_tool_id(other)
        module.f(4)
        assert recorder.values() == [1, 2, 3, 4]


@needs_monitoring
def test_tool_conflict_is_told_by_name(path: Path) -> None:
    if sys.version_info < (3, 12):
        return
    program = Program("def f(a):\n    «x» = a\n", path)
    for tool in range(6):
        sys.monitoring.use_tool_id(tool, f"tool{tool}")
    try:
        with Recorder() as recorder:
            probe = recorder.add(program.anchors[0])
            state, code, message = recorder.state(probe)
            assert (state, code) == ("failed", "tool_conflict")
            assert message is not None
            assert "tool3" in message
    finally:
        for tool in range(6):
            sys.monitoring.free_tool_id(tool)


@needs_monitoring
def test_one_free_slot_is_enough(path: Path) -> None:
    if sys.version_info < (3, 12):
        return
    program = Program("def f(«a»):\n    «x» = a\n", path)
    taken = (2, 3, 5)
    for tool in taken:
        sys.monitoring.use_tool_id(tool, f"tool{tool}")
    try:
        with Recorder() as recorder:
            recorder.add_all(program)
            module = load_plainly(program)
            module.f(1)
            module.f(2)
            assert [(hit.probe, hit.value) for hit in recorder.hits] == [(0, 1), (1, 1), (0, 2), (1, 2)]
    finally:
        for tool in taken:
            sys.monitoring.free_tool_id(tool)


def test_many_probes_in_one_file(path: Path) -> None:
    body = "".join(f"    «v{i}» = a + {i}\n" for i in range(200))
    program = Program(f"def f(a):\n{body}", path)
    with Recorder() as recorder:
        recorder.add_all(program)
        recorder.run(program).f(1)
        assert recorder.values() == list(range(1, 201))


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
