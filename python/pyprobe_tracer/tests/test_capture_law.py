"""Every law of the table, on the running interpreter: probes placed before the program starts, and in an imported module."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from capture_law_table import CONDITIONS, LAWS, Law
from recorder import VERSION, Hit, Program, Recorder
from ring_values import Scope

APPLICABLE = [law for law in LAWS if sys.version_info >= law.since]


def expected(law: Law) -> list[Any]:
    return law.known[VERSION][0] if VERSION in law.known else law.captures


def sequence(law: Law, hits: list[Hit]) -> list[Any]:
    count = law.program.count("«")
    return [hit.value if count == 1 else (hit.probe, hit.value) for hit in hits]


def check(law: Law, recorder: Recorder) -> None:
    failed = {probe: states[-1] for probe, states in recorder.states.items() if states[-1][0] == "failed"}
    if expected(law):
        assert not failed
    assert sequence(law, recorder.hits) == expected(law)
    if law.calls is not None:
        assert [(hit.call, hit.hit, hit.depth) for hit in recorder.hits] == law.calls


@pytest.mark.parametrize("law", APPLICABLE, ids=lambda law: law.name)
def test_main_program(law: Law, tmp_path: Path) -> None:
    program = Program(law.program, tmp_path / "program.py")
    with Recorder() as recorder:
        recorder.add_all(program)
        recorder.run(program)
        check(law, recorder)


@pytest.mark.parametrize("law", APPLICABLE, ids=lambda law: law.name)
def test_imported_module(law: Law, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(law.program, tmp_path / "imported_program.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    with Recorder() as recorder:
        recorder.add_all(program)
        try:
            importlib.import_module("imported_program")
        finally:
            sys.modules.pop("imported_program", None)
        check(law, recorder)


@pytest.mark.parametrize("law", APPLICABLE, ids=lambda law: law.name)
def test_at_rest_and_armed_again(law: Law, tmp_path: Path) -> None:
    """At rest nothing is captured and the program runs as ever; armed again, everything is."""
    program = Program(law.program, tmp_path / "program.py")
    with Recorder() as recorder:
        ids = recorder.add_all(program)
        for probe in ids:
            recorder.placer.rest(probe)
        recorder.run(program)
        assert recorder.hits == []
        for probe in ids:
            recorder.placer.arm(probe)
        recorder.run(program)
        assert sequence(law, recorder.hits) == expected(law)


@pytest.mark.parametrize("is_running", [False, True], ids=["placed before", "placed in loaded code"])
@pytest.mark.parametrize("law", CONDITIONS, ids=lambda law: law.name)
def test_condition(law: Law, is_running: bool, tmp_path: Path) -> None:
    """Mode when, with the agent's own captures: the condition sees the variables of the frame that was hit."""
    program = Program(law.program, tmp_path / "program.py")
    (anchor,) = program.anchors
    scope = Scope()
    with Recorder() as recorder:
        if is_running:
            recorder.run(program)
        capture, meter = scope.probe({"kind": "when", "expression": law.when, "every": True}, anchor=anchor)
        recorder.placer.add("p1", 7, anchor, capture)
        recorder.run(program)
    found = scope.read()
    assert [record.value for record in found] == law.captures
    if law.calls is not None:
        assert [(record.call, record.hit, record.depth) for record in found][-len(law.calls) :] == law.calls
    assert meter.skips["condition_unreadable"] == 0
    assert meter.skips["condition_false"] > 0
