"""Beside other tools of `sys.monitoring`, and where they hold its slots (CPython 3.12 and later)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recorder import HAS_MONITORING, Program, Recorder, load_plainly

needs_monitoring = pytest.mark.skipif(not HAS_MONITORING, reason="CPython 3.9 to 3.11 cannot do this")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "program.py"


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
