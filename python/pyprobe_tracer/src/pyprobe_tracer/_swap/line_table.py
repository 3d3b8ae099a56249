"""Makes room in the line tables of code objects (CPython 3.9 to 3.11), which have three formats.

What is put in behind an instruction carries that instruction's line, what is put in before one carries that one's: so
tracebacks stay as they are, and whoever traces lines sees none that was not there.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final


class Room(NamedTuple):
    """Bytes of code to be put in at an instruction's border."""

    at: int
    is_before: bool
    """They belong to the instruction that begins there, else to the one that ends there."""
    size: int


class LineTable:
    """The table of one code object, with where its entries end."""

    def __init__(self, table: bytes) -> None:
        self.table = table
        if sys.version_info >= (3, 11):
            self._starts = [match.start() for match in _FIRST_BYTE.finditer(table)]
            self._ends = list(accumulate([2 * ((table[start] & 7) + 1) for start in self._starts]))
        else:
            self._ends = list(accumulate(table[::2]))

    def with_room(self, rooms: list[Room]) -> bytes:
        """`rooms` in the order in which they will stand in the code."""
        entries: dict[int, list[Room]] = {}
        for room in rooms:
            index = (bisect_right if room.is_before else bisect_left)(self._ends, room.at)
            entries.setdefault(index, []).append(room)
        made = []
        done = 0
        for index in sorted(entries):
            if index >= len(self._ends):
                continue  # behind the last line's start, where nothing says how far it goes
            start = self._entry(index)
            made += [self.table[done:start], self._widened(index, entries[index])]
            done = self._entry(index + 1)
        return b"".join([*made, self.table[done:]])

    def _entry(self, index: int) -> int:
        if sys.version_info < (3, 11):
            return 2 * index
        return self._starts[index] if index < len(self._starts) else len(self.table)

    if sys.version_info >= (3, 11):

        def _widened(self, index: int, rooms: list[Room]) -> bytes:
            entry = _Location(self.table[self._entry(index) : self._entry(index + 1)])
            cursor = self._ends[index - 1] if index else 0
            made = []
            for room in rooms:
                made += [entry.part(room.at - cursor), entry.filler(room.size)]
                cursor = room.at
            return b"".join([*made, entry.part(self._ends[index] - cursor)])

    elif sys.version_info >= (3, 10):

        def _widened(self, index: int, rooms: list[Room]) -> bytes:
            size, line = self.table[2 * index] + sum(room.size for room in rooms), self.table[2 * index + 1]
            more = 0x80 if line == 0x80 else 0  # -128 stands for no line
            made = bytearray()
            while size > 254:
                made += bytes((254, line))
                size, line = size - 254, more
            return bytes(made + bytes((size, line)))

    else:

        def _widened(self, index: int, rooms: list[Room]) -> bytes:
            size = self.table[2 * index] + sum(room.size for room in rooms)
            return bytes((255, 0)) * ((size - 1) // 255) + bytes(((size - 1) % 255 + 1, self.table[2 * index + 1]))


_FIRST_BYTE: Final = re.compile(b"[\x80-\xff]")
_NO_LINE: Final = 15
_LONG: Final = 14
_NO_COLUMNS: Final = 13
_ONE_LINE: Final = 10


class _Location:
    """One entry of the table of 3.11 (format: Objects/locations.md of CPython), to be given out in pieces. Only the first piece
    moves on to the entry's line."""

    def __init__(self, entry: bytes) -> None:
        self._kind = entry[0] >> 3 & 15
        self._delta = b"\0"
        self._columns = entry[1:]
        if self._kind in (_LONG, _NO_COLUMNS):
            end = next(index for index, byte in enumerate(entry[1:], 2) if not byte & 64)
            self._delta, self._columns = entry[1:end], entry[end:]
        elif _ONE_LINE <= self._kind < _NO_COLUMNS:
            self._delta = bytes((2 * (self._kind - _ONE_LINE),))

    def part(self, size: int) -> bytes:
        """For a stretch of the entry's own instructions, in bytes of code."""
        if size == 0:
            return b""
        kind, delta, self._delta = self._kind, self._delta, b"\0"
        if _ONE_LINE <= kind < _NO_COLUMNS:
            return bytes((0x80 | (_ONE_LINE + delta[0] // 2) << 3 | size // 2 - 1,)) + self._columns
        shown = delta if kind in (_LONG, _NO_COLUMNS) else b""
        return bytes((0x80 | kind << 3 | size // 2 - 1,)) + shown + self._columns

    def filler(self, size: int) -> bytes:
        """For what is put in: the line without columns."""
        made = []
        for length in _portions(size // 2):
            if self._kind == _NO_LINE:
                made.append(bytes((0x80 | _NO_LINE << 3 | length - 1,)))
                continue
            made.append(bytes((0x80 | _NO_COLUMNS << 3 | length - 1,)) + self._delta)
            self._delta = b"\0"
        return b"".join(made)


def _portions(units: int) -> Iterator[int]:
    while units > 0:
        yield min(units, 8)
        units -= 8
