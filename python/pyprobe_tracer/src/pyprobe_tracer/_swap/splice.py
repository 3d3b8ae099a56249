"""Puts instructions into compiled code (CPython 3.9 to 3.11): jumps, line tables and exception tables go along.

A code object is looked through once. Each splice then costs what is put in and the jumps there are, not the instructions.
Offsets are bytes from the start of `co_code`.
"""

from __future__ import annotations

import dis
import re
import sys
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from .._place.bytecode import varints
from .line_table import LineTable, Room

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, Final

_EXTENDED_ARG: Final = dis.EXTENDED_ARG
UNIT: Final = 1 if sys.version_info < (3, 10) else 2
"""Bytes of code that one step of a jump's argument stands for."""
_RELATIVE: Final = frozenset(dis.hasjrel)
_BACKWARD: Final = frozenset(op for name, op in dis.opmap.items() if "JUMP_BACKWARD" in name)
_JUMP: Final = re.compile(b"[" + b"".join(re.escape(bytes((op,))) for op in (*dis.hasjrel, *dis.hasjabs)) + b"]", re.DOTALL)


class Stub(NamedTuple):
    """Instructions to be put in."""

    at: int
    is_before: bool
    """They have the line of the instruction that begins there, else that of the one that ends there."""
    is_target: bool
    """What jumps to this place runs them too."""
    size: int
    make: Callable[[int], bytes]
    """Given the address where they will stand."""


class Jump(NamedTuple):
    start: int
    """Where its EXTENDED_ARGs begin."""
    offset: int
    target: int
    op: int


class Spliced(NamedTuple):
    fields: dict[str, Any]
    """For `code.replace`."""
    stubs: list[tuple[Stub, int]]
    """Each with where it stands now."""
    moved: Moved


class Moved:
    """Where instructions have gone."""

    def __init__(self, stubs: list[Stub], grown: dict[int, int]) -> None:
        before: dict[int, int] = {}
        behind: dict[int, int] = {}
        for stub in stubs:
            into = before if stub.is_target else behind
            into[stub.at] = into.get(stub.at, 0) + stub.size
        for start, size in grown.items():
            before[start] = before.get(start, 0) + size
        self._behind = behind
        self._before = before
        self._places = sorted({*before, *behind})
        sizes = [before.get(place, 0) + behind.get(place, 0) for place in self._places]
        self._sums = [0, *accumulate(sizes)]

    def label(self, offset: int) -> int:
        """Where a jump to this offset has to go."""
        return offset + self._sums[bisect_left(self._places, offset)] + self._behind.get(offset, 0)

    def instruction(self, start: int) -> int:
        return self.label(start) + self._before.get(start, 0)


class Anatomy:
    """What splicing needs to know of a code object."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self.bytecode = code.co_code
        self.lines = LineTable(_line_table(code))
        self.jumps = [_jump(self.bytecode, match.start()) for match in _JUMP.finditer(self.bytecode) if match.start() % 2 == 0]
        self.handlers = _handlers(code.co_exceptiontable) if sys.version_info >= (3, 11) else []

    def start_of(self, offset: int) -> int:
        """Where the instruction's EXTENDED_ARGs begin."""
        while offset >= 2 and self.bytecode[offset - 2] == _EXTENDED_ARG:
            offset -= 2
        return offset

    def splice(self, stubs: list[Stub]) -> Spliced:
        """Stubs of one place stand in the order given, those that a jump to it passes over first."""
        stubs = sorted(stubs, key=lambda stub: (stub.at, stub.is_target))
        grown: dict[int, int] = {}
        while True:
            moved = Moved(stubs, grown)
            more = self._outgrown(moved, grown)
            if not more:
                break
            grown = {**grown, **more}
        bytecode, addresses = self._put_in(stubs, grown)
        for jump in self.jumps:
            self._redirect(bytecode, jump, moved)
        rooms = [Room(stub.at, stub.is_before, stub.size) for stub in stubs]
        rooms += [Room(start, True, size) for start, size in grown.items()]
        table = self.lines.with_room(sorted(rooms, key=lambda room: (room.at, room.is_before)))
        fields: dict[str, Any] = {"co_code": bytes(bytecode), _LINE_TABLE: table}
        if sys.version_info >= (3, 11):
            fields["co_exceptiontable"] = _encoded(self.handlers, moved)
        return Spliced(fields, addresses, moved)

    def _outgrown(self, moved: Moved, grown: dict[int, int]) -> dict[int, int]:
        """Jumps that need more EXTENDED_ARGs than they have: how many bytes they need to grow by, all in all."""
        more = {}
        for jump in self.jumps:
            missing = 2 * _prefixes(_argument(jump, moved)) - (jump.offset - jump.start) - grown.get(jump.start, 0)
            if missing > 0:
                more[jump.start] = grown.get(jump.start, 0) + missing
        return more

    def _put_in(self, stubs: list[Stub], grown: dict[int, int]) -> tuple[bytearray, list[tuple[Stub, int]]]:
        made = bytearray()
        done = 0
        addresses: list[tuple[Stub, int]] = []
        prefixes = [(start, 2, None) for start in grown]
        for at, _, stub in sorted([*((one.at, int(one.is_target), one) for one in stubs), *prefixes], key=lambda item: item[:2]):
            made += self.bytecode[done:at]
            done = at
            if stub is None:
                made += bytes((_EXTENDED_ARG, 0)) * (grown[at] // 2)
            else:
                addresses.append((stub, len(made)))
                made += stub.make(len(made))
        made += self.bytecode[done:]
        return made, addresses

    def _redirect(self, bytecode: bytearray, jump: Jump, moved: Moved) -> None:
        arg = _argument(jump, moved)
        at = moved.instruction(jump.start) + jump.offset - jump.start
        while True:
            bytecode[at + 1] = arg & 255
            arg >>= 8
            at -= 2
            if at < 0 or bytecode[at] != _EXTENDED_ARG:
                break


def _argument(jump: Jump, moved: Moved) -> int:
    target = moved.label(jump.target)
    if jump.op not in _RELATIVE:
        return target // UNIT
    after = moved.instruction(jump.start) + jump.offset - jump.start + 2
    return (after - target if jump.op in _BACKWARD else target - after) // UNIT


def _prefixes(arg: int) -> int:
    return 0 if arg < 1 << 8 else 1 if arg < 1 << 16 else 2 if arg < 1 << 24 else 3


def _jump(bytecode: bytes, offset: int) -> Jump:
    op, arg = bytecode[offset], bytecode[offset + 1]
    start, shift = offset, 8
    while start >= 2 and bytecode[start - 2] == _EXTENDED_ARG:
        start -= 2
        arg |= bytecode[start + 1] << shift
        shift += 8
    if op not in _RELATIVE:
        return Jump(start, offset, arg * UNIT, op)
    return Jump(start, offset, offset + 2 + (-arg if op in _BACKWARD else arg) * UNIT, op)


if sys.version_info >= (3, 10):
    _LINE_TABLE: Final = "co_linetable"

    def _line_table(code: CodeType) -> bytes:
        return code.co_linetable
else:
    _LINE_TABLE: Final = "co_lnotab"

    def _line_table(code: CodeType) -> bytes:
        return code.co_lnotab


def _handlers(table: bytes) -> list[tuple[int, int, int, int]]:
    """The exception table of 3.11 (format: Objects/exception_handling_notes.txt of CPython)."""
    entries = varints(table)
    found = []
    for start in entries:
        length, target, rest = next(entries), next(entries), next(entries)
        found.append((2 * start, 2 * (start + length), 2 * target, rest))
    return found


def _encoded(handlers: list[tuple[int, int, int, int]], moved: Moved) -> bytes:
    made = bytearray()
    for start, end, target, rest in handlers:
        first = moved.label(start)
        fields = (first // 2, (moved.label(end) - first) // 2, moved.label(target) // 2, rest)
        for index, value in enumerate(fields):
            made += _varint(value, 0x80 if index == 0 else 0)
    return bytes(made)


def _varint(value: int, mark: int) -> bytes:
    """Six bits a byte, the highest first, which carries the mark of an entry's begin."""
    shifts = [shift for shift in (24, 18, 12, 6) if value >> shift]
    made = bytearray(64 | value >> shift & 63 for shift in shifts)
    made.append(value & 63)
    made[0] |= mark
    return bytes(made)
