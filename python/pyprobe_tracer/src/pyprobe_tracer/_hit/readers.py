"""How the value is read at a site of a code object: by the kind of variable that the instruction handles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .hits import UNREADABLE
from .raw_reads import read_class_closure, read_global, read_local, read_namespace

if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Callable, Final

    from .hits import Anchor

    Read = Callable[[FrameType, str], object]

_OPTIMIZED: Final = 0x1
"""Code flag of functions: their variables are fast locals and cells, not a namespace."""


def reader_for(code: CodeType, kind: str, anchor: Anchor) -> Read:
    if kind in ("attribute", "subscript"):
        return _target_reader(anchor.symbol, code)
    if kind == "global":
        return read_global
    if code.co_flags & _OPTIMIZED:
        return read_local
    if kind == "deref":
        return read_class_closure
    return read_namespace


def _target_reader(symbol: str, code: CodeType) -> Read:
    from .target_reads import Names, read_target

    read = read_target(symbol, Names(code))
    if read is None:
        return lambda frame, name: UNREADABLE
    of = read
    return lambda frame, name: of(frame)
