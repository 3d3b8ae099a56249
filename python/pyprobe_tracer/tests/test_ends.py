"""However a program ends, what was committed is there, and an orderly end says so."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from engine_peer import Engine, probe

ENDS = {
    "returns": ("", 0),
    "exits": ("sys.exit(3)", 3),
    "raises": ("1 / 0", 1),
    "leaves": ("os._exit(5)", 5),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    "aborts": ("os.abort()", -signal.SIGABRT),
    "crashes": ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
}


@pytest.mark.parametrize("how", list(ENDS))
def test_every_committed_record_is_read(tmp_path: Path, how: str) -> None:
    statement, expected = ENDS[how]
    script = tmp_path / "ends.py"
    script.write_text(f"import os, signal, sys\nfor i in range(2000):\n    x = [float(i)] * 4 if i % 2 else i\n{statement}\n")
    engine = Engine(tmp_path, [probe(1, script, 3, "x")])
    code, _, _ = engine.run(script)
    assert code == expected
    link = engine.links[0]
    values = [record.value if record.type else record.value.numbers() for record in link.captures]
    assert values == [[float(i)] * 4 if i % 2 else i for i in range(2000)]
    if how in ("returns", "exits", "raises"):
        assert link.events[-1] == {"type": "event", "event": "end", "lastSeq": 2000}
        assert link.totals()["p1"]["captures"] == 2000
    else:
        assert link.event("end") == []


def test_packets_are_all_sent_before_the_end(tmp_path: Path) -> None:
    script = tmp_path / "ends.py"
    script.write_text("for i in range(300):\n    x = [float(i)] * 10000\n")
    engine = Engine(tmp_path, [probe(1, script, 2, "x")], rings=None)
    engine.run(script)
    assert [record.value.numbers()[0] for record in engine.links[0].captures] == [float(i) for i in range(300)]


def test_captures_in_exit_handlers(tmp_path: Path) -> None:
    script = tmp_path / "ends.py"
    script.write_text("import atexit\ndef late():\n    x = 42\natexit.register(late)\n")
    engine = Engine(tmp_path, [probe(1, script, 3, "x", function="late")])
    engine.run(script)
    assert [record.value for record in engine.links[0].captures] == [42]
    assert engine.links[0].events[-1]["lastSeq"] == 1


def test_a_secret_variable_never_leaves(tmp_path: Path) -> None:
    script = tmp_path / "secret.py"
    script.write_text("api_token = 'abc' * 3\nuser = 'me'\n")
    engine = Engine(tmp_path, [probe(1, script, 1, "api_token"), probe(2, script, 2, "user")])
    engine.run(script)
    assert [record.value for record in engine.links[0].captures] == [(3, "•••"), (2, "me")]
    assert b"abcabcabc" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.bulk"))
