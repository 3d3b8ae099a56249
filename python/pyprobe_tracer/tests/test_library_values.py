"""Arrays of libraries other than numpy, where they are installed."""

from __future__ import annotations

from typing import Any

import pytest

from ring_values import captured

np = pytest.importorskip("numpy")


def test_pandas() -> None:
    pd = pytest.importorskip("pandas")
    series = captured(pd.Series([1.5, 2.5, float("nan")])).value
    assert (series.library, series.dtype, series.shape) == ("pandas", "float64", [3])
    assert series.numbers()[:2] == [1.5, 2.5]
    assert captured(pd.Index([3, 4])).value.numbers() == [3, 4]
    frame = captured(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})).value
    assert (frame.shape, frame.numbers()) == ([2, 2], [1.0, 3.0, 2.0, 4.0])
    assert captured(pd.Series(["a", "b"])).value["kind"] == "tree"
    assert captured(pd.DataFrame({"a": [1.0], "b": ["x"]})).value["kind"] == "tree"

    class Mine(pd.Series):  # type: ignore[misc]
        @property
        def _values(self) -> Any:
            raise AssertionError

    assert captured(Mine([1.0])).value["kind"] == "tree"


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    found = captured(pl.Series([1, 2, 3])).value
    assert (found.library, found.numbers()) == ("polars", [1, 2, 3])


def test_xarray() -> None:
    xr = pytest.importorskip("xarray")
    found = captured(xr.DataArray(np.arange(4.0).reshape(2, 2))).value
    assert (found.library, found.shape, found.numbers()) == ("xarray", [2, 2], [0.0, 1.0, 2.0, 3.0])


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    found = captured(torch.arange(3.0, requires_grad=True) * 2).value
    assert (found.library, found.dtype, found.numbers()) == ("torch", "float32", [0.0, 2.0, 4.0])
    assert captured(torch.ones(2, dtype=torch.bfloat16)).value.numbers() == [1.0, 1.0]
