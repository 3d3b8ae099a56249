"""No line of the program's own code runs while its values are read, whatever it overrides, and nothing it does there escapes."""

from __future__ import annotations

import threading
from typing import Any, Callable

import pytest

from ring_values import Scope, captured

CALLS: list[str] = []


def trap(name: str) -> Callable[..., Any]:
    """A method that must not run. It would print, and then never return."""

    def method(*_args: object, **_named: object) -> Any:
        CALLS.append(name)
        print("the program's own code ran:", name)
        threading.Event().wait(60)
        raise SystemError(name)

    return method


OVERRIDES = (
    *("__repr__", "__str__", "__eq__", "__ne__", "__hash__", "__len__", "__bool__", "__iter__", "__next__", "__contains__"),
    *("__getitem__", "__getattr__", "__getattribute__", "__dir__", "__array__", "__array_interface__", "__array_struct__"),
    *("__array_ufunc__", "__array_function__", "__float__", "__int__", "__index__", "__complex__", "__bytes__", "__format__"),
    *("__reduce__", "__reduce_ex__", "__copy__", "__deepcopy__", "__sizeof__", "__length_hint__", "__buffer__", "__iadd__"),
    *("__lt__", "__add__", "__abs__", "__neg__", "__pos__", "__round__", "__fspath__", "__call__", "__enter__", "__del__"),
)


def hostile(*bases: type, **more: Any) -> type:
    """A class that overrides all it can. `__del__` only where it is not the test's own end that calls it."""
    methods = {name: trap(name) for name in OVERRIDES if name != "__del__"}
    methods.update({"size": property(trap("size")), "__class__": property(trap("__class__"))})
    methods.update({"shape": property(trap("shape")), "dtype": property(trap("dtype")), **more})
    return type("Hostile", bases, methods)


class HostileMeta(type):
    __hash__ = trap("meta __hash__")
    __eq__ = trap("meta __eq__")
    __instancecheck__ = trap("meta __instancecheck__")
    __subclasscheck__ = trap("meta __subclasscheck__")
    __getattribute__ = trap("meta __getattribute__")
    __repr__ = trap("meta __repr__")
    __iter__ = trap("meta __iter__")
    __len__ = trap("meta __len__")


@pytest.fixture(autouse=True)
def nothing_ran() -> Any:
    CALLS.clear()
    yield
    assert CALLS == []


PLAIN = [object, list, tuple, dict, set, frozenset, int, float, complex, str, bytes, bytearray, Exception]


@pytest.mark.parametrize("base", PLAIN)
def test_hostile_subclass(base: type) -> None:
    cls = hostile(base)
    value = base.__new__(cls)
    captured(value)
    captured([value])
    captured({"k": value})
    captured((1.0, value))


def test_hostile_attributes() -> None:
    cls = hostile(object, gain=property(trap("gain")))
    value = object.__new__(cls)
    object.__setattr__(value, "real", 1)
    found = captured(value).value
    assert [item["key"] for item in found["items"]] == ["real"]


def test_dict_behind_a_property() -> None:
    cls = hostile(object, __dict__=property(trap("__dict__")), __slots__=("inner",))
    value = object.__new__(cls)
    cls.__dict__["inner"].__set__(value, 3)
    assert [item["key"] for item in captured(value).value["items"]] == ["inner"]


def test_hostile_metaclass() -> None:
    value = type.__call__(HostileMeta, "Odd", (), {})
    captured(value)
    instance = object.__new__(value)
    captured(instance)
    captured([instance, instance])
    captured([1.0, instance])


def test_hostile_keys() -> None:
    key_class = hostile(object, __hash__=lambda self: 1, __eq__=lambda self, other: self is other)
    found = captured({object.__new__(key_class): 1}).value
    assert found["items"][0]["key"].startswith("<")


def test_hostile_array_protocols() -> None:
    np = pytest.importorskip("numpy")
    captured(object.__new__(hostile(object)))
    array = np.arange(3.0).view(hostile(np.ndarray, __array_finalize__=lambda self, other: None))
    assert captured(array).value.numbers() == [0.0, 1.0, 2.0]


def test_module_and_names_that_lie() -> None:
    cls = type("ndarray", (), {"__module__": "numpy", "tolist": trap("tolist"), "dtype": property(trap("dtype"))})
    assert captured(cls()).value["type"] == "numpy.ndarray"
    odd = type("Odd", (), {"__module__": property(trap("__module__"))})
    assert captured(odd()).value["type"].endswith("Odd")


def test_values_that_change_while_they_are_read() -> None:
    scope = Scope(slots=1 << 14)
    capture, meter = scope.probe("auto")
    shared: Any = {"list": [1.0], "dict": {}}
    stop = threading.Event()

    def change() -> None:
        i = 0
        while not stop.is_set():
            i += 1
            shared["dict"][i % 50] = i
            shared["dict"].pop((i * 7) % 50, None)
            shared["list"].append(float(i))
            del shared["list"][: i % 3]

    worker = threading.Thread(target=change)
    worker.start()
    try:
        scope.budget.share = 1e9
        for _ in range(2000):
            capture(shared, bytes(14), 1)
            capture(shared["list"], bytes(14), 1)
            scope.read()
    finally:
        stop.set()
        worker.join()
    assert not any(meter.skips.values())
