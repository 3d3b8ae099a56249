"""Values of numpy, through the numpy that the program has imported; it is never imported from here.

Only methods of exact `ndarray` are called, on a view that is one: what a subclass of the program overrides is not run.
Conversions to the data types that a payload can hold are numpy's own, straight into the ring.
"""

from __future__ import annotations

import sys
from time import monotonic_ns

from .bytes import Payload, SkipError
from .json_text import dumps
from .raw import derives, instance_dict, module_name
from .record import ARRAY, COMPLEX, FLOAT, INT, SCALAR_TYPES, UINT, WORDS, padded

TYPE_CHECKING = False
if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any, Callable

    from .bytes import Encoded, Limits, Scalar

# kind and size of a dtype → what the program calls it, what the payload holds.
_DATA = {
    "b1": ("bool", "bool"),
    **{f"i{n}": (f"int{8 * n}", f"int{8 * n}") for n in (1, 2, 4, 8)},
    **{f"u{n}": (f"uint{8 * n}", f"uint{8 * n}") for n in (1, 2, 4, 8)},
    "f2": ("float16", "float32"),
    "f4": ("float32", "float32"),
    "f8": ("float64", "float64"),
    "f12": ("longdouble", "float64"),
    "f16": ("longdouble", "float64"),
    "c8": ("complex64", "complex64"),
    "c16": ("complex128", "complex128"),
    "c24": ("clongdouble", "complex128"),
    "c32": ("clongdouble", "complex128"),
}
_TIMES = {"M": "datetime64", "m": "timedelta64"}
_SMALL_FLOATS = ("bfloat16", "float8_e4m3fn", "float8_e5m2")
_ALIASES = {"longlong": "int64", "ulonglong": "uint64"}
_NATIVE = "|<=" if sys.byteorder == "little" else "|>="
# A summary touches a page of memory per element once its stride is longer than one; so many at most.
_PAGE_BYTES = 4096
_SUMMARY_PAGES = 1 << 15
_SUMMARY_ITEMS = 1 << 20
_TRIALS = 16
_KNOWN_HEADS = 512


def find_numpy() -> ModuleType | None:
    """The imported numpy, once its import is far enough for what is needed here."""
    module = sys.modules.get("numpy")
    if module is None or type(module) is not type(sys):
        return None
    names = vars(module)
    return module if all(name in names for name in ("ndarray", "copyto", "frombuffer", "errstate", "clongdouble")) else None


class NumpyReader:
    def __init__(self, module: ModuleType, limits: Limits) -> None:
        names = vars(module)
        self._limits = limits
        self._ndarray: Any = names["ndarray"]
        self._copyto: Any = names["copyto"]
        self._frombuffer: Any = names["frombuffer"]
        self._errstate: Any = names["errstate"]
        self._count: Any = names["count_nonzero"]
        self._void: Any = names["void"]
        self._targets = {data: names["dtype"](data).newbyteorder("<") for _, data in _DATA.values()}
        self._heads: dict[tuple[Any, ...], bytes] = {}
        self._scalars = _scalar_readers(names)
        self._times = [names[name] for name in ("datetime64", "timedelta64")]

    def reader_of(self, kind: type) -> Callable[[Any], Encoded] | None:
        """None also for arrays whose elements are not numbers: those are trees."""
        for cls, reader in self._scalars:
            if kind is cls:
                return reader
        if any(kind is cls for cls in self._times):
            return self._read_time
        return None

    def direct_scalars(self) -> Iterator[tuple[type, int, int]]:
        """Type, kind of record and type code of the scalars whose own C code gives a Python number to whoever asks."""
        for cls, reader in self._scalars:
            kind, (code, *parts) = reader(cls(0))
            if len(parts) == 1 and SCALAR_TYPES[code] != "bool_":
                yield cls, kind, code

    def is_array(self, kind: type) -> bool:
        return derives(kind, self._ndarray)

    def is_structure(self, kind: type) -> bool:
        return derives(kind, self._void)

    def scalar(self, value: Any) -> tuple[str, Any] | None:
        """What a scalar of numpy is called, and its value; None for anything else."""
        kind = type(value)
        for cls, reader in self._scalars:
            if kind is cls:
                encoded = reader(value)
                code, *parts = encoded[1]
                return SCALAR_TYPES[code], complex(*parts) if encoded[0] == COMPLEX else parts[0]
        return None

    def head(self, value: Any, most: int) -> tuple[str, list[int], list[Any]] | None:
        """What the dtype is called, the shape, and the first elements that a summary has; None when they are no numbers."""
        array = self.plain(value)
        found = self._data_of(array.dtype)
        if found is None or array.dtype.kind == "V":
            return None
        if array.dtype.kind in _TIMES:
            array = array.view(array.dtype.str[0] + "i8")
        step = max(1, -(-array.size // most))
        numbers = _every(array, step).astype(found[1])
        return found[0], list(array.shape), numbers.tolist()

    def objects(self, array: Any, most: int) -> list[Any]:
        """The first elements of an array of objects, texts or structures, as what Python has for them."""
        if array.dtype.kind in "OSU":
            return list(array.flat[:most].tolist())
        return [array.flat[index] for index in range(min(most, array.size))]

    def fields(self, structure: Any) -> list[tuple[str, Any]]:
        """The fields of one element of a structured array."""
        names = structure.dtype.names or ()
        return [(name, structure[name]) for name in names]

    def plain(self, value: Any) -> Any:
        """The same memory as an exact `ndarray`."""
        return value if type(value) is self._ndarray else self._ndarray.view(value, self._ndarray)

    def read(self, value: Any, library: str = "numpy") -> Encoded | None:
        """An array of numbers or times; None when its elements are something else."""
        array = self.plain(value)
        found = self._data_of(array.dtype)
        if found is None:
            return None
        label, data = found
        if array.ndim == 0 and library == "numpy" and array.dtype.kind not in _TIMES:
            kind = type(array[()])
            for cls, reader in self._scalars:
                if kind is cls:
                    return reader(array[()])
        return self._read_numbers(array, library, label, data, _mask_of(value, self._ndarray))

    def _read_time(self, value: Any) -> Encoded:
        # A numpy scalar becomes a 0-d array in one call of numpy's own.
        array = self._ndarray.__new__(self._ndarray, (), value.dtype)
        self._copyto(array, value)
        return self.read(array) or _unreadable()

    def _data_of(self, dtype: Any) -> tuple[str, str] | None:
        code: str = dtype.str
        kind = dtype.kind
        if kind in _TIMES:
            return (_TIMES[kind] + code[3:] if code[0] in _NATIVE else code), "int64"
        if kind == "V":
            return (dtype.name, "float32") if dtype.fields is None and dtype.name in _SMALL_FLOATS else None
        found = _DATA.get(code[1:])
        if found is None or kind in "SUO":
            return None
        return found if code[0] in _NATIVE else (code, found[1])

    def _read_numbers(self, array: Any, library: str, label: str, data: str, mask: Any) -> Payload:
        shape = array.shape
        step = self._step(array, self._targets[data].itemsize)
        if array.dtype.kind in _TIMES:
            array = array.view(array.dtype.str[0] + "i8")
        if step > 1:
            array = _every(array, step)
            mask = None if mask is None else _every(mask, step)
        masked = None if mask is None else int(self._count(mask))
        head = self._head(library, label, data, shape, array.size if step > 1 else None, step, masked)
        return self._payload(head, array, self._targets[data], mask if masked else None)

    def _step(self, array: Any, item_bytes: int) -> int:
        """1 when all of the array is captured."""
        items = int(array.size)
        if items * item_bytes <= self._limits.payload_bytes:
            return 1
        most = min(self._limits.payload_bytes // 16, _SUMMARY_ITEMS)
        if int(array.nbytes) // _PAGE_BYTES > _SUMMARY_PAGES:
            most = min(most, _SUMMARY_PAGES, self._affordable(array))
        return -(-items // most)

    def _affordable(self, array: Any) -> int:
        """How many elements far apart can be read before the deadline. Each may have to come from a disk."""
        started_ns = monotonic_ns()
        _every(array, -(-int(array.size) // _TRIALS)).copy()
        elapsed_ns = max(1, monotonic_ns() - started_ns)
        return max(_TRIALS, _TRIALS * self._limits.deadline_ns // (2 * elapsed_ns))

    def _head(
        self, library: str, label: str, data: str, shape: tuple[int, ...], items: int | None, step: int, masked: int | None
    ) -> bytes:
        key = (library, label, data, shape, items, step, masked)
        known = self._heads.get(key)
        if known is not None:
            return known
        head: dict[str, Any] = {"library": library, "dtype": label, "data": data, "shape": list(shape)}
        if items is not None:
            head.update(items=int(items), step=step)
        if masked is not None:
            head["masked"] = masked
        text = dumps(head).encode()
        made = (WORDS.pack(len(text), 0) + text).ljust(padded(8 + len(text)), b"\0")
        if len(self._heads) >= _KNOWN_HEADS:
            self._heads.clear()
        self._heads[key] = made
        return made

    def _payload(self, head: bytes, array: Any, target: Any, mask: Any) -> Payload:
        count, item_bytes = int(array.size), int(target.itemsize)
        frombuffer, copyto, errstate = self._frombuffer, self._copyto, self._errstate
        narrows = array.dtype.itemsize > item_bytes

        def fill(memory: mmap.mmap, start: int) -> None:
            middle = start + len(head)
            memory[start:middle] = head
            if count == 0:
                return
            room = frombuffer(memory, target, count, middle).reshape(array.shape)
            if narrows:
                with errstate(all="ignore"):
                    copyto(room, array, casting="unsafe")
            else:
                copyto(room, array, casting="unsafe")
            if mask is not None:
                copyto(room, float("nan") if target.kind in "fc" else 0, casting="unsafe", where=mask)

        return Payload(ARRAY, len(head) + count * item_bytes, fill)


def _unreadable() -> Payload:
    raise SkipError("unreadable")


def _every(array: Any, step: int) -> Any:
    """Every `step`-th element in C order. Copies no more than those."""
    return array.reshape(-1)[::step] if array.flags.c_contiguous else array.flat[::step]


def _mask_of(value: Any, ndarray: Any) -> Any:
    """The mask of a `numpy.ma.MaskedArray` as an exact array of its shape, or None."""
    masked = sys.modules.get("numpy.ma.core")
    cls = None if masked is None else vars(masked).get("MaskedArray")
    if cls is None or not derives(type(value), cls):
        return None
    mask: Any = (instance_dict(value) or {}).get("_mask")
    return mask if type(mask) is ndarray and mask.dtype.kind == "b" else None


def _scalar_readers(names: dict[str, Any]) -> list[tuple[type, Callable[[Any], Scalar]]]:
    readers: list[tuple[type, Callable[[Any], Scalar]]] = []
    for code in range(SCALAR_TYPES.index("float16"), len(SCALAR_TYPES)):
        name = SCALAR_TYPES[code]
        cls = names.get(name)
        if isinstance(cls, type) and module_name(cls) == "numpy":
            readers.append((cls, _scalar_reader(name, code)))
    for alias, name in _ALIASES.items():
        readers.append((names[alias], _scalar_reader(name, SCALAR_TYPES.index(name))))
    return readers


def _scalar_reader(name: str, code: int) -> Callable[[Any], Scalar]:
    if name.startswith("c"):
        return lambda value: (COMPLEX, (code, float(value.real), float(value.imag)))
    if name.startswith(("float", "long")):
        return lambda value: (FLOAT, (code, float(value)))
    kind = UINT if name.startswith("u") else INT
    return lambda value: (kind, (code, int(value)))
