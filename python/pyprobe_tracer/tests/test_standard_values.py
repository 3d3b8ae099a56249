"""Values of the standard library are shown as what they are: numbers as arrays, moments and paths as texts, parts by name."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import os
import pathlib
import re
from typing import Any

import pytest

from ring_values import captured


def tree(value: object, **limits: Any) -> Any:
    """Whole, however busy the machine is."""
    return captured(value, deadlineMs=10_000, **limits).value


def text(value: object) -> str:
    """What a tree shows in place of the value's parts."""
    (item,) = tree(value)["items"]
    assert item["key"] == "value"
    return str(item["value"]["value"])


def parts(value: object) -> dict[str, Any]:
    return {item["key"]: item["value"].get("value", item["value"]) for item in tree(value)["items"]}


@pytest.mark.parametrize(
    ("value", "library", "data", "numbers"),
    [
        (collections.deque([1.0, 2.5]), "deque", "float64", [1.0, 2.5]),
        (collections.deque([1, 2, 3], 2), "deque", "int64", [2, 3]),
        (collections.deque([1j]), "deque", "complex128", [1j]),
        (range(2, 9, 3), "range", "int64", [2, 5, 8]),
        (range(3, 0, -1), "range", "int64", [3, 2, 1]),
        (array.array("h", [1, -2]), "array", "int16", [1, -2]),
        (bytearray(b"ab"), "bytearray", "uint8", [97, 98]),
        (memoryview(b"ab"), "memoryview", "uint8", [97, 98]),
    ],
)
def test_numbers_are_arrays(value: object, library: str, data: str, numbers: list[Any]) -> None:
    found = captured(value).value
    assert (found.library, found.data, found.shape) == (library, data, [len(numbers)])
    assert found.numbers() == numbers


def test_a_deque_of_other_things_is_a_tree() -> None:
    assert parts(collections.deque(["a", 1])) == {"0": "a", "1": 1}
    assert tree(collections.deque())["length"] == 0


def test_a_class_of_the_program_that_is_a_deque_is_read_by_its_base() -> None:
    class Ring(collections.deque):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            raise SystemExit("the program's own code ran")

        __len__ = __getitem__ = __iter__

    assert parts(Ring(["a", 2])) == {"0": "a", "1": 2}


def test_long_ranges_and_deques_are_summed_up() -> None:
    found = captured(range(0, 10**12, 7), payloadBytes=1 << 16).value
    assert found.shape == [len(range(0, 10**12, 7))]
    assert found.numbers()[:2] == [0, 7 * found.step]
    found = captured(collections.deque(range(100_000)), payloadBytes=1 << 16).value
    assert found.numbers()[1] == found.step > 1


@pytest.mark.parametrize("value", [range(10**30), range(10**30, 0, -1), range(0), range(-(10**40), 10**40)])
def test_ranges_that_are_no_arrays_tell_their_bounds(value: range) -> None:
    assert {key: int(part) for key, part in parts(value).items()} == {
        "start": value.start,
        "stop": value.stop,
        "step": value.step,
    }


def test_moments_are_texts() -> None:
    assert text(datetime.datetime(2026, 1, 2, 3, 4, 5)) == "2026-01-02 03:04:05"
    assert text(datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)) == "2026-01-02 00:00:00+00:00"
    assert text(datetime.time(3, 4, 0, 5)) == "03:04:00.000005"
    assert text(datetime.date(2026, 1, 2)) == "2026-01-02"
    assert text(datetime.timedelta(seconds=90)) == "0:01:30"
    assert text(datetime.timezone.utc) == "UTC"


def test_a_moment_in_a_zone_of_the_program_is_told_without_asking_the_zone() -> None:
    class Zone(datetime.tzinfo):
        def utcoffset(self, _: Any) -> Any:
            raise SystemExit("the program's own code ran")

        tzname = dst = utcoffset

    class Moment(datetime.datetime):
        def isoformat(self, *_: Any) -> str:  # type: ignore[override]
            raise SystemExit("the program's own code ran")

        __str__ = isoformat

    assert text(datetime.datetime(2026, 1, 2, tzinfo=Zone())) == "2026-01-02 00:00:00"
    assert text(Moment(2026, 1, 2, 3)) == "2026-01-02 03:00:00"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/a/b.py", "a", ".", "a/b/c"),
        pathlib.PurePosixPath("a", "b", "c"),
        pathlib.PurePosixPath("a", "/b"),
        pathlib.Path("/srv") / "data" / "x.bin",
        pathlib.PureWindowsPath("C:\\a\\b"),
    ],
)
def test_paths_are_texts_and_are_not_changed(path: Any) -> None:
    made = pathlib.PurePosixPath(path) if isinstance(path, str) else path
    before = tree(made)
    assert text(made) == str(made)
    assert text(made) == before["items"][0]["value"]["value"]


def test_numbers_of_other_kinds_are_texts() -> None:
    assert text(decimal.Decimal("1.10")) == "1.10"
    assert text(fractions.Fraction(1, 3)) == "1/3"


def test_parts_by_name() -> None:
    class Color(enum.Enum):
        RED = (255, 0, 0)

    class Access(enum.Flag):
        READ = 1
        WRITE = 2

    @dataclasses.dataclass(frozen=True)
    class Config:
        rate: int = 3
        name: str = "a"

    point = collections.namedtuple("point", "row column")
    assert [item["key"] for item in tree(Color.RED)["items"]] == ["name", "value"]
    assert parts(Color.RED)["name"] == "RED"
    assert parts(Access.READ) == {"name": "READ", "value": 1}
    assert parts(Config()) == {"rate": 3, "name": "a"}
    assert parts(point(1, "x")) == {"row": 1, "column": "x"}
    assert parts(slice(1, None, 2)) == {"start": 1, "stop": {"kind": "none"}, "step": 2}
    assert parts({"a": 1, "b": 2}.keys()) == {"0": "a", "1": "b"}
    assert parts({"a": 1}.values()) == {"0": 1}
    assert parts({3, 4}) == {"0": 3, "1": 4}
    assert parts(collections.OrderedDict(a=1)) == {"a": 1}
    assert parts(collections.Counter("aab")) == {"a": 2, "b": 1}
    assert parts(collections.defaultdict(int, k=2)) == {"k": 2}
    assert parts(re.compile("a+"))["pattern"] == "a+"


def test_inside_of_objects_they_are_the_same() -> None:
    class Channel:
        def __init__(self) -> None:
            self.samples = [float(i) for i in range(1000)]
            self.taps = [1.0, 2.0]
            self.buffer = collections.deque(range(100))
            self.raw = array.array("f", [0.5] * 100)
            self.bytes = bytes(range(256)) * 10
            self.span = range(5)
            self.path = pathlib.PurePosixPath("a", "b")
            self.mixed = [*range(100), "a"]

    shown = {item["key"]: item["value"] for item in tree(Channel())["items"]}
    arrays = {key: (value["library"], value["dtype"], value["shape"]) for key, value in shown.items() if value["kind"] == "array"}
    assert arrays == {
        "samples": ("list", "float64", [1000]),
        "buffer": ("deque", "int64", [100]),
        "raw": ("array", "float32", [100]),
        "bytes": ("bytes", "uint8", [2560]),
        "span": ("range", "int64", [5]),
    }
    assert shown["samples"]["head"] == [float(i) for i in range(0, 1000, 32)]
    assert shown["samples"]["step"] == 32
    assert shown["bytes"]["head"] == [i * 80 % 256 for i in range(32)]
    assert [item["value"]["value"] for item in shown["taps"]["items"]] == [1, 2]
    assert shown["mixed"]["kind"] == "tree"
    assert shown["path"]["items"][0]["value"]["value"] == "a" + os.sep.replace("\\", "/") + "b"
