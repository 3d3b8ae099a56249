"""Reads variables of a frame, attributes and items without running any code of the program.

Attributes come out of the instance's own dictionary or slot when no class of its stands in the way with a descriptor
written in Python; items only out of containers whose exact type is known. Everything else is `UNREADABLE`.
"""

from __future__ import annotations

import ast
import sys
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING

from ._hits import UNREADABLE

if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Final

    Read = Callable[[FrameType], object]

_MISSING: Final = object()
_modules: Final = sys.modules
_getattribute: Final = object.__getattribute__
_type_mro: Final = type.__dict__["__mro__"].__get__
_type_dict: Final = type.__dict__["__dict__"].__get__
_proxy_type: Final = type((lambda: sys._getframe().f_locals)())
_PLAIN_VALUES: Final = frozenset((int, float, complex, str, bytes, bool, type(None), list, dict, tuple, set, frozenset))
_KEY_TYPES: Final = frozenset((int, str, bytes, float, bool, type(None)))


if sys.version_info >= (3, 13):

    def read_local(frame: FrameType, name: str) -> object:
        """A local variable, parameter, cell or free variable of a function. Raises KeyError when it is not bound."""
        return frame.f_locals[name]
else:
    _references: Final = sys.getrefcount

    def read_local(frame: FrameType, name: str) -> object:
        """A local variable, parameter, cell or free variable of a function. Raises KeyError when it is not bound."""
        variables = frame.f_locals
        value = variables[name]
        # The frame keeps this dict, which would keep alive what the program deletes. Nobody but the frame and us has it
        # unless the program called `locals()`.
        if _references(variables) <= 3:
            variables.clear()
        return value


def read_namespace(frame: FrameType, name: str) -> object:
    """A variable of a module, a class body, or of code run by `exec`: local, else global, else built in.
    Raises KeyError."""
    space = frame.f_locals
    value = _get(space, name)
    return read_global(frame, name) if value is _MISSING else value


def read_global(frame: FrameType, name: str) -> object:
    value = dict.get(frame.f_globals, name, _MISSING)
    if value is _MISSING:
        value = dict.get(frame.f_builtins, name, _MISSING)
    if value is _MISSING:
        raise KeyError(name)
    return value


def read_class_closure(frame: FrameType, name: str) -> object:
    """A class body sees variables of the function around it, which runs the body and is therefore the frame below."""
    value = _get(frame.f_locals, name)
    if value is _MISSING and frame.f_back is not None:
        value = _get(frame.f_back.f_locals, name)
    return read_global(frame, name) if value is _MISSING else value


def _get(space: object, name: str) -> object:
    kind = type(space)
    if kind is _proxy_type:
        return space.get(name, _MISSING)  # type: ignore[attr-defined]
    if dict in _type_mro(kind):
        return dict.get(space, name, _MISSING)  # type: ignore[call-overload]
    return UNREADABLE  # a namespace of the program's own making (`__prepare__`, `exec`)


def read_variable(frame: FrameType, name: str) -> object:
    """Any variable the frame's code can name. Raises KeyError."""
    return read_namespace(frame, name)


class AttributeRead:
    """Reads `name` of any object. Remembers how for the class it saw last."""

    __slots__ = ("_kind", "_name", "_read")

    def __init__(self, name: str) -> None:
        self._name = name
        self._kind: type | None = None
        self._read: Callable[[Any], object] | None = None

    def __call__(self, value: object) -> object:
        kind = type(value)
        if kind is not self._kind:
            self._read = self._reader(kind)
            self._kind = kind
        read = self._read
        if read is None:
            return UNREADABLE
        try:
            return read(value)
        except (AttributeError, KeyError):
            return UNREADABLE

    def _reader(self, kind: type) -> Callable[[Any], object] | None:
        name = self._name
        if type in _type_mro(kind):
            return lambda value: _type_dict(value)[name]
        in_class = class_attribute(kind, name)
        if type(in_class) is MemberDescriptorType or (type(in_class) is GetSetDescriptorType and name != "__dict__"):
            return lambda value: in_class.__get__(value)
        if in_class is _MISSING or type(in_class) in _PLAIN_VALUES:
            return lambda value: _getattribute(value, name)
        return None


def class_attribute(kind: type, name: str) -> Any:
    """What the classes of an object have under this name, undisturbed by metaclasses."""
    for base in _type_mro(kind):
        found = _type_dict(base).get(name, _MISSING)
        if found is not _MISSING:
            return found
    return _MISSING


def read_item(container: Any, key: Any) -> object:
    """An item of a container whose exact type is known to run no code of the program."""
    kind = type(container)
    if not _is_plain_key(key):
        return UNREADABLE
    try:
        if dict in _type_mro(kind):
            value = dict.get(container, key, _MISSING)
            return UNREADABLE if value is _MISSING else value
        if list in _type_mro(kind):
            return list.__getitem__(container, key)
        if kind is bytearray or kind is memoryview or _is_from(kind, "collections", "deque"):
            return container[key]
        if _is_from(kind, "numpy", "ndarray") or _is_from(kind, "array", "array"):
            return container[key]
    except (LookupError, TypeError, ValueError):
        pass
    return UNREADABLE


def _is_plain_key(key: object) -> bool:
    kind = type(key)
    if kind in _KEY_TYPES or key is Ellipsis:
        return True
    if kind is tuple:
        return all(_is_plain_key(item) for item in key)  # type: ignore[attr-defined]
    if kind is slice:
        return all(_is_plain_key(item) for item in (key.start, key.stop, key.step))  # type: ignore[attr-defined]
    return _is_from(kind, "numpy", "ndarray") or _is_numpy_scalar(kind)


def _is_numpy_scalar(kind: type) -> bool:
    numpy = _modules.get("numpy")
    generic = getattr(numpy, "generic", None) if type(numpy) is ModuleType else None
    return generic is not None and generic in _type_mro(kind) and _type_dict(kind).get("__module__") == "numpy"


def _is_from(kind: type, module: str, name: str) -> bool:
    """Is it this class of this module, which nobody imports for the purpose?"""
    loaded = _modules.get(module)
    return loaded is not None and type(loaded) is ModuleType and getattr(loaded, name, None) is kind


def read_target(symbol: str) -> Read | None:
    """Reads what an attribute or subscript target holds now: `self.gain`, `buf[i]`, `self.taps[2 * k]`. None when finding
    out would run code of the program (a call in the target)."""
    return _reader(ast.parse(symbol.strip(), mode="eval").body)


def _reader(node: ast.expr) -> Read | None:
    if isinstance(node, ast.Constant):
        constant = node.value
        return lambda frame: constant
    if isinstance(node, ast.Name):
        name = node.id
        return lambda frame: read_variable(frame, name)
    if isinstance(node, ast.Attribute):
        return _attribute_reader(node)
    if isinstance(node, ast.Subscript):
        return _subscript_reader(node)
    if isinstance(node, ast.Tuple):
        return _tuple_reader(node)
    if isinstance(node, ast.Slice):
        return _slice_reader(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _arithmetic(lambda left, _: -left, node.operand, ast.Constant(0))
    if isinstance(node, ast.BinOp):
        operation = _ARITHMETIC.get(type(node.op))
        return None if operation is None else _arithmetic(operation, node.left, node.right)
    return None


_ARITHMETIC: Final[dict[type, Callable[[Any, Any], object]]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: lambda left, right: left % right,
}


def _attribute_reader(node: ast.Attribute) -> Read | None:
    base = _reader(node.value)
    if base is None:
        return None
    of = base
    attribute = AttributeRead(node.attr)

    def read(frame: FrameType) -> object:
        value = of(frame)
        return UNREADABLE if value is UNREADABLE else attribute(value)

    return read


def _subscript_reader(node: ast.Subscript) -> Read | None:
    base = _reader(node.value)
    # Python 3.8's Index node is gone: the slice is the key itself.
    key = _reader(node.slice)
    if base is None or key is None:
        return None
    of, at = base, key

    def read(frame: FrameType) -> object:
        container, index = of(frame), at(frame)
        if container is UNREADABLE or index is UNREADABLE:
            return UNREADABLE
        return read_item(container, index)

    return read


def _tuple_reader(node: ast.Tuple) -> Read | None:
    readers = [_reader(item) for item in node.elts]
    items = [reader for reader in readers if reader is not None]
    if len(items) != len(readers):
        return None

    def read(frame: FrameType) -> object:
        values = tuple([item(frame) for item in items])
        return UNREADABLE if any(value is UNREADABLE for value in values) else values

    return read


def _slice_reader(node: ast.Slice) -> Read | None:
    parts = [_reader(part) if part is not None else _nothing for part in (node.lower, node.upper, node.step)]
    lower, upper, step = parts
    if lower is None or upper is None or step is None:
        return None
    start, stop, by = lower, upper, step

    def read(frame: FrameType) -> object:
        values = (start(frame), stop(frame), by(frame))
        return UNREADABLE if any(value is UNREADABLE for value in values) else slice(*values)

    return read


def _nothing(frame: FrameType) -> object:
    return None


def _arithmetic(operation: Callable[[Any, Any], object], left: ast.expr, right: ast.expr) -> Read | None:
    """Only on exact integers: other types bring their own operators."""
    first, second = _reader(left), _reader(right)
    if first is None or second is None:
        return None
    one, two = first, second

    def read(frame: FrameType) -> object:
        a, b = one(frame), two(frame)
        if type(a) is not int or type(b) is not int:
            return UNREADABLE
        try:
            return operation(a, b)
        except ArithmeticError:
            return UNREADABLE

    return read
