"""Arrays of every kind that need no library: buffers of bytes, `array.array`, `memoryview`, and flat sequences of numbers."""

from __future__ import annotations

import sys

from ._bytes import Payload, SkipError
from ._json_text import dumps
from ._libraries import array_inside
from ._numpy import NumpyReader, find_numpy
from ._raw import module_name
from ._record import ARRAY, INT, LAYOUTS, WORDS, padded, prefix

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap
    from collections.abc import Sequence
    from typing import Any, Callable

    from ._bytes import Encoded, Limits

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


class ArrayReader:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._numpy: NumpyReader | None = None
        # Scalars that `struct` packs as they are: id of their type → pack, prefix without the probe, code of the type.
        self.direct: dict[int, tuple[Callable[..., None], bytes, int]] = {}
        self._take_direct(bool, INT, 3)

    def reader_of(self, kind: type) -> Callable[[Any], Encoded] | None:
        """The function that reads values of this very type, when it is a library's and can be read without its code."""
        if kind is memoryview:
            return self._read_view
        array = sys.modules.get("array")
        if array is not None and module_name(kind) == "array" and kind is vars(array).get("array"):
            return self._read_array
        numpy = self.numpy()
        return None if numpy is None else numpy.reader_of(kind)

    def read_derived(self, value: object, kind: type) -> Encoded | None:
        """Arrays of numpy, of classes that derive from them, and those inside of other libraries' objects; only numbers."""
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

    def _read_view(self, view: memoryview) -> Encoded:
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
        most = min(_SEQUENCE_ITEMS, self._limits.payload_bytes // 16)
        step = -(-length // most)
        items = value[::step]  # a copy: other threads may change the list
        packed = _pack_numbers(items)
        if packed is None:
            return None
        data, elements = packed
        library = "list" if type(value) is list else "tuple"
        head: dict[str, Any] = {"library": library, "dtype": data, "data": data, "shape": [length]}
        if step > 1:
            head.update(items=len(items), step=step)
        return array_payload(head, elements)


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
