"""Values of numpy: every dtype, every memory layout, and arrays too large to copy."""

from __future__ import annotations

import time
import warnings
from typing import Any

import pytest

from engine_peer import LIMITS
from ring_values import TAGS, Scope, captured

np = pytest.importorskip("numpy")

SCALARS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]


OTHERS = ["complex64", "complex128", "longdouble", "clongdouble", "bool_", "longlong", "ulonglong"]


@pytest.mark.parametrize("name", [*SCALARS, *OTHERS])
def test_scalar(name: str) -> None:
    record = captured(getattr(np, name)(1))
    assert record.type == {"longlong": "int64", "ulonglong": "uint64"}.get(name, name)
    assert record.value == 1


def test_scalar_limits() -> None:
    assert captured(np.uint64(2**64 - 1)).value == 2**64 - 1
    assert captured(np.int64(-(2**63))).value == -(2**63)
    assert captured(np.str_("text")).value == (4, "text")


@pytest.mark.parametrize("name", [*SCALARS, "complex64", "complex128", "bool"])
def test_array_of_each_dtype(name: str) -> None:
    values = np.array([0, 1, 2, 3, 100, 7], dtype=name).reshape(2, 3)
    found = captured(values).value
    assert found.head["dtype"] == name
    assert found.head["data"] == {"float16": "float32"}.get(name, name)
    assert found.shape == [2, 3]
    assert found.numbers() == values.ravel().tolist()


def layouts() -> dict[str, Any]:
    base = np.arange(24.0).reshape(4, 6)
    frozen = base.copy()
    frozen.flags.writeable = False
    return {
        "strided": base[::2, 1::2],
        "reversed": base[::-1],
        "transposed": base.T,
        "fortran": np.asfortranarray(base),
        "broadcast": np.broadcast_to(np.float64(3), (3, 2)),
        "read_only": frozen,
        "big_endian": base.astype(">f8"),
        "zero_size": base[:0],
        "unaligned": np.frombuffer(b"\0" + base.tobytes(), np.uint8)[1:].view(np.float64),
    }


@pytest.mark.parametrize("name", list(layouts()))
def test_layout(name: str) -> None:
    values = layouts()[name]
    found = captured(values).value
    assert found.shape == list(values.shape)
    assert found.data == "float64"
    assert found.numbers() == values.ravel().tolist()


def test_labels_are_what_the_program_calls_them() -> None:
    assert captured(np.zeros(2, ">i4")).value.head["dtype"] == ">i4"
    assert captured(np.zeros(2, "M8[ns]")).value.head["dtype"] == "datetime64[ns]"
    assert captured(np.zeros(2, "m8[us]")).value.head["dtype"] == "timedelta64[us]"
    assert captured(np.zeros(2, np.longdouble)).value.head == {
        "library": "numpy",
        "dtype": "longdouble",
        "data": "float64",
        "shape": [2],
    }


def test_times_are_int64() -> None:
    values = np.array(["2024-01-01", "NaT"], "M8[ns]")
    found = captured(values).value
    assert (found.data, found.numbers()) == ("int64", values.astype("i8").tolist())
    assert captured(np.datetime64("2024-01-01", "D")).value.numbers() == [19723]


def test_zero_dimensional_arrays_are_scalars() -> None:
    record = captured(np.array(2.5, np.float32))
    assert (record.type, record.value) == ("float32", 2.5)


def test_conversion_warns_nobody() -> None:
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        huge = np.array([np.finfo(np.longdouble).max])
        assert captured(huge).value.data == "float64"


def test_masked_array() -> None:
    values = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    found = captured(values).value
    assert found.masked == 1
    first, middle, last = found.numbers()
    assert (first, last) == (1.0, 3.0) and middle != middle
    whole = np.ma.array([1, 2, 3], mask=[True, False, False])
    assert captured(whole).value.numbers() == [0, 2, 3]


def test_known_subclasses() -> None:
    assert captured(np.matrix([[1.0, 2.0]])).value.shape == [1, 2]

    class Mine(np.ndarray):  # type: ignore[misc]
        def __array_finalize__(self, _other: object) -> None:
            self.calls = getattr(self, "calls", 0) + 1

        @property
        def shape(self) -> Any:
            raise AssertionError

        def __getitem__(self, _key: object) -> Any:
            raise AssertionError

    values = np.arange(3.0).view(Mine)
    calls = values.calls
    assert captured(values).value.numbers() == [0.0, 1.0, 2.0]
    assert values.calls == calls


def test_structured_object_and_text_arrays_are_trees() -> None:
    pairs = captured(np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")])).value
    assert pairs["length"] == 2
    assert [item["key"] for item in pairs["items"][0]["value"]["items"]] == ["a", "b"]
    assert pairs["items"][1]["value"]["items"][0]["value"]["value"] == 3
    objects = captured(np.array([1, "two", None], dtype=object)).value
    assert [item["value"]["kind"] for item in objects["items"]] == ["scalar", "text", "none"]
    words = captured(np.array(["ab", "c"])).value
    assert words["items"][0]["value"]["value"] == "ab"
    record = captured(np.array([(1, 2)], dtype=[("a", "i4"), ("b", "i4")])[0]).value
    assert [item["key"] for item in record["items"]] == ["a", "b"]


def test_arrays_in_trees_show_their_first_numbers() -> None:
    node = captured({"iq": np.array([1 + 1j, np.nan], np.complex64)}).value["items"][0]["value"]
    assert (node["kind"], node["dtype"], node["shape"]) == ("array", "complex64", [2])
    assert node["head"][0] == {"re": 1.0, "im": 1.0}
    assert node["stats"]["nan"] == 1
    assert node["stats"]["max"] == pytest.approx(2**0.5)


def test_large_array_is_a_strided_summary() -> None:
    values = np.arange(100_000.0)
    found = captured(values, payloadBytes=4096).value
    assert found.shape == [100_000]
    assert found.numbers() == values[:: found.step].tolist()
    assert found.items == len(found.numbers())
    columns = captured(np.arange(200_000.0).reshape(-1, 2)[:, 0], payloadBytes=4096).value
    assert columns.numbers() == [2.0 * columns.step * i for i in range(columns.items)]


def test_an_array_larger_than_the_ring_is_a_strided_summary() -> None:
    scope = Scope(bulk=1 << 16)
    scope.reader.limits.update({**LIMITS, "payloadBytes": 1 << 24})
    capture, meter = scope.probe()
    values = np.arange(1 << 16, dtype=np.complex64)
    capture(values, TAGS, 1)
    assert not any(meter.skips.values())
    (record,) = scope.read()
    found = record.value
    assert found.shape == [1 << 16]
    assert found.numbers() == values[:: found.step].tolist()


def test_ten_gigabytes_cost_no_copy_of_them(tmp_path: Any) -> None:
    values = np.memmap(tmp_path / "big", np.float64, "w+", shape=(10 * 2**30 // 8,))
    started = time.perf_counter()
    found = captured(values).value
    elapsed = time.perf_counter() - started
    assert found.shape == [10 * 2**30 // 8]
    assert 0 < found.items <= 1 << 16
    assert elapsed < 2.0


def test_a_capture_is_a_snapshot() -> None:
    scope = Scope()
    capture, _ = scope.probe()
    values = np.zeros(4)
    for i in range(3):
        values[i] = i + 1
        capture(values, bytes(14), i)
    assert [record.value.numbers() for record in scope.read()] == [[1, 0, 0, 0], [1, 2, 0, 0], [1, 2, 3, 0]]


def test_scalars_take_the_short_way_once_they_are_known() -> None:
    scope = Scope()
    capture, meter = scope.probe()
    values = [np.float64(1.5), np.float32(2.5), np.int16(-3), np.uint64(2**64 - 1), True, np.float16(0.5), np.bool_(True)]
    for value in values * 3:
        capture(value, bytes(14), 1)
    records = scope.read()
    assert [record.value for record in records] == [1.5, 2.5, -3, 2**64 - 1, True, 0.5, True] * 3
    types = ["float64", "float32", "int16", "uint64", "bool", "float16", "bool_"]
    assert [record.type for record in records] == types * 3
    assert (meter.captures, any(meter.skips.values())) == (21, False)
