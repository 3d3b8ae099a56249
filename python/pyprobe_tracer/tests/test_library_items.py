"""Items of tables and arrays of known libraries are captured where they are stored, where those libraries are installed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pyprobe_tracer._agent.placer import open_placer
from pyprobe_tracer._hit.hits import UNREADABLE
from recorder import Program


def captured(text: str, path: Path) -> list[Any]:
    """The values themselves."""
    program = Program(text, path)
    values: list[Any] = []
    states: list[tuple[Any, ...]] = []
    placer = open_placer(lambda *state: states.append(state))
    try:
        for number, anchor in enumerate(program.anchors, 1):
            placer.add(f"p{number}", number, anchor, lambda value, tags, hit: bool(values.append(value)))
        exec(placer.prepare(program.source.encode(), str(path)), {"__name__": "program"})
    finally:
        placer.close()
    assert "failed" not in [state[1] for state in states]
    return values


def test_pandas(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    text = (
        "import pandas as pd\n"
        "def f():\n"
        "    df = pd.DataFrame({'a': [1.0, 2.0]})\n"
        "    «df['gain']» = df['a'] * 2\n"
        "    «df.loc[0, 'gain']» = 7.0\n"
        "    «df.iloc[1, 0]» = 8.0\n"
        "    s = pd.Series([1, 2, 3])\n"
        "    «s[1]» = 5\n"
        "f()\n"
    )
    column, one, other, item = captured(text, tmp_path / "program.py")
    assert column.tolist() == [2.0, 4.0]
    assert (one, other, item) == (7.0, 8.0, 5)


def test_numbers_among_labels_are_not_asked_for(tmp_path: Path) -> None:
    """pandas would warn of it in the program's output; before 3.12 the value is seen on its way in."""
    pytest.importorskip("pandas")
    text = (
        "import pandas as pd, warnings\ndef f():\n    s = pd.Series([1, 2], index=['a', 'b'])\n"
        "    «s[0]» = 5\nwarnings.simplefilter('ignore')\nf()\n"
    )
    (value,) = captured(text, tmp_path / "program.py")
    assert value is UNREADABLE if sys.version_info >= (3, 12) else value == 5


def test_a_class_of_the_program(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    text = (
        "import pandas as pd\nclass Mine(pd.Series):\n    def __getitem__(self, key): raise SystemExit('ran')\n"
        "m = Mine([1, 2])\n«m[0]» = 5\n"
    )
    (value,) = captured(text, tmp_path / "program.py")
    assert value is UNREADABLE if sys.version_info >= (3, 12) else value == 5


def test_polars_and_xarray(tmp_path: Path) -> None:
    pytest.importorskip("polars")
    pytest.importorskip("xarray")
    text = (
        "import polars as pl, xarray as xr\ns = pl.Series([1, 2])\n«s[0]» = 4\n"
        "d = xr.Dataset()\n«d['v']» = ('x', [1.0, 2.0])\n«d['v'][0]» = 3.0\n"
    )
    item, variable, value = captured(text, tmp_path / "program.py")
    assert item == 4
    assert variable.values.tolist() == [3.0, 2.0]  # the same array, not a copy
    assert float(value) == 3.0


def test_torch(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (value,) = captured("import torch\nt = torch.zeros(3)\n«t[1]» = 2.5\n", tmp_path / "program.py")
    assert float(value) == 2.5
