"""What is looked up in a code object for each probe that comes to it: lines, positions, labels. Each is read once.

A function of 2,000 lines has some ten thousand instructions, through which these tables are long walks.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from .bytecode import Span, labels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType
    from typing import Final

    Position = tuple[int | None, int | None, int | None, int | None]

_STEP: Final = 256
"""Instructions whose positions are read in one go."""


class CodeMap:
    """Of one code object (CPython 3.12 and later), which it keeps alive."""

    def __init__(self, code: CodeType) -> None:
        self.code = code
        self._names: frozenset[str] | None = None
        self._ranges: dict[int, list[tuple[int, int]]] | None = None
        self._labels: set[int] | None = None
        self._unread = code.co_positions()
        self._positions: list[Position] = []

    @property
    def names(self) -> frozenset[str]:
        """All that an instruction can name."""
        if self._names is None:
            code = self.code
            self._names = frozenset((*code.co_varnames, *code.co_names, *code.co_cellvars, *code.co_freevars))
        return self._names

    @property
    def labels(self) -> set[int]:
        """Offsets that are reached in another way than from the instruction before."""
        if self._labels is None:
            self._labels = labels(self.code)
        return self._labels

    def ranges_of_line(self, line: int) -> Sequence[tuple[int, int]]:
        """The stretches of bytecode that belong to a line."""
        if self._ranges is None:
            self._ranges = {}
            for start, end, at in self.code.co_lines():
                if at is not None:
                    self._ranges.setdefault(at, []).append((start, end))
        return self._ranges.get(line, ())

    def spans(self, offsets: list[int]) -> dict[int, Span]:
        """Source positions of the instructions at these offsets."""
        found = {}
        for offset in offsets:
            line, end_line, column, end_column = self._position(offset // 2)
            if line is not None:
                found[offset] = Span(line, line if end_line is None else end_line, column, end_column)
        return found

    def _position(self, index: int) -> Position:
        known = self._positions
        if index >= len(known):
            known.extend(itertools.islice(self._unread, index - len(known) + _STEP))
        return known[index] if index < len(known) else (None, None, None, None)


class CodeMaps:
    """The maps of one file's code at a time: probes come in groups."""

    def __init__(self) -> None:
        self._file = ""
        self._maps: dict[int, CodeMap] = {}

    def of(self, code: CodeType) -> CodeMap:
        if code.co_filename != self._file:
            self._file = code.co_filename
            self._maps = {}
        known = self._maps.get(id(code))
        if known is None:
            known = self._maps[id(code)] = CodeMap(code)
        return known

    def clear(self) -> None:
        self._maps = {}
