"""Values of the standard library whose parts are not in their attributes: as a text, or as named parts.

Everything is read by the code of the types' own bases, in C or from raw slots, also of classes that the program derives.
"""

from __future__ import annotations

import os
import sys

from . import raw

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Immutable values whose text is made by C code alone, or by the standard library from what they hold. Module, name.
_TEXTS = (("datetime", "date"), ("datetime", "timedelta"), ("decimal", "Decimal"), ("uuid", "UUID"), ("fractions", "Fraction"))
_DATE_FIELDS = ("year", "month", "day")
_TIME_FIELDS = ("hour", "minute", "second", "microsecond")
_NOTHING: dict[Any, Any] = {}
_VIEWS = (type(_NOTHING.keys()), type(_NOTHING.values()), type(_NOTHING.items()))


def text_of(value: Any, kind: type) -> str | None:
    """What a person would write for it; None for all else."""
    for module_name, name in _TEXTS:
        if kind is standard_class(module_name, name):
            return str(value)
    return _time_text(value, kind) or _path_text(value, kind)


def parts_of(value: Any, kind: type, most: int) -> list[tuple[str, Any]] | None:
    """Named parts; None for values whose attributes tell all there is."""
    if kind is range or kind is slice:
        return [(name, getattr(value, name)) for name in ("start", "stop", "step")]
    if any(kind is view for view in _VIEWS):
        return [(str(index), item) for index, item in enumerate(_first(value, most))]
    enumeration = standard_class("enum", "Enum")
    if enumeration is not None and raw.derives(kind, enumeration):
        held = raw.instance_dict(value) or {}
        return [(name, held[f"_{name}_"]) for name in ("name", "value") if f"_{name}_" in held]
    return None


def is_deque(kind: type) -> bool:
    deque = standard_class("collections", "deque")
    return deque is not None and raw.derives(kind, deque)


def deque_items(value: Any, step: int = 1, most: int | None = None) -> list[Any]:
    """In calls into C, so that no other thread changes it meanwhile."""
    from itertools import islice

    deque: Any = standard_class("collections", "deque")
    return list(islice(deque.__iter__(value), 0, most, step))


def deque_length(value: Any) -> int:
    deque: Any = standard_class("collections", "deque")
    return int(deque.__len__(value))


def standard_class(module_name: str, name: str) -> type | None:
    """A class of a module that the program has imported; the module may be half imported."""
    module = sys.modules.get(module_name)
    found = vars(module).get(name) if type(module) is type(sys) else None
    return found if isinstance(found, type) else None


def _first(view: Any, most: int) -> list[Any]:
    from itertools import islice

    return list(islice(view, most))


def _time_text(value: Any, kind: type) -> str | None:
    """Moments and times of day. An offset is told only when its class is one of C: others are asked by a method."""
    for name, fields in (("datetime", (*_DATE_FIELDS, *_TIME_FIELDS)), ("time", _TIME_FIELDS)):
        base: Any = standard_class("datetime", name)
        if base is None or not raw.derives(kind, base):
            continue
        zone = base.__dict__["tzinfo"].__get__(value)
        is_known = zone is None or type(zone) is standard_class("datetime", "timezone")
        parts = [getattr(base, field).__get__(value) for field in fields]
        plain = base(*parts, tzinfo=zone) if is_known else base(*parts)
        return str(plain)
    return str(value) if kind is standard_class("datetime", "timezone") else None


def _path_text(value: Any, kind: type) -> str | None:
    path = standard_class("pathlib", "PurePath")
    if path is None or not raw.derives(kind, path):
        return None
    held = dict(raw.slots(value))
    known = held.get("_str")
    if type(known) is str:
        return known
    windows = standard_class("pathlib", "PureWindowsPath")
    separator = "\\" if windows is not None and raw.derives(kind, windows) else "/"
    given = held.get("_raw_paths")
    if type(given) is list and all(type(part) is str for part in given):
        text = ""
        for part in given:
            is_whole = part.startswith(separator) or not text
            text = part if is_whole else text.rstrip(separator) + separator + part
        return text or "."
    return _old_path_text(held, separator)


def _old_path_text(held: dict[str, Any], separator: str) -> str | None:
    """Before 3.12: the first part is the anchor where there is one."""
    parts = held.get("_parts")
    if type(parts) is not list or not all(type(part) is str for part in parts):
        return None
    has_anchor = bool(parts) and parts[0].endswith(separator)
    text: str = parts[0] + separator.join(parts[1:]) if has_anchor else separator.join(parts)
    return text or os.curdir
