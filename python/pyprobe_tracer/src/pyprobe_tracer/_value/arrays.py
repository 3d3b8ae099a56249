"""Arrays of every kind that need no library: buffers of bytes, `array.array`, `memoryview`, and flat sequences of numbers."""

from __future__ import annotations

import sys

from .bytes import Payload, SkipError
from .json_text import dumps
from .libraries import array_inside, pixels_inside
from .numpy import NumpyReader, find_numpy
from .record import ARRAY, INT, LAYOUTS, WORDS, padded, prefix
from .standard import deque_items, deque_length, standard_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap
    from collections.abc import Sequence
    from typing import Any, Callable

    from .bytes import Encoded, Limits

# format of the struct module → what the bytes are, by their size; `l` has other sizes elsewhere.
_SIGNED = {1: "int8", 2: "int16", 4: "int32", 8: "int64"}
_UNSIGNED = {size: "u" + name for size, name in _SIGNED.items()}
_FORMATS = {
    **{form: _SIGNED for form in "bhilqn"},
    **{form: _UNSIGNED for form in "BHILQN"},
    "f": {4: "float32"},
    "d": {8: "float64"},
    "?": {1: "bool"},
    "c": {1: "uint8"},
}
_SEQUENCE_ITEMS = 1 << 20
"""A longer list is captured as every n-th item: each is an object that has to be looked at."""
_LONGEST = 2**53
_HEAD_ITEMS = 1 << 16
"""So many items of a list inside of a tree are looked at, to see that it holds numbers."""


class ArrayReader:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._numpy: NumpyReader | None = None
        # Scalars that `struct` packs as they are: id of their type → pack, prefix without the probe, code of the type.
        self.direct: dict[int, tuple[Callable[..., None], bytes, int]] = {}
        self._take_direct(bool, INT, 3)

    def reader_of(self, kind: type) -> Callable[[Any], Encoded] | None:
        """The function that reads values of this very type, when it is a library's and can be read without its code."""
        if kind is standard_class("array", "array"):
            return self._read_array
        numpy = self.numpy()
        return None if numpy is None else numpy.reader_of(kind)

    def read_derived(self, value: object, kind: type) -> Encoded | None:
        """Arrays of numpy, of classes that derive from them, and those inside of other libraries' objects; only numbers."""
        pixels = pixels_inside(value, kind)
        if pixels is not None:
            data, shape, elements = pixels
            return array_payload({"library": "PIL", "dtype": data, "data": data, "shape": shape}, elements)
        numpy = self.numpy()
        if numpy is None:
            return None
        if numpy.is_array(kind):
            return numpy.read(value)
        found = array_inside(value, kind)
        return numpy.read(found[1], found[0]) if found is not None and numpy.is_array(type(found[1])) else None

    def numpy(self) -> NumpyReader | None:
        """Of the numpy that the program has imported, if it has."""
        if self._numpy is None:
            module = find_numpy()
            if module is not None:
                self._numpy = NumpyReader(module, self._limits)
                for cls, kind, code in self._numpy.direct_scalars():
                    self._take_direct(cls, kind, code)
        return self._numpy

    def _take_direct(self, cls: type, kind: int, code: int) -> None:
        self.direct[id(cls)] = LAYOUTS[kind].pack_into, prefix(kind, 0)[:6], code

    def read_buffer(self, value: Any, library: str, label: str) -> Payload:
        """Of exact `bytes`, `bytearray` and `array.array`, which are contiguous."""
        view = memoryview(value)
        return self._one_dimension(view, library, label, _data_type(view))

    def _read_array(self, value: Any) -> Encoded:
        view = memoryview(value)
        if value.typecode in ("u", "w"):
            raise SkipError("unreadable")
        data = _data_type(view)
        return self._one_dimension(view, "array", data, data)

    def read_view(self, view: memoryview) -> Encoded:
        try:
            data = _data_type(view)
        except ValueError:
            raise SkipError("unreadable") from None
        if view.ndim == 1:
            return self._one_dimension(view, "memoryview", data, data)
        if view.nbytes > self._limits.payload_bytes:
            raise SkipError("too_large")
        head = {"library": "memoryview", "dtype": data, "data": data, "shape": list(view.shape or ())}
        return array_payload(head, view.tobytes())

    def _one_dimension(self, view: memoryview, library: str, label: str, data: str) -> Payload:
        head: dict[str, Any] = {"library": library, "dtype": label, "data": data, "shape": [len(view)]}
        step = -(-view.nbytes // self._limits.payload_bytes)
        if step > 1:
            view = view[::step]
            head.update(items=len(view), step=step)
        return array_payload(head, view.tobytes() if step > 1 or not view.c_contiguous else view.cast("B"))

    def read_sequence(self, value: list[Any] | tuple[Any, ...]) -> Payload | None:
        """A flat exact `list` or `tuple` whose items are all exact numbers of one family; None for any other."""
        length = len(value)
        if length == 0 or not _is_number(type(value[0])):
            return None
        step = self._sequence_step(length)
        # A copy: other threads may change the list.
        return self._numbers("list" if type(value) is list else "tuple", value[::step], length, step)

    def read_deque(self, value: Any) -> Payload | None:
        """The same for an exact `collections.deque`."""
        length = deque_length(value)
        if length == 0:
            return None
        step = self._sequence_step(length)
        return self._numbers("deque", deque_items(value, step), length, step)

    def read_range(self, value: range) -> Payload | None:
        """The numbers of a range; None when there are none, or some are too long."""
        if not value:
            return None
        length = _range_length(value)
        step = self._sequence_step(length)
        return self._numbers("range", value[::step], length, step)

    def _sequence_step(self, length: int) -> int:
        return -(-length // min(_SEQUENCE_ITEMS, self._limits.payload_bytes // 16))

    def _numbers(self, library: str, items: Sequence[Any], length: int, step: int) -> Payload | None:
        packed = _pack_numbers(items)
        if packed is None or length > _LONGEST:
            return None
        data, elements = packed
        head: dict[str, Any] = {"library": library, "dtype": data, "data": data, "shape": [length]}
        if step > 1:
            head.update(items=len(items), step=step)
        return array_payload(head, elements)

    def head(self, value: Any, kind: type, most: int) -> tuple[str, str, list[int], list[Any], int] | None:
        """For a tree: library, dtype, shape, the elements that stand for all, and their number. None when it is no array of
        numbers, or a sequence that is short enough to be shown item by item."""
        if kind is bytes or kind is bytearray:
            return kind.__name__, "uint8", [len(value)], list(value[:: _step_to(most, len(value))]), len(value)
        if kind is standard_class("array", "array") or (kind is memoryview and value.ndim == 1):
            try:
                view = memoryview(value)
                items = view[:: _step_to(most, len(view))].tolist()
                return kind.__name__, _data_type(view), [len(view)], items, len(view)
            except (SkipError, ValueError, NotImplementedError):
                return None
        if kind is range and value and max(abs(value[0]), abs(value[-1])) < _LONGEST:
            length = _range_length(value)
            return "range", "int64", [length], list(value[:: _step_to(most, length)]), length
        return self._sequence_head(value, kind, most)

    def _sequence_head(self, value: Any, kind: type, most: int) -> tuple[str, str, list[int], list[Any], int] | None:
        is_deque = kind is standard_class("collections", "deque")
        if not is_deque and kind is not list and kind is not tuple:
            return None
        length = deque_length(value) if is_deque else len(value)
        if length <= most:
            return None
        step = _step_to(_HEAD_ITEMS, length)
        packed = _pack_numbers(deque_items(value, step) if is_deque else value[::step])
        if packed is None:
            return None
        step = _step_to(most, length)
        items = deque_items(value, step) if is_deque else list(value[::step])
        return kind.__name__, packed[0], [length], items, length


def _range_length(value: range) -> int:
    """Of one that is not empty; `len` of a long one raises."""
    return (value[-1] - value[0]) // value.step + 1


def _step_to(most: int, length: int) -> int:
    return max(1, -(-length // most))


def array_head(head: dict[str, Any]) -> bytes:
    """The beginning of an array payload, up to its elements."""
    text = dumps(head).encode()
    return (WORDS.pack(len(text), 0) + text).ljust(padded(8 + len(text)), b"\0")


def array_payload(head: dict[str, Any], elements: bytes | memoryview) -> Payload:
    beginning = array_head(head)
    size = len(beginning) + len(elements)

    def fill(memory: mmap.mmap, start: int) -> None:
        middle = start + len(beginning)
        memory[start:middle] = beginning
        memory[middle : start + size] = elements

    return Payload(ARRAY, size, fill)


def _data_type(view: memoryview) -> str:
    form = view.format.lstrip("@=") if sys.byteorder == "little" else view.format
    try:
        return _FORMATS[form][view.itemsize]
    except KeyError:
        raise SkipError("unreadable") from None


def _is_number(kind: type) -> bool:
    return kind is float or kind is int or kind is bool or kind is complex


def _pack_numbers(items: Sequence[Any]) -> tuple[str, bytes] | None:
    # By identity: a type as a key would be hashed, which a metaclass can do in its own way.
    kinds = set(map(id, map(type, items)))
    if kinds == {id(bool)}:
        return "bool", bytes(items)
    if kinds == {id(complex)}:
        flat = [part for item in items for part in (item.real, item.imag)]
        return "complex128", _pack_doubles(flat)
    if kinds == {id(int)}:
        from array import array

        try:
            return "int64", array("q", items).tobytes()
        except OverflowError:
            return None
    if kinds <= {id(int), id(float)}:
        try:
            return "float64", _pack_doubles(items)
        except OverflowError:
            return None
    return None


def _pack_doubles(items: Sequence[float]) -> bytes:
    from array import array

    return array("d", items).tobytes()
