"""Reading foreign objects without running a line of the program: only C code of the interpreter's own types is called.

An attribute access, `isinstance`, `len` or a look-up by type as key can all end in the program's methods (properties,
`__getattr__`, `__class__`, `__len__`, a metaclass' `__hash__`). What stands here reads through the descriptors of `type` and
`object` themselves.
"""

from __future__ import annotations

from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

_type_dict = type.__dict__["__dict__"].__get__
_type_mro = type.__dict__["__mro__"].__get__
_type_qualname = type.__dict__["__qualname__"].__get__
_type_module = type.__dict__["__module__"].__get__


class _Slotted:
    __slots__ = ("slot",)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return {}


class _Plain:
    pass


_MISSING = object()
_NO_SLOTS = ("__dict__", "__weakref__")
_MEMBER = type(_type_dict(_Slotted)["slot"])
_GETSET = type(_type_dict(_Plain)["__dict__"])

_TRIES = 8


def mro(cls: type) -> tuple[type, ...]:
    found: tuple[type, ...] = _type_mro(cls)
    return found


def derives(cls: type, base: type) -> bool:
    """`issubclass` as the interpreter's layout has it, whatever the class says of itself."""
    return any(entry is base for entry in _type_mro(cls))


def namespace(cls: type) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _type_dict(cls)
    return found


def module_name(cls: type) -> str:
    try:
        name = _type_module(cls)
    except AttributeError:
        return ""
    return name if type(name) is str else ""


def type_name(cls: type) -> str:
    """`mymodule.Config`; of built-in types the bare name."""
    module = module_name(cls)
    name: str = _type_qualname(cls)
    return name if module in ("builtins", "") else f"{module}.{name}"


def class_attribute(cls: type, name: str, missing: Any = None) -> Any:
    """What the class or its bases hold under that name, unbound and undisturbed by metaclasses."""
    for entry in _type_mro(cls):
        found = _type_dict(entry).get(name, _MISSING)
        if found is not _MISSING:
            return found
    return missing


def instance_dict(value: object) -> dict[str, Any] | None:
    """The real attribute dictionary of an instance, or None."""
    for entry in _type_mro(type(value)):
        descriptor = _type_dict(entry).get("__dict__")
        if descriptor is None:
            continue
        if type(descriptor) is not _GETSET and type(descriptor) is not _MEMBER:
            return None  # a property, say: the program's own code
        try:
            found = descriptor.__get__(value)
        except Exception:
            return None
        return found if type(found) is dict else None
    return None


def slots(value: object) -> Iterator[tuple[str, Any]]:
    """The slots that are set, of the class and its bases."""
    for entry in _type_mro(type(value)):
        if module_name(entry) == "builtins":
            continue
        for name, descriptor in list(_type_dict(entry).items()):
            if type(descriptor) is _MEMBER and type(name) is str and name not in _NO_SLOTS:
                try:
                    yield name, descriptor.__get__(value)
                except AttributeError:
                    continue


def first_items(mapping: dict[Any, Any], limit: int) -> list[tuple[Any, Any]]:
    """In one call into C, which other threads seldom come between. Also of subclasses of `dict`."""
    for _ in range(_TRIES):
        try:
            return list(islice(dict.items(mapping), limit))
        except RuntimeError:  # another thread changed its size in between
            continue
    return list(islice(dict.items(dict.copy(mapping)), limit))


def first_of_set(values: Any, limit: int) -> list[Any]:
    base: Any = set if derives(type(values), set) else frozenset
    return list(islice(base.__iter__(values), limit))
