"""The depth of a call against what the program itself knows: the value of the probe is the depth that the tags should tell."""

from __future__ import annotations

import random
import threading
from pathlib import Path
from typing import Any

import pytest

from recorder import Program, Recorder

TREE = """\
def f(tree, depth):
    «x» = depth
    act(tree)
    for kind, branch in tree[1]:
        try:
            other(kind, branch, depth + 1)
        except LookupError:
            pass
        «y» = depth
    if tree[0] == "raise":
        raise LookupError

def other(kind, tree, depth):
    if kind == "generator":
        for _ in steps(tree, depth):
            pass
    elif kind == "far":
        return (lambda: other("near", tree, depth))()
    else:
        return f(tree, depth)

def steps(tree, depth):
    yield
    f(tree, depth)
    yield
"""


def grown(random_: random.Random, room: int) -> tuple[str, list[Any]]:
    branches = [
        (random_.choice(["near", "near", "far", "generator"]), grown(random_, room - 1))
        for _ in range(random_.choice([0, 1, 1, 2, 3]) if room else 0)
    ]
    return random_.choice(["", "", "", "raise", "rest", "arm"]), branches


def run(f: Any, tree: tuple[str, list[Any]]) -> None:
    try:
        f(tree, 0)
    except LookupError:
        pass


@pytest.mark.parametrize("seed", range(8))
def test_depth_of_calls_in_random_trees(seed: int, tmp_path: Path) -> None:
    """Also of calls that began while the probes rested, and after such."""
    random_ = random.Random(seed)
    program = Program(TREE, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        module = recorder.run(program)

        def act(tree: tuple[str, list[Any]]) -> None:
            for probe in ids:
                if tree[0] == "rest":
                    recorder.placer.rest(probe)
                elif tree[0] == "arm":
                    recorder.placer.arm(probe)

        module.__dict__["act"] = act
        for _ in range(60):
            run(module.f, grown(random_, random_.randrange(6)))
            act(("arm", []))
        assert len(recorder.hits) > 300
        assert [hit.depth for hit in recorder.hits] == recorder.values()


def test_depth_of_calls_in_several_threads(tmp_path: Path) -> None:
    program = Program(TREE, tmp_path / "program.py")
    with Recorder() as recorder:
        recorder.add_all(program)
        module = recorder.run(program)
        module.__dict__["act"] = lambda tree: None
        # Each waits for the other in the middle of its calls, so that their activations are live at the same time.
        meeting = threading.Barrier(2, timeout=20)

        def work(seed: int) -> None:
            random_ = random.Random(seed)
            for _ in range(30):
                meeting.wait()
                run(module.f, grown(random_, 4))

        threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {hit.thread for hit in recorder.hits} == {thread.native_id for thread in threads}
        assert [hit.depth for hit in recorder.hits] == recorder.values()


def test_depth_of_coroutines_that_wait_within_each_other(tmp_path: Path) -> None:
    text = "import asyncio\nasync def f(depth):\n    «x» = depth\n    await asyncio.sleep(0)\n    if depth < 2:\n        await f(depth + 1)\n    «y» = depth\nasync def main():\n    await asyncio.gather(*[f(0) for _ in range(9)])\n    await f(0)\n"  # noqa: E501
    program = Program(text, tmp_path / "program.py")
    with Recorder() as recorder:
        recorder.add_all(program)
        module = recorder.run(program)
        module.asyncio.run(module.main())
        assert len(recorder.hits) == 60
        begun = [hit for hit in recorder.hits if hit.probe == 0]
        assert [hit.depth for hit in begun] == [hit.value for hit in begun]


def calls_by_activation(recorder: Recorder) -> dict[object, set[int]]:
    """Each hit's value is what the program calls its activation: the call numbers of the tags, for each of them."""
    found: dict[object, set[int]] = {}
    for hit in recorder.hits:
        found.setdefault(hit.value, set()).add(hit.call)
    return found


RECURSIVE = "def f(name, calls):\n    «x» = name\n    for act in calls:\n        act()\n        «x» = name\n"


def test_hits_after_an_inner_call_belong_to_the_outer_one(tmp_path: Path) -> None:
    """After many calls of which each was the only one, and again after such."""
    program = Program(RECURSIVE, tmp_path / "program.py")
    with Recorder() as recorder:
        recorder.add_all(program)
        f: Any = recorder.run(program).f
        for name in range(0, 40, 4):
            f(name, [])
            f(name + 1, [lambda name=name: f(name + 2, [])])
            f(name + 3, [lambda: None])
        found = calls_by_activation(recorder)
        assert len(found) == 40
        assert len(set().union(*found.values())) == 40


def test_hits_of_two_threads_in_one_function_belong_to_their_own_calls(tmp_path: Path) -> None:
    program = Program(RECURSIVE, tmp_path / "program.py")
    with Recorder() as recorder:
        recorder.add_all(program)
        f: Any = recorder.run(program).f
        f("before", [])
        is_in, goes_on = threading.Event(), threading.Event()
        wait = [is_in.set, lambda: goes_on.wait(20), lambda: None]
        other = threading.Thread(target=f, args=("other", wait))
        other.start()
        is_in.wait(20)
        f("own", [goes_on.set, other.join, lambda: None])
        found = calls_by_activation(recorder)
        assert sorted(len(numbers) for numbers in found.values()) == [1, 1, 1]
        assert len(set().union(*found.values())) == 3


def test_hits_of_a_call_under_way_when_the_probe_came(tmp_path: Path) -> None:
    """The outer call began unseen, and an inner one that was seen must not take its hits over."""
    program = Program(RECURSIVE, tmp_path / "program.py")
    with Recorder() as recorder:
        f: Any = recorder.run(program).f
        steps = [lambda: recorder.add_all(program) and None, lambda: f("inner", []), lambda: None]
        f("outer", steps)
        f("after", [lambda: None])
        found = calls_by_activation(recorder)
        assert len(found["inner"]) == len(found["after"]) == 1
        assert len(set().union(*found.values())) == len(found)


def test_hits_after_calls_that_began_at_rest(tmp_path: Path) -> None:
    program = Program(RECURSIVE, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        f: Any = recorder.run(program).f

        def rest() -> None:
            for probe in ids:
                recorder.placer.rest(probe)

        def arm() -> None:
            for probe in ids:
                recorder.placer.arm(probe)

        f("before", [])
        f("first", [rest, lambda: f("unseen", [arm, lambda: f("inner", []), lambda: None]), lambda: None])
        found = calls_by_activation(recorder)
        # What was known before the rest is given up, so that the outer call has a new number after it: its own, again.
        assert sum(map(len, found.values())) == len(set().union(*found.values()))
        assert len(found["unseen"]) == len(found["inner"]) == 1


@pytest.mark.parametrize("comes", ["when the other is under way", "before all", "before all, and rests meanwhile"])
def test_hits_of_a_thread_whose_call_was_not_seen_to_start(comes: str, tmp_path: Path) -> None:
    """Calls of this thread, each seen to start and the only one on its stack, must not take over the hits of the other's."""
    program = Program(RECURSIVE, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program) if "before" in comes else []
        f: Any = recorder.run(program).f
        f("before", [])
        for probe in ids if "rests" in comes else []:
            recorder.placer.rest(probe)
        is_in, goes_on = threading.Event(), threading.Event()
        other = threading.Thread(target=f, args=("other", [is_in.set, lambda: goes_on.wait(20), lambda: None]))
        other.start()
        is_in.wait(20)
        if not ids:
            recorder.add_all(program)
        for probe in ids:
            recorder.placer.arm(probe)
        f("own", [])
        f("own again", [goes_on.set, other.join, lambda: None])
        found = calls_by_activation(recorder)
        assert sum(map(len, found.values())) == len(set().union(*found.values()))
        assert len(found["own again"]) == 1
