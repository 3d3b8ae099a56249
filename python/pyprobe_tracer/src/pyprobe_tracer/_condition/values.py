"""What conditions compute with: operations that work on values of known types alone, in work that is bounded.

A value is looked at by its exact type. Numbers, texts and the containers of Python are computed with as they are, numpy's scalars
as Python's, numpy's arrays by numpy's own code. Whatever else would have to be asked, by a method, an operator or its truth
value, raises `CannotEvaluate`: that would be the program's own code. So does work that would hold the program up.
"""

from __future__ import annotations

import operator
import sys

from .._value.numpy import find_numpy
from .._value.raw import class_attribute, derives, type_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, Callable, Final

MOST_ITEMS: Final = 10_000
MOST_ELEMENTS: Final = 1 << 20
MOST_BITS: Final = 1 << 16
MOST_CHARACTERS: Final = 1 << 20
_DEEPEST: Final = 4

# All by identity: a type in a set would be hashed, which a metaclass can do in its own way.
_NUMBERS: Final = frozenset(map(id, (int, float, complex, bool)))
_SCALARS: Final = _NUMBERS | frozenset(map(id, (str, bytes, type(None), type(Ellipsis))))
_SEQUENCES: Final = frozenset(map(id, (list, tuple)))
_ITERABLES: Final = _SEQUENCES | frozenset(map(id, (set, frozenset, range, bytearray)))
_SIZED: Final = (list, tuple, dict, set, frozenset, str, bytes, bytearray, range, memoryview)
_LENGTHS: Final = frozenset(id(base.__dict__["__len__"]) for base in _SIZED)
_IDENTITY: Final = object.__dict__["__eq__"]
_NUMPY_SCALARS: Final = (
    *("bool_", "byte", "short", "intc", "int_", "longlong", "ubyte", "ushort", "uintc", "uint", "ulonglong"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "half", "single", "double", "longdouble"),
    *("float16", "float32", "float64", "csingle", "cdouble", "clongdouble", "complex64", "complex128"),
)


class CannotEvaluate(Exception):
    """The condition has no value at this hit. The text says why."""


class Values:
    """The operations of one condition."""

    def __init__(self) -> None:
        self._numpy: ModuleType | None = None
        self._ndarray: Any = None
        self._errstate: Any = None
        self._numpy_scalars: frozenset[int] = frozenset()

    # --- what may be computed with

    def is_array(self, value: object) -> bool:
        """An array of numbers of the numpy that the program has imported; of no class that derives from it."""
        if self._numpy is None:
            self._find_numpy()
        if self._numpy is None or type(value) is not self._ndarray:
            return False
        array: Any = value
        if array.dtype.kind not in "biufc":
            raise CannotEvaluate(f"an array of {array.dtype} holds no numbers")
        if array.size > MOST_ELEMENTS:
            raise CannotEvaluate(f"an array of {array.size:,} elements is too large for a condition ({MOST_ELEMENTS:,})")
        return True

    def _find_numpy(self) -> None:
        module = find_numpy()
        if module is not None:
            names = vars(module)
            self._ndarray, self._errstate = names["ndarray"], names["errstate"]
            self._numpy_scalars = frozenset(id(names[name]) for name in _NUMPY_SCALARS if name in names)
            self._numpy = module

    def plain(self, value: Any) -> Any:
        """A scalar as Python has it, or an array of numbers. Raises for all else."""
        kind = id(type(value))
        if kind in _SCALARS:
            return value
        if self.is_array(value):
            return value if value.ndim else value.item()
        if kind in self._numpy_scalars:
            item = value.item()
            if id(type(item)) in _NUMBERS:
                return item
            return complex(item) if "complex" in type(item).__name__ or type(item).__name__[0] == "c" else float(item)
        raise CannotEvaluate(f"a {type_name(type(value))} cannot be computed with without running code of the program")

    def number(self, value: Any) -> Any:
        plain = self.plain(value)
        if id(type(plain)) in _NUMBERS or type(plain) is self._ndarray:
            return plain
        raise CannotEvaluate(f"a {type_name(type(plain))} is no number")

    def items(self, value: Any) -> list[Any]:
        """Of a container whose type is known; at most so many."""
        kind = type(value)
        if id(kind) not in _ITERABLES and not _is_deque(kind):
            raise CannotEvaluate(f"the items of a {type_name(kind)} cannot be had without running code of the program")
        if len(value) > MOST_ITEMS:
            raise CannotEvaluate(f"{len(value):,} items are more than one condition may look at ({MOST_ITEMS:,})")
        return list(value)

    # --- truth, identity, order

    def truth(self, value: Any) -> bool:
        kind = type(value)
        if id(kind) in _SCALARS:
            return bool(value)
        if self.is_array(value) and value.size != 1:
            raise CannotEvaluate("an array has no truth value of its own (say any(…) or all(…))")
        if type(value) is self._ndarray or id(kind) in self._numpy_scalars:
            return bool(value)
        if class_attribute(kind, "__bool__") is None:
            length = class_attribute(kind, "__len__")
            if length is None:
                return True
            if id(length) in _LENGTHS or _is_deque(kind):
                return len(value) > 0
        raise CannotEvaluate(f"whether a {type_name(kind)} counts as true cannot be known without running code of the program")

    def equal(self, left: Any, right: Any) -> Any:
        if self.is_array(left) or self.is_array(right):
            return self._with_array(operator.eq, left, right)
        return self._are_equal(left, right, 0)

    def unequal(self, left: Any, right: Any) -> Any:
        if self.is_array(left) or self.is_array(right):
            return self._with_array(operator.ne, left, right)
        return not self._are_equal(left, right, 0)

    def _are_equal(self, left: Any, right: Any, depth: int) -> bool:
        if _is_own(left) or _is_own(right):
            # Objects whose class has no `__eq__` are equal to themselves alone; but of what they are compared with, Python would
            # ask the `__eq__`.
            if _is_own(left) and _is_own(right):
                return left is right
            self._refuse_foreign(right if _is_own(left) else left)
            return False
        kind = type(left)
        if id(kind) in _SEQUENCES and type(right) is kind:
            if depth == _DEEPEST:
                raise CannotEvaluate("containers inside of containers are compared to a depth of 4")
            if len(left) != len(right):
                return False
            return all(self._are_equal(*pair, depth + 1) for pair in zip(self.items(left), self.items(right)))
        if _is_set(left) and _is_set(right):
            return frozenset(self._keys(left)) == frozenset(self._keys(right))
        if _is_container(left) or _is_container(right):
            self._refuse_foreign(left)
            self._refuse_foreign(right)
            if type(left) is dict and type(right) is dict:
                raise CannotEvaluate("dictionaries cannot be compared here (compare an item of theirs)")
            return False
        left, right = self.plain(left), self.plain(right)
        # Under `python -b` this comparison would print a warning.
        if (type(left) is bytes) is not (type(right) is bytes) and (type(left) is str) is not (type(right) is str):
            return False
        return bool(left == right)

    def _refuse_foreign(self, value: Any) -> None:
        if not (_is_container(value) or _is_own(value)):
            self.plain(value)

    def ordered(self, compare: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        left, right = self.plain(left), self.plain(right)
        if type(left) is self._ndarray or type(right) is self._ndarray:
            return self._with_array(compare, left, right)
        return compare(left, right)

    def contains(self, container: Any, item: Any) -> bool:
        kind = type(container)
        if kind is str or kind is bytes:
            if type(item) is not kind:
                raise CannotEvaluate(f"a {type_name(type(item))} cannot be looked for in a {kind.__name__}")
            if len(container) > MOST_CHARACTERS:
                raise CannotEvaluate(f"a text of {len(container):,} characters is more than one condition may look through")
            return item in container
        if self.is_array(container):
            return bool(self.any(self.equal(container, self.number(item))))
        if kind is range:
            return self.number(item) in container
        if kind is dict or kind is set or kind is frozenset:
            plain = self.plain(item)
            return any(self._are_equal(plain, key, 0) for key in self._keys(container))
        return any(item is other or self._are_equal(item, other, 0) for other in self.items(container))

    def _keys(self, container: Any) -> list[Any]:
        """All plain: a look-up asks the `__eq__` of every key that has the hash by chance."""
        if len(container) > MOST_ITEMS:
            raise CannotEvaluate(f"{len(container):,} keys are more than one condition may look at ({MOST_ITEMS:,})")
        keys = list(container)
        for key in keys:
            if id(type(key)) not in _SCALARS:
                raise CannotEvaluate(f"its key of type {type_name(type(key))} cannot be compared without running its code")
        return keys

    # --- arithmetic

    def binary(self, operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        left, right = self.plain(left), self.plain(right)
        if type(left) is self._ndarray or type(right) is self._ndarray:
            return self._with_array(operation, left, right)
        if operation is operator.add and type(left) is type(right) and type(left) in (str, bytes):
            if len(left) + len(right) > MOST_CHARACTERS:
                raise CannotEvaluate("the text becomes too long")
            return left + right
        left, right = self.number(left), self.number(right)
        if isinstance(left, int) and isinstance(right, int):
            _limit_integers(operation, left, right)
        return operation(left, right)

    def unary(self, operation: Callable[[Any], Any], value: Any) -> Any:
        value = self.number(value)
        if operation is operator.invert and type(value) is bool:
            return not value  # what is meant by it; Python's own answer comes with a warning
        if type(value) is self._ndarray:
            with self._errstate(all="ignore"):
                return operation(value)
        return operation(value)

    def _with_array(self, operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        left, right = self.number(left), self.number(right)
        both = type(left) is type(right)
        if both and left.shape != right.shape and left.size != 1 and right.size != 1:
            raise CannotEvaluate(f"arrays of the shapes {left.shape} and {right.shape} do not go together")
        with self._errstate(all="ignore"):
            return operation(left, right)

    # --- parts

    def length(self, value: Any) -> int:
        kind = type(value)
        if self.is_array(value) or id(class_attribute(kind, "__len__")) in _LENGTHS or _is_deque(kind):
            return len(value)
        raise CannotEvaluate(f"the length of a {type_name(kind)} cannot be had without running code of the program")

    def item(self, container: Any, key: Any) -> Any:
        kind = type(container)
        if self.is_array(container):
            return container[self._index(key)]
        if derives(kind, dict):
            held = dict.copy(container)
            self._keys(held)
            plain = self.plain(key)
            if plain not in held:
                raise CannotEvaluate(f"there is no key {plain!r}"[:120])
            return held[plain]
        for base in (list, tuple, str, bytes):
            if derives(kind, base):
                index = self._index(key)
                if type(index) is slice and len(range(*index.indices(base.__len__(container)))) > MOST_ITEMS:
                    raise CannotEvaluate(f"the slice has more than {MOST_ITEMS:,} items")
                return base.__getitem__(container, index)
        if kind is bytearray or kind is range or _is_deque(kind):
            return container[self._index(key)]
        raise CannotEvaluate(f"an item of a {type_name(kind)} cannot be read without running code of the program")

    def _index(self, key: Any) -> Any:
        if type(key) is slice:
            return slice(*[None if part is None else self.number(part) for part in (key.start, key.stop, key.step)])
        if type(key) is tuple:
            return tuple([self._index(part) for part in key])
        return self.plain(key)

    # --- reductions

    def any(self, value: Any) -> bool:
        return bool(value.any()) if self.is_array(value) else any(self.truth(item) for item in self.items(value))

    def all(self, value: Any) -> bool:
        return bool(value.all()) if self.is_array(value) else all(self.truth(item) for item in self.items(value))

    def reduced(self, name: str, values: list[Any]) -> Any:
        """`min`, `max`, `sum`, `mean` or `std`, of an array, of the items of a container, or of several values."""
        if len(values) == 1 and self.is_array(values[0]):
            return self._reduced_array(name, values[0])
        items = values if len(values) > 1 else self.items(values[0])
        if name in ("min", "max"):
            plain = [self.plain(item) for item in items]
            if any(type(item) is self._ndarray for item in plain):
                raise CannotEvaluate(f"{name}(…) of several arrays is not one value")
            return (min if name == "min" else max)(plain)
        numbers = [self.number(item) for item in items]
        if any(type(number) is int and number.bit_length() > MOST_BITS for number in numbers):
            raise CannotEvaluate("the numbers are too long to compute with")
        if name == "sum":
            return sum(numbers)
        if not numbers:
            raise CannotEvaluate(f"{name}(…) of nothing has no value")
        mean = sum(numbers) / len(numbers)
        return mean if name == "mean" else (sum(abs(number - mean) ** 2 for number in numbers) / len(numbers)) ** 0.5

    def _reduced_array(self, name: str, array: Any) -> Any:
        if array.size == 0 and name != "sum":
            raise CannotEvaluate(f"{name}(…) of an empty array has no value")  # numpy would print a warning
        with self._errstate(all="ignore"):
            return self.plain(getattr(array, name)())


def _is_own(value: Any) -> bool:
    """Is it equal to nothing but itself?"""
    return id(type(value)) not in _SCALARS and class_attribute(type(value), "__eq__") is _IDENTITY


def _is_set(value: Any) -> bool:
    return type(value) is set or type(value) is frozenset


def _is_container(value: Any) -> bool:
    return id(type(value)) in _ITERABLES or type(value) is dict


def _is_deque(kind: type) -> bool:
    module = sys.modules.get("collections")
    return module is not None and vars(module).get("deque") is kind


def _limit_integers(operation: Callable[[Any, Any], Any], left: int, right: int) -> None:
    """Refuses what would take long or become long."""
    bits, other = left.bit_length(), right.bit_length()
    if operation is operator.pow and right > 0:
        bits *= right if other < 32 else MOST_BITS
    elif operation is operator.lshift:
        bits += right if other < 32 else MOST_BITS
    if max(bits, other) > MOST_BITS:
        raise CannotEvaluate("the numbers are too long to compute with")
