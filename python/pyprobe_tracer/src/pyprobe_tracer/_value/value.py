"""From a value to what a record can hold: a scalar, or a payload.

`Reader.read` dispatches on the exact type, by its identity. A type met for the first time is classified once, by its place in
the real inheritance and, for the types of known libraries, by the objects of a module that the program has imported already.
"""

from __future__ import annotations

from .arrays import ArrayReader
from .bytes import Payload, SkipError, bytes_payload
from .raw import derives
from .record import BIGINT, COMPLEX, FLOAT, INT, NONE, TEXT, WORDS
from .redact import HIDDEN, Redactor
from .standard import standard_class
from .tree import TreeReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .bytes import Encoded, Limits, Scalar


class Reader:
    """Reads values within the limits of one capture. Keeps no reference to them, nor to types of the program."""

    def __init__(self, limits: Limits, redactor: Redactor) -> None:
        self.limits = limits
        self.redactor = redactor
        self.arrays = ArrayReader(limits)
        self.trees = TreeReader(limits, redactor, self.arrays)
        self._exact: dict[int, Callable[[Any], Encoded]] = {
            id(float): _read_float,
            id(int): _read_int,
            id(bool): _read_bool,
            id(complex): _read_complex,
            id(type(None)): _read_none,
            id(str): self.read_text,
            id(list): self._read_sequence,
            id(tuple): self._read_sequence,
            id(dict): self.trees.read,
            id(bytes): self._read_bytes,
            id(bytearray): self._read_bytes,
            id(memoryview): self._read_view,
            id(range): self._read_range,
        }

    def read(self, value: object) -> Encoded:
        """Raises `SkipError`. Runs nothing of the program's own code."""
        kind = type(value)
        known = self._exact.get(id(kind))
        if known is not None:
            return known(value)
        library = self._read_deque if kind is standard_class("collections", "deque") else self.arrays.reader_of(kind)
        if library is None:
            return self._read_foreign(value, kind)
        # The library keeps its type alive, so the identity stays its own.
        self._exact[id(kind)] = library
        return library(value)

    def read_text(self, value: str) -> Payload:
        limit = self.limits.text_characters
        text = value[:limit]
        if self.redactor.hides_shown(value, limit):
            return concealed()
        return bytes_payload(TEXT, WORDS.pack(min(len(value), 0xFFFFFFFF), 0) + utf8(text))

    def _read_bytes(self, value: bytes | bytearray) -> Encoded:
        if self._hides(value):
            return concealed()
        return self.arrays.read_buffer(value, "bytes" if type(value) is bytes else "bytearray", "uint8")

    def _read_sequence(self, value: Any) -> Encoded:
        return self.arrays.read_sequence(value) or self.trees.read(value)

    def _read_view(self, value: memoryview) -> Encoded:
        try:
            is_hidden = value.ndim == 1 and value.itemsize == 1 and self._hides(value)
        except ValueError:  # it was released
            raise SkipError("unreadable") from None
        return concealed() if is_hidden else self.arrays.read_view(value)

    def _hides(self, value: bytes | bytearray | memoryview) -> bool:
        """Of more than a payload takes, only single bytes that are far apart go out."""
        return len(value) <= self.limits.payload_bytes and self.redactor.hides_bytes(value)

    def _read_deque(self, value: Any) -> Encoded:
        return self.arrays.read_deque(value) or self.trees.read(value)

    def _read_range(self, value: range) -> Encoded:
        return self.arrays.read_range(value) or self.trees.read(value)

    def _read_foreign(self, value: Any, kind: type) -> Encoded:
        """Subclasses of the plain types are read by their base's own methods, never by theirs."""
        if derives(kind, float):
            return _read_float(float.__float__(value))
        if derives(kind, int):
            return _read_int(int.__int__(value))
        if derives(kind, complex):
            return _read_complex(complex.__pos__(value))
        if derives(kind, str):
            return self.read_text(str.__str__(value))
        if derives(kind, bytes):
            return self._read_bytes(bytes.__getitem__(value, slice(None)))
        return self.arrays.read_derived(value, kind) or self.trees.read(value)


def concealed(_value: object = None) -> Payload:
    """What goes out instead of a secret."""
    return bytes_payload(TEXT, WORDS.pack(len(HIDDEN), 0) + HIDDEN.encode())


def utf8(text: str) -> bytes:
    """Lone surrogates become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _read_float(value: float) -> Scalar:
    return FLOAT, (1, value)


def _read_int(value: int) -> Encoded:
    size = value.bit_length()
    if size < 64 or value == -(2**63):
        return INT, (2, value)
    return bytes_payload(BIGINT, value.to_bytes(size // 8 + 1, "little", signed=True))


def _read_bool(value: bool) -> Scalar:
    return INT, (3, value)


def _read_complex(value: complex) -> Scalar:
    return COMPLEX, (4, value.real, value.imag)


def _read_none(_value: None) -> Scalar:
    return NONE, (0,)
