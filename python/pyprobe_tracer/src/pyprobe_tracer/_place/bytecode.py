"""What bytecode says about names: where they are stored and loaded, and (CPython 3.12 and later) what can jump where.

Pure reading of code objects. Offsets are bytes from the start of `co_code`, as `sys.monitoring` reports them.
"""

from __future__ import annotations

import dis
import itertools
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Final, Literal

    Use = Literal["store", "load", "delete"]


class NameUse(NamedTuple):
    """One name (or attribute, or subscript: then `name` is empty) that an instruction stores, loads or deletes."""

    use: Use
    name: str
    offset: int
    after: int
    """Offset of the instruction that follows."""
    half: int
    """0, or 1 for the second half of a superinstruction, whose position is that of the first half."""
    lone: bool
    """False when the instruction handles two names."""
    kind: str
    """`fast`, `deref`, `name`, `global`, `attribute` or `subscript`."""


class Span(NamedTuple):
    """Lines from 1, columns in bytes of UTF-8 from 0; the column is None under `-X no_debug_ranges`."""

    line: int
    end_line: int
    column: int | None
    end_column: int | None


# Every name-carrying opcode of 3.9 to 3.15, as a tuple of uses: one for a plain instruction, two for a superinstruction.
# LOAD_FAST_AND_CLEAR is no use of a name in the source: it sets the outer variable of an inlined comprehension aside.
_USES: Final[dict[str, tuple[Use, ...]]] = {
    "LOAD_FAST": ("load",),
    "LOAD_FAST_BORROW": ("load",),
    "LOAD_FAST_CHECK": ("load",),
    "LOAD_FAST_LOAD_FAST": ("load", "load"),
    "LOAD_FAST_BORROW_LOAD_FAST_BORROW": ("load", "load"),
    "STORE_FAST": ("store",),
    "STORE_FAST_STORE_FAST": ("store", "store"),
    "STORE_FAST_LOAD_FAST": ("store", "load"),
    "DELETE_FAST": ("delete",),
    "LOAD_DEREF": ("load",),
    "LOAD_CLASSDEREF": ("load",),
    "LOAD_FROM_DICT_OR_DEREF": ("load",),
    "STORE_DEREF": ("store",),
    "DELETE_DEREF": ("delete",),
    "LOAD_NAME": ("load",),
    "STORE_NAME": ("store",),
    "DELETE_NAME": ("delete",),
    "LOAD_GLOBAL": ("load",),
    "LOAD_FROM_DICT_OR_GLOBALS": ("load",),
    "STORE_GLOBAL": ("store",),
    "DELETE_GLOBAL": ("delete",),
    "STORE_ATTR": ("store",),
    "STORE_SUBSCR": ("store",),
    "STORE_SLICE": ("store",),
}
_OPCODES: Final = {dis.opmap[name]: (name, uses) for name, uses in _USES.items() if name in dis.opmap}
_EXTENDED_ARG: Final = dis.EXTENDED_ARG
_CACHE: Final = dis.opmap.get("CACHE", 0)
_HAS_LOCALS_PLUS: Final = sys.version_info >= (3, 11)
"""Cells are numbered behind the locals, and LOAD_GLOBAL has a flag in its argument."""
_VARARGS: Final = 0x4
_VARKEYWORDS: Final = 0x8
_FORWARD: Final = frozenset(op for op in dis.hasjrel if op < 256 and "BACKWARD" not in dis.opname[op])
_BACKWARD: Final = frozenset(op for op in dis.hasjrel if op < 256 and "BACKWARD" in dis.opname[op])
_JUMP: Final = re.compile(b"(?=([" + b"".join(re.escape(bytes((op,))) for op in sorted(_FORWARD | _BACKWARD)) + b"]))", re.DOTALL)


def name_uses(code: CodeType, start: int, end: int) -> Iterator[NameUse]:
    """The uses of names by instructions in [start, end), in order of execution."""
    bytecode = code.co_code
    names = _Names(code)
    arg = 0
    for offset in range(start, min(end, len(bytecode)), 2):
        op = bytecode[offset]
        if op == _CACHE:
            continue
        arg = arg << 8 | bytecode[offset + 1]
        if op == _EXTENDED_ARG:
            continue
        known = _OPCODES.get(op)
        if known is not None:
            opname, uses = known
            named = names.of(opname, arg)
            after = next_instruction(bytecode, offset)
            for half, use in enumerate(uses):
                yield NameUse(use, named[half], offset, after, half, len(uses) == 1, _KINDS[opname])
        arg = 0


def next_instruction(bytecode: bytes, offset: int) -> int:
    after = offset + 2
    while after < len(bytecode) and bytecode[after] == _CACHE:
        after += 2
    return after


def _kind(opname: str) -> str:
    if opname == "STORE_ATTR":
        return "attribute"
    if opname in ("STORE_SUBSCR", "STORE_SLICE"):
        return "subscript"
    for kind in ("fast", "deref", "global"):
        if kind.upper() in opname:
            return kind
    return "name"


_KINDS: Final = {name: _kind(name) for name in _USES}


class _Names:
    """What the arguments of a code object's instructions stand for."""

    def __init__(self, code: CodeType) -> None:
        self._names = code.co_names
        # Fast locals in their order: arguments and locals, cells that are neither, free variables.
        names = code.co_varnames
        self._fast = names + tuple([name for name in code.co_cellvars if name not in names]) + code.co_freevars
        self._cells = self._fast if _HAS_LOCALS_PLUS else code.co_cellvars + code.co_freevars

    def of(self, opname: str, arg: int) -> tuple[str, ...]:
        kind = _KINDS[opname]
        if kind == "fast":
            if len(_USES[opname]) == 2:
                return self._fast[arg >> 4], self._fast[arg & 15]
            return (self._fast[arg],)
        if kind == "subscript":
            return ("",)
        if kind == "deref":
            return (self._cells[arg],)
        return (self._names[arg >> 1 if opname == "LOAD_GLOBAL" and _HAS_LOCALS_PLUS else arg],)


def parameter_loads(code: CodeType) -> dict[str, tuple[str, int]]:
    """Before 3.12: for each parameter, the instruction that loads it."""
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & _VARARGS) + bool(code.co_flags & _VARKEYWORDS)
    cells = code.co_cellvars
    found = {}
    for index, name in enumerate(code.co_varnames[:count]):
        if name not in cells:
            found[name] = "LOAD_FAST", index
        else:
            found[name] = "LOAD_DEREF", index if _HAS_LOCALS_PLUS else cells.index(name)
    return found


def spans(code: CodeType, offsets: list[int]) -> dict[int, Span]:
    """Source positions of the instructions at these offsets, which must be in rising order."""
    found: dict[int, Span] = {}
    if not hasattr(code, "co_positions"):
        return _lines(code, offsets)
    positions = code.co_positions()
    done = 0
    for offset in offsets:
        if offset in found:
            continue
        skipped = offset // 2 - done
        position = next(itertools.islice(positions, skipped, None), None)
        done += skipped + 1
        line, end_line, column, end_column = position if position is not None else (None, None, None, None)
        if line is not None:
            found[offset] = Span(line, line if end_line is None else end_line, column, end_column)
    return found


def _lines(code: CodeType, offsets: list[int]) -> dict[int, Span]:
    """Before 3.11 there are lines only."""
    starts = list(dis.findlinestarts(code))
    found = {}
    for offset in offsets:
        line = next((line for start, line in reversed(starts) if start <= offset), None)
        if line is not None:
            found[offset] = Span(line, line, None, None)
    return found


def labels(code: CodeType) -> set[int]:
    """Offsets that are reached in another way than from the instruction before: targets of jumps, exception handlers."""
    bytecode = code.co_code
    found = set(_handlers(code.co_exceptiontable))
    for match in _JUMP.finditer(bytecode):
        offset = match.start()
        if offset % 2 == 0 and not _is_cache(bytecode, offset):
            found.add(_jump_target(bytecode, offset))
    return found


def _is_cache(bytecode: bytes, offset: int) -> bool:
    # Cache entries are zero in `co_code`, so an opcode that is a jump never stands in one.
    return bytecode[offset] == _CACHE


def _jump_target(bytecode: bytes, offset: int) -> int:
    op, arg = bytecode[offset], bytecode[offset + 1]
    shift, before = 8, offset - 2
    while before >= 0 and bytecode[before] == _EXTENDED_ARG:
        arg |= bytecode[before + 1] << shift
        shift, before = shift + 8, before - 2
    after = next_instruction(bytecode, offset)
    return after - 2 * arg if op in _BACKWARD else after + 2 * arg


def _handlers(table: bytes) -> Iterator[int]:
    """Targets in `co_exceptiontable` (format: Objects/exception_handling_notes.txt of CPython)."""
    entries = varints(table)
    for _start in entries:
        next(entries)  # length
        yield 2 * next(entries)
        next(entries)  # depth and lasti


def varints(table: bytes) -> Iterator[int]:
    value = 0
    for byte in table:
        value = value << 6 | byte & 63
        if not byte & 64:
            yield value
            value = 0
