"""Which names of a file light up, and why the others do not: as the command line gives it, from each interpreter's own `ast`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SYMBOLS = Path(__file__).parent.parent / "src" / "pyprobe_tracer" / "_source" / "symbols.py"


def reasons_of(folder: Path, source: str) -> dict[tuple[str, int], str | None]:
    """For each name and line: why it cannot be probed, None where it can."""
    script = folder / "script.py"
    script.write_text(source, encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-S", "-X", "utf8", str(SYMBOLS), str(script)], check=True, capture_output=True, timeout=60
    )
    found = json.loads(answer.stdout)
    assert "error" not in found
    return {(one["symbol"], one["line"]): one.get("reason") for one in found["symbols"]}


@pytest.mark.parametrize(
    ("source", "name", "reason"),
    [
        ("from operator import mul\nx = list(map(mul, a, b))\n", "mul", "imported function"),
        ("from operator import mul\nx = table[mul]\n", "mul", "a function of operator"),
        ("from operator import mul as times\nx = [times]\n", "times", "a function of operator"),
        ("from fractions import Fraction as ratio\nx = [ratio]\n", "ratio", "a class of fractions"),
        ("from os import path\nx = [path]\n", "path", "a module"),
        ("from email import message\nx = [message]\n", "message", "a module"),
        ("from json import dumps\nx = sorted(a, key=dumps)\n", "dumps", "imported function"),
        ("from json import dumps\nx = [dumps]\n", "dumps", "a function of json"),
        ("from json import decoder\nx = [decoder]\n", "decoder", "a module"),
        ("from string import ascii_letters\nx = [ascii_letters]\n", "ascii_letters", None),
        ("from math import pi\nx = 2 * pi\n", "pi", None),
        ("from math import pi\n", "pi", None),
        ("from math import sin\nx = [sin]\n", "sin", "a function of math"),
        ("from math import sin\nx = {1: sin}\ny = sin(1)\n", "sin", "imported function"),
        ("from itertools import count\nx = [count]\n", "count", "a class of itertools"),
        ("from time import *\nfrom sys import maxsize\nx = [maxsize]\n", "maxsize", None),
        ("from nowhere import make\nx = [make]\ny = make()\n", "make", "imported function"),
        ("from settings import RATE\nx = map(RATE, a)\n", "RATE", None),
        ("from settings import RATE\n", "RATE", None),
        ("from settings import gain\nx = 2 * gain\n", "gain", None),
        ("from settings import scale\nx = [scale]\n", "scale", "a function of settings"),
        ("from settings import shift\nx = [shift]\n", "shift", "a function of settings"),
        ("from settings import either\nx = [either]\n", "either", None),
        ("from package import inner\nx = [inner]\n", "inner", "a function of package"),
        ("from package import odd\nx = [odd]\n", "odd", "a function of package"),
        ("from package import part\nx = [part]\n", "part", "a module"),
        ("from nowhere import thing\nx = [thing]\n", "thing", None),
    ],
)
def test_an_imported_name(tmp_path: Path, source: str, name: str, reason: str | None) -> None:
    (tmp_path / "settings.py").write_text(
        "RATE, gain = 48000, 0.5\n"
        "raise SystemExit('nothing of a program runs to find its names')\n"
        "def scale(x): ...\n"
        "try:\n    def shift(x): ...\nexcept ImportError:\n    pass\n"
        "if gain:\n    either = 1\nelse:\n    def either(): ...\n"
    )
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("from .part import inner\nfrom .rest import *\n")
    (tmp_path / "package" / "part.py").write_text("def inner(): ...\n")
    (tmp_path / "package" / "rest.py").write_text("from package import loop\ndef odd(): ...\n")
    found = reasons_of(tmp_path, source)
    for (symbol, _line), why in found.items():
        if symbol != name:
            continue
        if reason is None:
            assert why is None
        else:
            assert why is not None
            assert reason in why


def test_a_name_that_is_stored_too_can_be_probed(tmp_path: Path) -> None:
    found = reasons_of(tmp_path, "from operator import mul\nmul = 3\nx = mul + 1\n")
    assert found["mul", 2] is None
    assert found["mul", 3] is None


def test_many_files_in_one_process(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n")
    (tmp_path / "broken.py").write_text("if\n")
    files = [str(tmp_path / name) for name in ("a.py", "gone.py", "broken.py")]
    answer = subprocess.run([sys.executable, "-S", str(SYMBOLS), "--all", *files], check=True, capture_output=True, timeout=60)
    good, gone, broken = json.loads(answer.stdout)
    assert [one["symbol"] for one in good["symbols"]] == ["a"]
    assert "No such file" in gone["failure"]
    assert broken["error"]["line"] == 1
