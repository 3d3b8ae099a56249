"""Reads variables of a frame, attributes and items without running any code of the program.

Attributes come out of the instance's own dictionary or slot when no class of its stands in the way with a descriptor
written in Python; items only out of containers whose exact type is known. Everything else is `UNREADABLE`.
"""

from __future__ import annotations

import sys
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import TYPE_CHECKING

from .._value.raw import class_attribute, derives, namespace
from .hits import UNREADABLE
from .library_items import is_library_view, library_item

if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Callable, Final

_MISSING: Final = object()
_modules: Final = sys.modules
_getattribute: Final = object.__getattribute__
_proxy_type: Final = type((lambda: sys._getframe().f_locals)())
# By identity: a type that is looked up would be hashed, which a metaclass can do in its own way.
_KEY_TYPES: Final = frozenset(map(id, (int, str, bytes, float, bool, type(None))))
_PLAIN_VALUES: Final = _KEY_TYPES | frozenset(map(id, (complex, list, dict, tuple, set, frozenset)))


if sys.version_info >= (3, 13) or sys.version_info < (3, 12):
    # Before 3.12 this is read by a trace function, after which the interpreter writes the dict back into the frame.

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


def look_up(space: object, name: str) -> object:
    """A variable of a frame's `f_locals`; `UNREADABLE` when it is not bound there."""
    value = _get(space, name)
    return UNREADABLE if value is _MISSING else value


def _get(space: object, name: str) -> object:
    kind = type(space)
    if kind is _proxy_type:
        return space.get(name, _MISSING)  # type: ignore[attr-defined]
    if derives(kind, dict):
        return dict.get(space, name, _MISSING)  # type: ignore[call-overload]
    return UNREADABLE  # a namespace of the program's own making (`__prepare__`, `exec`)


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
        if derives(kind, type):
            return lambda value: _of_class(value, name)
        in_class = class_attribute(kind, name, _MISSING)
        if type(in_class) is MemberDescriptorType or (type(in_class) is GetSetDescriptorType and name != "__dict__"):
            return lambda value: in_class.__get__(value)
        if _is_from(type(in_class), "_collections", "_tuplegetter"):  # the field of a named tuple
            return lambda value: in_class.__get__(value)
        if in_class is _MISSING or id(type(in_class)) in _PLAIN_VALUES:
            return lambda value: _getattribute(value, name)
        if is_library_view(kind, name):
            return lambda value: getattr(value, name)
        return None


def _of_class(cls: type, name: str) -> object:
    """An attribute of a class itself; a member, where it is an enumeration."""
    found = namespace(cls)
    members = found.get("_member_map_")
    value = members[name] if type(members) is dict and name in members else found[name]
    is_bound = class_attribute(type(value), "__get__", _MISSING) is not _MISSING
    return UNREADABLE if is_bound else value


def read_item(container: Any, key: Any) -> object:
    """An item of a container whose exact type is known to run no code of the program."""
    kind = type(container)
    if not _is_plain_key(key):
        return UNREADABLE
    try:
        if derives(kind, dict):
            value = dict.get(container, key, _MISSING)
            return UNREADABLE if value is _MISSING else value
        if derives(kind, list):
            return list.__getitem__(container, key)
        if kind is bytearray or kind is memoryview or _is_from(kind, "collections", "deque"):
            return container[key]
        if _is_from(kind, "numpy", "ndarray") or _is_from(kind, "array", "array"):
            return container[key]
    except (LookupError, TypeError, ValueError):
        return UNREADABLE
    return library_item(container, key)


def _is_plain_key(key: object) -> bool:
    kind = type(key)
    if id(kind) in _KEY_TYPES or key is Ellipsis:
        return True
    if kind is tuple:
        return all(_is_plain_key(item) for item in key)  # type: ignore[attr-defined]
    if kind is slice:
        return all(_is_plain_key(item) for item in (key.start, key.stop, key.step))  # type: ignore[attr-defined]
    return _is_from(kind, "numpy", "ndarray") or _is_numpy_scalar(kind)


def _is_numpy_scalar(kind: type) -> bool:
    numpy = _modules.get("numpy")
    generic = getattr(numpy, "generic", None) if type(numpy) is ModuleType else None
    return type(generic) is type and derives(kind, generic) and namespace(kind).get("__module__") == "numpy"


def _is_from(kind: type, module: str, name: str) -> bool:
    """Is it this class of this module, which nobody imports for the purpose?"""
    loaded = _modules.get(module)
    return loaded is not None and type(loaded) is ModuleType and getattr(loaded, name, None) is kind
