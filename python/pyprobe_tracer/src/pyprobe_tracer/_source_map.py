"""Finds an anchor's instructions by compiling the source again (CPython 3.12 and later), where positions do not tell.

The occurrence's node is moved to a line that no file has; the instructions that then carry this line are the anchor's. Both
compilations use their names in the same order, so counting carries the answer over to the code that runs. That it is the
same code is checked, not assumed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ._anchors import Site, is_same_name, last_name, sites_of_uses, walk_code
from ._bytecode import NameUse, name_uses, ranges_of_line
from ._occurrences import Occurrence, OccurrenceWalker
from ._sources import place_error

if TYPE_CHECKING:
    from types import CodeType
    from typing import Final

    from ._hits import Anchor
    from ._source_text import SourceText
    from ._sources import Sources

_MARK: Final = 1_000_000_000


def find_occurrence(tree: ast.AST, text: SourceText, anchor: Anchor, column: int) -> Occurrence | None:
    """The anchor in a syntax tree; `column` in bytes."""
    walker = OccurrenceWalker(text)
    walker.walk(tree)
    for one in walker.occurrences:
        is_here = one.at.line == anchor.line and one.at.column == column
        if is_here and one.context == anchor.context and one.symbol == anchor.symbol:
            return one
    return None


def sites_from_source(code: CodeType, anchor: Anchor, column: int, sources: Sources) -> list[Site]:
    """Raises PlaceError when the source no longer is what the code was compiled from."""
    text = sources.text(anchor.file)
    plain = _same_code(compile(text.text, code.co_filename, "exec", dont_inherit=True), code)
    if plain is None or plain.co_code != code.co_code:
        raise place_error("source_changed", anchor, "the file was changed after it was loaded (run the program again)")
    tree = ast.parse(text.text, filename=code.co_filename)
    occurrence = find_occurrence(tree, text, anchor, column)
    if occurrence is None:
        return []
    _mark(occurrence.node)
    marked = _same_code(compile(tree, code.co_filename, "exec", dont_inherit=True), code)
    if marked is None:
        return []
    ours = _ordinals(marked, anchor)
    uses = [use for index, use in enumerate(_relevant(code, anchor)) if index in ours]
    return sites_of_uses(code, uses)


def _mark(node: ast.AST) -> None:
    for attribute in ("lineno", "end_lineno"):
        if getattr(node, attribute, None) is not None:
            setattr(node, attribute, _MARK)


def _same_code(module: CodeType, code: CodeType) -> CodeType | None:
    """The code object that stands where `code` stood. Marking can move a lambda's first line, never its order."""
    same = [
        inner
        for inner in walk_code(module)
        if inner.co_qualname == code.co_qualname and inner.co_firstlineno in (code.co_firstlineno, _MARK)
    ]
    return same[0] if len(same) == 1 else next((inner for inner in same if inner.co_code == code.co_code), None)


def _relevant(code: CodeType, anchor: Anchor) -> list[NameUse]:
    name = last_name(anchor.symbol)
    return [
        use
        for use in name_uses(code, 0, len(code.co_code))
        if use.use == anchor.context and is_same_name(use.name, name)
    ]


def _ordinals(marked: CodeType, anchor: Anchor) -> set[int]:
    stretches = list(ranges_of_line(marked, _MARK))
    return {
        index
        for index, use in enumerate(_relevant(marked, anchor))
        if any(start <= use.offset < end for start, end in stretches)
    }
