"""A program that forks in the middle of a probed loop: both processes go on with the call they were in."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from engine_peer import Engine, probe

LOOP = """\
def f(n, fork):
    for i in range(n):
        x = i * 10
        if i == 2:
            child = fork()
    return child
"""

PROGRAM = """\
import os, loop, threading
{before}
child = loop.f(4, os.fork)
if child == 0:
    loop.f(3, lambda: None)
    os._exit(0)
os.waitpid(child, 0)
loop.f(1 + 2, lambda: None)
"""


@pytest.mark.parametrize("before", ["", "loop.f(3, lambda: None)\nloop.f(3, lambda: None)"], ids=["first call", "third call"])
def test_fork_in_a_loop(before: str, tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP)
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(PROGRAM).format(before=before))
    engine = Engine(tmp_path, [probe(1, tmp_path / "loop.py", 3, "x", function="f")])
    code, _, err = engine.run(script, cwd=str(tmp_path))
    assert (code, err) == (0, b"")
    parent, child = engine.links
    calls = 2 if before else 0
    was = [[0, 10, 20]] * calls
    first = calls + 1
    expected = [value for values in was for value in values]
    assert [record.value for record in parent.captures] == [*expected, 0, 10, 20, 30, 0, 10, 20]
    assert [(record.call, record.hit) for record in parent.captures[3 * calls :]] == [
        *[(first, hit) for hit in (1, 2, 3, 4)],
        *[(first + 1, hit) for hit in (1, 2, 3)],
    ]
    # The child goes on in the call that it was forked in, and then with the next number.
    assert [(record.value, record.call, record.hit) for record in child.captures] == [
        (30, first, 4),
        *[(value, first + 1, hit) for hit, value in enumerate((0, 10, 20), 1)],
    ]
    # The main thread of a process has the process' id.
    if os.path.exists("/proc/self/task"):
        assert {record.thread for record in parent.captures} == {parent.hello["pid"]}
        assert {record.thread for record in child.captures} == {child.hello["pid"]}
    assert {record.depth for link in (parent, child) for record in link.captures} == {0}
