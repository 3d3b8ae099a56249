"""Where each occurrence of a name in a file is in its compiled code (CPython 3.9 to 3.11), whose positions do not tell.

The file is compiled twice: as it is, and with a line of its own for every node of its tree. The instructions of the second
carry the numbers of their nodes; both use their names in the same order, so counting carries that over to the first. That they
do is checked for each name in each function; where the compiler was led astray by the lines, one occurrence is marked alone
(`source_map.py`).
"""

from __future__ import annotations

import ast
import dis
from bisect import bisect_right
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from .._place.anchors import is_same_name, last_name
from .._place.bytecode import NameUse, name_uses
from .._place.source_map import uses_from_source
from .._source.occurrences import OccurrenceWalker
from .._source.sources import place_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Final

    from .._hit.hits import Anchor, PlaceError
    from .._source.occurrences import Occurrence
    from .._source.source_text import SourceText

    Key = tuple[int, int, str, str]
    """Line, column in bytes, context and symbol."""
    Wanted = tuple[int, int, tuple[int, ...]]
    """The first and the last number of the nodes whose instructions are meant, and the numbers of the nodes around, innermost
    first, up to the statement: some give theirs to the store."""

_FRAMES_IN_FUNCTION: Final = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))
"""Comprehensions that run at once, in a frame of their own: their hits are hits of the function around them."""
_VARIABLES: Final = ("fast", "deref", "name", "global")


class Spot(NamedTuple):
    """An instruction of the plain code."""

    code: CodeType
    use: NameUse | None
    """None for a parameter: the begin of the code."""
    owner: CodeType
    """Whose calls a hit belongs to."""
    levels: int
    """Frames between the two."""


class FileIndex:
    """Of one version of a file. Raises SyntaxError and ValueError on source that does not compile."""

    def __init__(self, text: SourceText, filename: str) -> None:
        self.text = text
        self.module = compile(text.text, filename, "exec", dont_inherit=True)
        tree = ast.parse(text.text, filename=filename)
        walker = OccurrenceWalker(text)
        walker.walk(tree)
        parents = _number(tree)
        self._wanted: dict[Key, Wanted] = {
            (one.at.line, one.at.column, one.context, one.symbol): _wanted(one, parents) for one in walker.occurrences
        }
        marked = compile(tree, filename, "exec", dont_inherit=True)
        self._around: dict[int, CodeType | None] = {}
        self._first: dict[int, CodeType] = {}
        """By the number of what a function begins with."""
        self._order: list[CodeType] = []
        self._uses: dict[int, tuple[int, ...]] = {}
        """By number of a node: the place of the code in that order, an offset in it, and so on. Kept in a form that is no
        concern of the garbage collector's, which counts every object it has to look through."""
        self._unsure: set[int] = set()
        """Addresses of code in which counting does not help for every name."""
        self.codes: dict[CodeType, CodeType] = {}
        """Plain code by its content."""
        self._pair(self.module, marked, None)

    def spots(self, anchor: Anchor) -> list[Spot]:
        """Raises PlaceError."""
        column = self.text.byte_of_utf16(anchor.line, anchor.column)
        wanted = self._wanted.get((anchor.line, column, anchor.context, anchor.symbol))
        if wanted is None:
            raise not_found(anchor, ast.parse(self.text.text))
        if anchor.context == "parameter":
            codes = [self._first[number] for number in wanted[2] if number in self._first]
            found = [Spot(code, None, code, 0) for code in codes[:1]]
        else:
            found = [self._spot(code, use) for code, use in self._uses_of(anchor, wanted, column)]
        if not found:
            raise place_error("optimized_away", anchor, "the compiler removed this code")
        return found

    def plain_of(self, code: CodeType) -> CodeType | None:
        """The code of this file that is the same."""
        plain = self.codes.get(code)
        return plain if plain is not None and _lines_of(plain) == _lines_of(code) else None

    def outer_of(self, code: CodeType) -> CodeType | None:
        return self._around[id(code)]

    def _uses_of(self, anchor: Anchor, wanted: Wanted, column: int) -> list[tuple[CodeType, NameUse]]:
        name = last_name(anchor.symbol)
        kinds = ("subscript",) if name == "" else ("attribute",) if "." in anchor.symbol else _VARIABLES
        for first, last in (wanted[:2], *((number, number) for number in wanted[2])):
            found = [
                (code, use)
                for number in range(first, last + 1)
                for code, use in self._uses_at(number)
                if use.use == anchor.context and use.kind in kinds and is_same_name(use.name, name)
            ]
            if found:
                return found
        return [
            (code, use)
            for code in self.codes.values()
            if id(code) in self._unsure
            for use in uses_from_source(code, anchor, column, self.text)
        ]

    def _uses_at(self, number: int) -> Iterator[tuple[CodeType, NameUse]]:
        packed = self._uses.get(number, ())
        for place, offset in zip(packed[::2], packed[1::2]):
            code = self._order[place]
            start = offset
            while start >= 2 and code.co_code[start - 2] == dis.EXTENDED_ARG:
                start -= 2
            for use in name_uses(code, start, offset + 2):
                yield code, use

    def _spot(self, code: CodeType, use: NameUse) -> Spot:
        owner, levels = code, 0
        while owner.co_name in _FRAMES_IN_FUNCTION:
            around = self._around[id(owner)]
            if around is None:
                break
            owner, levels = around, levels + 1
        return Spot(code, use, owner, levels)

    def _pair(self, plain: CodeType, marked: CodeType, around: CodeType | None) -> None:
        self._around[id(plain)] = around
        self._first[marked.co_firstlineno] = plain
        self.codes.setdefault(plain, plain)
        place = len(self._order)
        self._order.append(plain)
        here, there = _by_name(plain), _by_name(marked)
        numbers = _Numbers(marked)
        for key, uses in there.items():
            ours = here.get(key, [])
            if len(ours) != len(uses):
                self._unsure.add(id(plain))
                continue
            for use, other in zip(ours, uses):
                number = numbers.at(other.offset)
                if not _is_cleanup(other, number, there, numbers):
                    self._uses[number] = (*self._uses.get(number, ()), place, use.offset)
        for inner, twin in _pairs(_nested(plain), _nested(marked)):
            self._pair(inner, twin, plain)


Names = dict[tuple[str, str], list[NameUse]]
"""Uses by what they do and their name, in their order."""


def _by_name(code: CodeType) -> Names:
    found: Names = {}
    for use in name_uses(code, 0, len(code.co_code)):
        found.setdefault((use.use, use.name), []).append(use)
    return found


class _Numbers:
    """The numbers of the nodes that a marked code object was made of."""

    def __init__(self, code: CodeType) -> None:
        starts = list(dis.findlinestarts(code))
        self._offsets = [offset for offset, _ in starts]
        self._numbers = [number for _, number in starts]

    def at(self, offset: int) -> int:
        index = bisect_right(self._offsets, offset) - 1
        return self._numbers[index] if index >= 0 else 0


def _is_cleanup(use: NameUse, number: int, names: Names, numbers: _Numbers) -> bool:
    """`except E as x` ends with `x = None; del x`, which nobody wrote and which are of one node."""
    deletions = names.get(("delete", use.name), ()) if use.use == "store" else ()
    return any(use.after <= one.offset <= use.after + 2 and numbers.at(one.offset) == number for one in deletions)


def _nested(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if type(const) is type(code)]


def _pairs(plain: list[CodeType], marked: list[CodeType]) -> list[tuple[CodeType, CodeType]]:
    """Both in their order; only where the compiler merged equal functions of one line is one the counterpart of several."""
    if len(plain) == len(marked):
        return list(zip(plain, marked))
    found = []
    for name in {code.co_name for code in plain}:
        ours = [code for code in plain if code.co_name == name]
        theirs = [code for code in marked if code.co_name == name]
        found += [(ours[min(index, len(ours) - 1)], code) for index, code in enumerate(theirs)]
    return found


def _number(tree: ast.Module) -> dict[int, ast.AST]:
    """Gives every node a line of its own, in the order of the source. Returns the parents by the address of the node."""
    parents: dict[int, ast.AST] = {}
    numbers = count(1)
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if "lineno" in node._attributes:
            number = next(numbers)
            node.lineno = node.end_lineno = number  # type: ignore[attr-defined]
            node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]
        children = list(ast.iter_child_nodes(node))
        for child in children:
            parents[id(child)] = node
        stack += reversed(children)
    return parents


def _wanted(one: Occurrence, parents: dict[int, ast.AST]) -> Wanted:
    node = one.node
    first = last = getattr(node, "lineno", 0)
    outer: list[int] = []
    if one.context == "parameter":
        owner = parents[id(parents[id(node)])]
        decorators: list[ast.expr] = getattr(owner, "decorator_list", [])
        return 0, 0, tuple([inner.lineno for inner in (*decorators[:1], owner)])  # type: ignore[attr-defined]
    while not isinstance(node, ast.stmt) and id(node) in parents:
        around = parents[id(node)]
        if getattr(around, "pattern", None) is node:  # what a pattern binds is stored at its end, as part of any of its nodes
            lines = [getattr(inner, "lineno", 0) for inner in ast.walk(node)]
            return min(line for line in lines if line), max(lines), ()
        node = around
        if hasattr(node, "lineno"):
            outer.append(node.lineno)
    return first, last, tuple(outer)


def not_found(anchor: Anchor, tree: ast.Module) -> PlaceError:
    lines = sorted({node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)})
    within = any(isinstance(node, ast.stmt) and node.lineno <= anchor.line <= (node.end_lineno or 0) for node in ast.walk(tree))
    if within and any(getattr(node, "lineno", None) == anchor.line for node in ast.walk(tree)):
        return place_error("no_such_name", anchor, "the name does not occur there")
    following = next((line for line in lines if line > anchor.line), None)
    hint = f" (next line with code is {following})" if following is not None else ""
    return place_error("no_code", anchor, f"the line has no code{hint}")


def _lines_of(code: CodeType) -> bytes:
    return getattr(code, "co_linetable", None) or code.co_lnotab
