"""The bounded preview of a structured value, in the form that `CaptureValue` of `value.ts` has.

Bounds: depth, items of the whole tree, characters of a text, bytes, and a deadline. What is cut off says `truncated`. An
object that contains itself appears once; below that it is an empty truncated tree.
"""

from __future__ import annotations

from time import monotonic_ns
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType

from . import raw
from .bytes import Payload, bytes_payload
from .json_text import dumps
from .libraries import array_inside, columns_inside, items_inside
from .record import TREE
from .redact import HIDDEN
from .standard import deque_items, deque_length, is_deque, parts_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .arrays import ArrayReader
    from .bytes import Limits
    from .redact import Redactor

    Node = dict[str, Any]

_KEY_CHARACTERS = 80
_HEAD = 32
_BUDGET_BYTES = 1 << 20
_SAFE_INT = 2**53 - 1
# Opaque: what they hold is code, and their attributes are of no use to someone who looks at values.
_LEAVES = (FunctionType, BuiltinFunctionType, MethodType, ModuleType, CodeType, type)


class TreeReader:
    def __init__(self, limits: Limits, redactor: Redactor, arrays: ArrayReader) -> None:
        self._limits = limits
        self._redactor = redactor
        self._arrays = arrays

    def read(self, value: object) -> Payload:
        text = dumps(_Growth(self._limits, self._redactor, self._arrays).tree(value, 0))
        return bytes_payload(TREE, text.encode())


class _Growth:
    """One tree while it grows."""

    def __init__(self, limits: Limits, redactor: Redactor, arrays: ArrayReader) -> None:
        self._limits = limits
        self._redactor = redactor
        self._arrays = arrays
        self._items = limits.tree_items
        self._bytes = min(_BUDGET_BYTES, limits.payload_bytes)
        self._due_ns = monotonic_ns() + limits.deadline_ns
        self._above: list[int] = []

    def value(self, value: Any, depth: int) -> Node:
        """Any value as a `CaptureValue`."""
        kind = type(value)
        if value is None:
            return {"kind": "none"}
        if kind is bool:
            return {"kind": "scalar", "type": "bool", "value": value}
        for base in (float, int, complex):
            if raw.derives(kind, base):
                return self._number(value, kind, base, base.__name__)
        if raw.derives(kind, str):
            return self._text(str.__str__(value))
        return self._array(value, kind) or self.tree(value, depth)

    def _number(self, value: Any, kind: type, base: type, name: str) -> Node:
        if kind is not base and raw.module_name(kind) == "numpy":
            name = raw.type_name(kind)[len("numpy.") :]
        exact = complex.__pos__(value) if base is complex else base.__dict__[f"__{base.__name__}__"](value)
        return {"kind": "scalar", "type": name, "value": _json_number(exact)}

    def _text(self, text: str) -> Node:
        shown = text[: min(self._limits.text_characters, max(self._bytes, 0))]
        length = len(text)
        if self._redactor.hides_shown(text, len(shown)):
            shown, length = HIDDEN, len(HIDDEN)
        self._bytes -= len(shown)
        return {"kind": "text", "value": shown, "length": length}

    def _array(self, value: Any, kind: type) -> Node | None:
        """numpy's scalars and arrays, buffers, long sequences of numbers; some elements stand for the rest."""
        if (kind is bytes or kind is bytearray) and self._redactor.hides_bytes(value):
            return {"kind": "text", "value": HIDDEN, "length": len(HIDDEN)}
        found = self._arrays.head(value, kind, _HEAD)
        if found is not None:
            return self._array_node(*found)
        numpy = self._arrays.numpy()
        if numpy is None:
            return None
        library = "numpy"
        if not numpy.is_array(kind):
            scalar = numpy.scalar(value)
            if scalar is not None:
                return {"kind": "scalar", "type": scalar[0], "value": _json_number(scalar[1])}
            inside = array_inside(value, kind)
            if inside is None or not numpy.is_array(type(inside[1])):
                return None
            library, value = inside
        head = numpy.head(value, _HEAD)
        if head is None:
            return None
        label, shape, items = head
        return self._array_node(library, label, shape, items, numpy.plain(value).size)

    def _array_node(self, library: str, label: str, shape: list[int], items: list[Any], size: int) -> Node:
        self._bytes -= 16 * len(items)
        magnitudes = [abs(item) for item in items]
        finite = [item for item, size_of in zip(items, magnitudes) if size_of - size_of == 0]
        lengths = [abs(item) if type(item) is complex else item for item in finite]
        mean = sum(finite) / len(finite) if finite else None
        stats = {
            "min": _json_number(min(lengths)) if lengths else None,
            "max": _json_number(max(lengths)) if lengths else None,
            "mean": None if mean is None else _json_number(mean),
            "nan": sum(1 for item in items if item != item),
        }
        head = [_json_number(item) for item in items]
        node: Node = {"kind": "array", "library": library, "dtype": label, "shape": shape, "stats": stats, "head": head}
        if size > len(items) > 0:
            node["step"] = -(-size // len(items))
        return node

    def tree(self, value: Any, depth: int) -> Node:
        kind = type(value)
        node: Node = {"kind": "tree", "type": raw.type_name(kind)[:_KEY_CHARACTERS], "items": [], "truncated": False}
        text = text_of(value, kind)
        if text is not None:
            node["items"].append({"key": "value", "value": self._text(text)})
            return node
        if any(raw.derives(kind, leaf) for leaf in _LEAVES):
            return node
        if id(value) in self._above or depth >= self._limits.tree_depth:
            node["truncated"] = True
            return node
        self._above.append(id(value))
        try:
            self._fill(node, value, kind, depth)
        finally:
            self._above.pop()
        return node

    def _fill(self, node: Node, value: Any, kind: type, depth: int) -> None:
        length, parts = self._parts(value, kind)
        if length is not None:
            node["length"] = length
        items = node["items"]
        for key, part in parts:
            if self._items <= 0 or self._bytes <= 0 or monotonic_ns() > self._due_ns:
                node["truncated"] = True
                return
            self._items -= 1
            self._bytes -= len(key) + 16
            if self._redactor.hides_name(key):
                items.append({"key": key, "value": {"kind": "text", "value": HIDDEN, "length": len(HIDDEN)}})
            else:
                items.append({"key": key, "value": self.value(part, depth + 1)})
        if length is not None and len(items) < length:
            node["truncated"] = True

    def _parts(self, value: Any, kind: type) -> tuple[int | None, Iterator[tuple[str, Any]]]:
        """The number of parts where the object is a container, and the first of them."""
        most = self._items + 1
        if raw.derives(kind, dict):
            return dict.__len__(value), ((self._key(key), item) for key, item in raw.first_items(value, most))
        if raw.derives(kind, list):
            return list.__len__(value), _numbered(list.__getitem__(value, slice(most)))
        if raw.derives(kind, tuple):
            return tuple.__len__(value), _named(kind, tuple.__getitem__(value, slice(most)))
        if raw.derives(kind, set):
            return set.__len__(value), _numbered(raw.first_of_set(value, most))
        if raw.derives(kind, frozenset):
            return frozenset.__len__(value), _numbered(raw.first_of_set(value, most))
        if is_deque(kind):
            return deque_length(value), _numbered(deque_items(value, most=most))
        parts = parts_of(value, kind, most)
        if parts is not None:
            return None, iter(parts)
        columns = columns_inside(value, kind, most)
        if columns is not None:
            return None, ((self._key(label), column) for label, column in columns)
        items = items_inside(value, kind, most)
        if items is not None:
            return items[0], _numbered(items[1])
        numpy = self._arrays.numpy()
        if numpy is not None and numpy.is_array(kind):
            array = numpy.plain(value)
            return int(array.size), _numbered(numpy.objects(array, most))
        if numpy is not None and numpy.is_structure(kind):
            return None, iter(numpy.fields(value))
        return None, self._attributes(value, kind, most)

    def _attributes(self, value: Any, kind: type, most: int) -> Iterator[tuple[str, Any]]:
        if raw.derives(kind, BaseException):
            yield "args", BaseException.__dict__["args"].__get__(value)
        held = raw.instance_dict(value)
        if held is not None:
            for name, item in raw.first_items(held, most):
                yield self._key(name), item
        yield from raw.slots(value)

    def _key(self, key: Any) -> str:
        kind = type(key)
        if kind is str:
            shown: str = key[:_KEY_CHARACTERS]
            return HIDDEN if self._redactor.hides_text(key[: self._limits.text_characters]) else shown
        if kind is int:
            return repr(key) if -_SAFE_INT <= key <= _SAFE_INT else hex(key)[:_KEY_CHARACTERS]
        if kind is float or kind is bool or key is None:
            return repr(key)
        if kind is tuple:
            inside = ", ".join(self._key(part) for part in key[:8])
            return f"({inside})"[:_KEY_CHARACTERS]
        if kind is bytes:
            return self._key(key[:_KEY_CHARACTERS].decode("latin-1"))
        return f"<{raw.type_name(kind)}>"


def _numbered(items: list[Any]) -> Iterator[tuple[str, Any]]:
    return ((str(index), item) for index, item in enumerate(items))


def _named(kind: type, items: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """With the field names of a named tuple."""
    names = raw.class_attribute(kind, "_fields") if kind is not tuple else None
    if type(names) is tuple and len(names) >= len(items) and all(type(name) is str for name in names):
        return zip(names, items)
    return _numbered(list(items))


def _json_number(value: Any) -> Any:
    """`nan`, `inf`, `-inf` and ints beyond 2^53 are strings; complex numbers a pair."""
    kind = type(value)
    if kind is int:
        return value if -_SAFE_INT <= value <= _SAFE_INT else _digits(value)
    if kind is float:
        return value if value - value == 0 else repr(value)
    if kind is complex:
        return {"re": _json_number(value.real), "im": _json_number(value.imag)}
    return value


def _digits(value: int) -> str:
    """Past a few thousand digits in hexadecimal, which takes no quadratic time."""
    return repr(value) if value.bit_length() < 4096 else hex(value)[: 4 * _KEY_CHARACTERS]
