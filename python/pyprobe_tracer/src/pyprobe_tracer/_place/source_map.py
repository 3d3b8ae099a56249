"""Finds an anchor's instructions by compiling the source again (CPython 3.12 and later), where positions do not tell.

The occurrence's node is moved to a line that no file has; the instructions that then carry this line are the anchor's. Both
compilations use their names in the same order, so counting carries the answer over to the code that runs. That it is the
same code is checked, not assumed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .._source.occurrences import Occurrence, OccurrenceWalker
from .._source.sources import place_error
from .anchors import Site, is_cleanup, is_same_name, last_name, sites_of_uses, walk_code
from .bytecode import NameUse, name_uses, spans

if TYPE_CHECKING:
    from types import CodeType
    from typing import Final

    from .._hit.hits import Anchor
    from .._source.source_text import SourceText
    from .._source.sources import Sources
    from .code_map import CodeMap

MARK: Final = 200_000
"""A line beyond any source file that a person writes, yet not so far that the line tables of 3.9 and 3.10, which count in steps
of 127 lines, grow long."""


def find_occurrence(tree: ast.AST, text: SourceText, anchor: Anchor, column: int) -> Occurrence | None:
    """The anchor in a syntax tree; `column` in bytes."""
    return index_occurrences(tree, text).get((anchor.line, column, anchor.context, anchor.symbol))


def index_occurrences(tree: ast.AST, text: SourceText) -> dict[tuple[int, int, str, str], Occurrence]:
    """By line, column in bytes, context and symbol, which together name an occurrence."""
    walker = OccurrenceWalker(text)
    walker.walk(tree)
    return {(one.at.line, one.at.column, one.context, one.symbol): one for one in walker.occurrences}


def sites_from_source(known: CodeMap, anchor: Anchor, column: int, sources: Sources) -> list[Site]:
    """Raises PlaceError when the source no longer is what the code was compiled from."""
    return sites_of_uses(known, uses_from_source(known.code, anchor, column, sources.text(anchor.file)))


def uses_from_source(code: CodeType, anchor: Anchor, column: int, text: SourceText) -> list[NameUse]:
    """On any CPython. Raises PlaceError as above."""
    plain = _same_code(compile(text.text, code.co_filename, "exec", dont_inherit=True), code)
    if plain is None or plain.co_code != code.co_code:
        raise place_error("source_changed", anchor, "the file was changed after it was loaded (run the program again)")
    tree = ast.parse(text.text, filename=code.co_filename)
    occurrence = find_occurrence(tree, text, anchor, column)
    if occurrence is None:
        return []
    _mark(_located_by(tree, occurrence.node))
    marked = _same_code(compile(tree, code.co_filename, "exec", dont_inherit=True), code)
    if marked is None:
        return []
    here, there = _relevant(code, anchor), _relevant(marked, anchor)
    if len(here) != len(there):  # one of them was removed, which the mark prevented
        return []
    ours = _ordinals(marked, there)
    return [use for index, use in enumerate(here) if index in ours]


def _located_by(tree: ast.AST, node: ast.AST) -> ast.AST:
    """The node whose position the compiler gives to the store: an import's statement, the whole pattern of a `case`."""
    found = node
    for outer in ast.walk(tree):
        if isinstance(outer, (ast.Import, ast.ImportFrom)) and node in outer.names:
            return outer
        pattern = getattr(outer, "pattern", None)
        if isinstance(pattern, ast.AST) and any(inner is node for inner in ast.walk(pattern)):
            found = pattern
    return found


def _mark(node: ast.AST) -> None:
    for attribute in ("lineno", "end_lineno"):
        if getattr(node, attribute, None) is not None:
            setattr(node, attribute, MARK)


def _same_code(module: CodeType, code: CodeType) -> CodeType | None:
    """The code object that stands where `code` stood. Marking can move a lambda's first line, never its order."""
    same = [
        inner
        for inner in walk_code(module)
        if _name_of(inner) == _name_of(code) and inner.co_firstlineno in (code.co_firstlineno, MARK)
    ]
    return same[0] if len(same) == 1 else next((inner for inner in same if inner.co_code == code.co_code), None)


def _name_of(code: CodeType) -> str:
    return getattr(code, "co_qualname", code.co_name)


def _relevant(code: CodeType, anchor: Anchor) -> list[NameUse]:
    name = last_name(anchor.symbol)
    return [use for use in name_uses(code, 0, len(code.co_code)) if use.use == anchor.context and is_same_name(use.name, name)]


def _ordinals(marked: CodeType, uses: list[NameUse]) -> set[int]:
    at = spans(marked, [use.offset for use in uses])
    return {
        index
        for index, use in enumerate(uses)
        if use.offset in at and at[use.offset].line == MARK and not is_cleanup(marked, use, at[use.offset])
    }
