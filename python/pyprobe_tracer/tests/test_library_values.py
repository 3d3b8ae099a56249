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


def test_columns_of_a_pandas_table() -> None:
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"level": [1.0, 2.0], "name": ["a", "b"], "password": ["x", "y"]})
    level, name, hidden = captured(table).value["items"]
    assert (level["key"], level["value"]["library"], level["value"]["head"]) == ("level", "pandas", [1, 2])
    assert [item["value"]["value"] for item in name["value"]["items"]] == ["a", "b"]
    assert hidden["value"]["value"] == "•••"
    assert captured(pd.Series(["a", "b"])).value["length"] == 2
    moments = captured(pd.to_datetime(["2026-01-02", "2026-01-03"])).value
    assert (moments.library, moments.shape, moments.data) == ("pandas", [2], "int64")
    gaps = captured(pd.Series(pd.array([1, None], dtype="Int64"))).value.numbers()
    assert gaps[0] == 1 and gaps[1] != gaps[1]
    assert captured({"column": pd.Series([1.0, 2.0])}).value["items"][0]["value"]["shape"] == [2]

    class Mine(pd.DataFrame):  # type: ignore[misc]
        @property
        def columns(self) -> Any:
            raise AssertionError

        iloc = columns

    assert captured(Mine({"a": [1], "b": ["x"]})).value["kind"] == "tree"


def test_images_of_pil(tmp_path: Any) -> None:
    image = pytest.importorskip("PIL.Image")
    found = captured(image.new("RGB", (4, 3), (1, 2, 3))).value
    assert (found.library, found.data, found.shape) == ("PIL", "uint8", [3, 4, 3])
    assert found.numbers()[:3] == [1, 2, 3]
    assert captured(image.new("F", (2, 2), 0.5)).value.numbers() == [0.5] * 4
    assert captured(image.new("1", (9, 1), 1)).value.shape == [1, 9]
    image.new("L", (2, 2), 7).save(tmp_path / "a.png")
    with image.open(tmp_path / "a.png") as opened:
        # Its pixels are in the file still: looking does not read it.
        assert captured(opened).value["kind"] == "tree"
        assert opened.getpixel((0, 0)) == 7
        assert captured(opened).value.numbers() == [7] * 4

    class Mine(image.Image):  # type: ignore[misc]
        def tobytes(self, *_: Any) -> bytes:
            raise AssertionError

    assert captured(Mine()).value["kind"] == "tree"


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    table = captured(pl.DataFrame({"a": [1.0], "b": ["x"]})).value["items"]
    assert [(item["key"], item["value"]["kind"]) for item in table] == [("a", "array"), ("b", "tree")]
    assert captured(pl.Series(["a"])).value["items"][0]["value"]["value"] == "a"
    found = captured(pl.Series([1, 2, 3])).value
    assert (found.library, found.numbers()) == ("polars", [1, 2, 3])


def test_xarray() -> None:
    xr = pytest.importorskip("xarray")
    found = captured(xr.DataArray(np.arange(4.0).reshape(2, 2))).value
    assert (found.library, found.shape, found.numbers()) == ("xarray", [2, 2], [0.0, 1.0, 2.0, 3.0])
    dataset = captured(xr.Dataset({"level": ("time", np.arange(3.0))})).value
    assert [(item["key"], item["value"]["shape"]) for item in dataset["items"]] == [("level", [3])]


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    found = captured(torch.arange(3.0, requires_grad=True) * 2).value
    assert (found.library, found.dtype, found.numbers()) == ("torch", "float32", [0.0, 2.0, 4.0])
    assert captured(torch.ones(2, dtype=torch.bfloat16)).value.numbers() == [1.0, 1.0]
