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
