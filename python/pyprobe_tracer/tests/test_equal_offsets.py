"""Probes in several functions whose bytecode is alike: hits at one offset are told apart by their code."""

from __future__ import annotations

from pathlib import Path

from recorder import Program, Recorder, load_plainly


def test_equal_offsets_in_several_functions(tmp_path: Path) -> None:
    text = "".join(f"def f{i}(n):\n    for k in range(n):\n        «x» = k + {i * 100}\n        «y» = x\n" for i in range(3))
    program = Program(text, tmp_path / "program.py")
    modules = [load_plainly(program), load_plainly(program)]
    with Recorder() as recorder:
        recorder.placer.prepare(b"", "<main>")
        ids = recorder.add_all(program)

        def run() -> list[tuple[int, int, int]]:
            recorder.hits.clear()
            for module in modules:
                for function in (module.f0, module.f1, module.f2):
                    function(2)
            return [(hit.probe, hit.value, hit.hit) for hit in recorder.hits]

        of_one = [(2 * i + p, k + i * 100, k + 1) for i in range(3) for k in (0, 1) for p in (0, 1)]
        assert run() == run() == 2 * of_one
        recorder.placer.rest(ids[2])
        assert run() == 2 * [hit for hit in of_one if hit[0] != 2]
        recorder.placer.remove(ids[4])
        recorder.placer.arm(ids[2])
        assert run() == 2 * [hit for hit in of_one if hit[0] != 4]
