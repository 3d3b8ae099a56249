"""What each kind of value becomes in a record."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import math
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ring_values import captured, skipped


@given(st.floats())
def test_float_is_exact(value: float) -> None:
    record = captured(value)
    assert record.type == "float"
    assert record.value == value or (math.isnan(record.value) and math.isnan(value))


@given(st.integers())
def test_int_is_exact(value: int) -> None:
    record = captured(value)
    assert record.value == value
    assert record.type == ("int" if -(2**63) <= value < 2**63 else "")


@pytest.mark.parametrize("value", [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**400, -(10**400), 0, -1])
def test_int_at_the_borders(value: int) -> None:
    assert captured(value).value == value


@given(st.complex_numbers(allow_nan=False))
def test_complex_is_exact(value: complex) -> None:
    record = captured(value)
    assert (record.type, record.value) == ("complex", value)


def test_none_and_bools() -> None:
    assert captured(None).value is None
    for value in (True, False):
        record = captured(value)
        assert (record.type, record.value) == ("bool", value)


@given(st.text(alphabet=st.characters(max_codepoint=0x10FFFF)))
def test_text_keeps_its_length(value: str) -> None:
    if any(sign in value for sign in ("://", "gh", "eyJ")):
        return
    length, text = captured(value).value
    assert length == len(value)
    assert text == value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def test_long_text_is_cut() -> None:
    assert captured("é" * 10_000).value == (10_000, "é" * 4096)


def test_subclasses_of_plain_types_are_read_by_their_base() -> None:
    class Volt(float):
        def __float__(self) -> float:
            raise AssertionError

        __repr__ = __str__ = __float__  # type: ignore[assignment]

    class Level(enum.IntEnum):
        LOW = 3

    class Name(str):
        def __str__(self) -> str:
            raise AssertionError

        __getitem__ = __len__ = __str__  # type: ignore[assignment]

    assert captured(Volt(2.5)).value == 2.5
    assert captured(Level.LOW).value == 3
    assert captured(Name("abc")).value == (3, "abc")


@pytest.mark.parametrize(
    ("value", "data", "numbers"),
    [
        ([1.0, 2.5], "float64", [1.0, 2.5]),
        ([1, 2**62], "int64", [1, 2**62]),
        ([1, 2.5], "float64", [1.0, 2.5]),
        ([True, False], "bool", [True, False]),
        ([1j, 2 + 3j], "complex128", [1j, 2 + 3j]),
        ((1.0, math.inf), "float64", [1.0, math.inf]),
    ],
)
def test_flat_sequences_of_numbers_are_arrays(value: Any, data: str, numbers: list[Any]) -> None:
    found = captured(value).value
    assert found.head == {"library": type(value).__name__, "dtype": data, "data": data, "shape": [len(value)]}
    assert found.numbers() == numbers


@pytest.mark.parametrize("value", [[], [1, "a"], [2**70, 1], [True, 1], [1.0, None], [[1.0], [2.0]]])
def test_other_sequences_are_trees(value: list[Any]) -> None:
    found = captured(value).value
    assert (found["kind"], found["type"], found["length"]) == ("tree", "list", len(value))


def test_buffers_are_arrays() -> None:
    assert captured(b"\x01\x02").value.head == {"library": "bytes", "dtype": "uint8", "data": "uint8", "shape": [2]}
    assert captured(bytearray(b"\x01\xff")).value.numbers() == [1, 255]
    floats = captured(array.array("f", [1.5, -2.5])).value
    assert (floats.library, floats.data, floats.numbers()) == ("array", "float32", [1.5, -2.5])
    view = memoryview(array.array("i", range(6)))[::2]
    assert captured(view).value.numbers() == [0, 2, 4]
    assert captured(memoryview(b"").cast("B")).value.numbers() == []


def test_large_buffer_is_summarised() -> None:
    found = captured(bytes(range(256)) * 64, payloadBytes=1024).value
    assert found.shape == [16384]
    assert found.items * found.step >= 16384
    assert found.numbers() == [(i * found.step) % 256 for i in range(found.items)]


def test_tree_of_containers() -> None:
    found = captured({"a": 1, 2: [1, "x"], (1, 2): None, 2.5: {3}}).value
    assert (found["type"], found["length"], found["truncated"]) == ("dict", 4, False)
    assert [item["key"] for item in found["items"]] == ["a", "2", "(1, 2)", "2.5"]
    assert found["items"][0]["value"] == {"kind": "scalar", "type": "int", "value": 1}
    assert found["items"][1]["value"]["items"][1]["value"] == {"kind": "text", "value": "x", "length": 1}
    assert found["items"][2]["value"] == {"kind": "none"}


def test_numbers_in_trees_follow_the_contract() -> None:
    found = captured([None, 2**60, math.nan, -math.inf, 1j, True]).value
    values = [item["value"] for item in found["items"]]
    assert values == [
        {"kind": "none"},
        {"kind": "scalar", "type": "int", "value": str(2**60)},
        {"kind": "scalar", "type": "float", "value": "nan"},
        {"kind": "scalar", "type": "float", "value": "-inf"},
        {"kind": "scalar", "type": "complex", "value": {"re": 0.0, "im": 1.0}},
        {"kind": "scalar", "type": "bool", "value": True},
    ]


@dataclasses.dataclass
class Config:
    gain: float
    name: str


class Slotted:
    __slots__ = ("left", "right", "unset")

    def __init__(self) -> None:
        self.left = 1
        self.right = "r"


Point = collections.namedtuple("Point", "x y")


def keys(value: Any) -> dict[str, Any]:
    return {item["key"]: item["value"].get("value") for item in captured(value).value["items"]}


def test_instances() -> None:
    assert keys(Config(0.5, "rx")) == {"gain": 0.5, "name": "rx"}
    assert captured(Config(0.5, "rx")).value["type"] == f"{__name__}.Config"
    assert keys(Slotted()) == {"left": 1, "right": "r"}
    assert keys(types.SimpleNamespace(a=1)) == {"a": 1}
    assert keys(collections.OrderedDict(a=1)) == {"a": 1}
    assert keys(collections.defaultdict(int, a=1)) == {"a": 1}
    assert keys(ValueError("bad")) == {"args": None}
    assert [item["key"] for item in captured(Point(1, "a")).value["items"]] == ["x", "y"]


def test_known_values_of_the_standard_library_have_a_text() -> None:
    assert keys(decimal.Decimal("1.5")) == {"value": "1.5"}
    assert keys(datetime.date(2024, 2, 29)) == {"value": "2024-02-29"}
    assert captured(Path("a")).value["kind"] == "tree"


@pytest.mark.parametrize("value", [print, lambda: 0, math, int, object(), (i for i in "a"), Config, open])
def test_opaque_values_are_a_name(value: object) -> None:
    found = captured(value).value
    assert (found["kind"], found["truncated"]) == ("tree", False)


def test_cycles_end() -> None:
    loop: list[Any] = ["x"]
    loop.append(loop)
    inner = captured(loop).value["items"][1]["value"]
    assert (inner["items"], inner["truncated"]) == ([], True)


def test_bounds_of_a_tree() -> None:
    wide = captured({str(i): "v" for i in range(1000)}).value
    assert (len(wide["items"]), wide["length"], wide["truncated"]) == (100, 1000, True)
    deep: Any = "end"
    for _ in range(50):
        deep = [deep]
    text = str(captured(deep).value)
    assert text.count("'kind': 'tree'") == 5
    long = captured({"t": "x" * 100_000}).value["items"][0]["value"]
    assert (len(long["value"]), long["length"]) == (4096, 100_000)


def test_deadline_cuts_a_tree() -> None:
    found = captured([{"a": [str(i)] * 10} for i in range(100)], treeItems=10**6, deadlineMs=0.001).value
    assert found["truncated"] is True


def test_larger_than_the_ring_is_a_counted_skip() -> None:
    assert skipped(1 << (8 << 16), bulk=1 << 12) == "too_large"


def test_nothing_is_kept_of_a_value() -> None:
    import sys

    value = [object()]
    before = sys.getrefcount(value[0])
    captured(value)
    captured({"k": value})
    after = sys.getrefcount(value[0])
    assert after == before
