"""From an anchor to instructions (CPython 3.12 and later): which sites in a code object are the anchor's occurrence.

A store is read at the instruction after it, where the value is bound and nothing else has happened yet; a load at its own
instruction, before it runs. One place in the source can be several sites (the body of a `finally` is compiled more than
once) and share an instruction with another place (superinstructions).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .bytecode import NameUse, Span, name_uses, spans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from .._hit.hits import Anchor
    from .code_map import CodeMap


class Site(NamedTuple):
    """Where to read, and what."""

    offset: int
    name: str
    """As the bytecode has it: private names of a class are mangled."""
    kind: str
    """`fast`, `deref`, `name`, `global`, `attribute`, `subscript`."""
    guard: int | None
    """The store's own offset, when `offset` can be reached without it: then a hit counts only right after the guard."""
    order: tuple[int, int]
    """Sorts sites that are read at one instruction by what happens first."""


class Ambiguous(Exception):
    """Positions alone do not tell which of several instructions is meant."""


def walk_code(code: CodeType) -> Iterator[CodeType]:
    """The code object and all that are nested in it."""
    stack = [code]
    code_type = type(code)
    while stack:
        current = stack.pop()
        yield current
        stack.extend(const for const in current.co_consts if type(const) is code_type)


def find_sites(known: CodeMap, anchor: Anchor, column: int) -> list[Site]:
    """Sites of a store or load in a code object (not in nested ones); `column` is the anchor's, in bytes of UTF-8.
    An empty list: not here. Raises Ambiguous."""
    name = last_name(anchor.symbol)
    if not _mentions(known, name, anchor.line):
        return []
    code = known.code
    uses = [use for start, end in known.ranges_of_line(anchor.line) for use in name_uses(code, start, end)]
    uses = [use for use in uses if _is_use(use, name, anchor)]
    found = _exact(known, uses, anchor.line, column)
    halves = _second_halves(known, uses, anchor.function)
    if found and halves:  # a loop's test is compiled twice, once perhaps as the second half of an instruction
        raise Ambiguous
    found = found or halves
    if not found and anchor.context == "store":
        found = _enclosing(known, name, anchor, column)
    return sites_of_uses(known, found)


def last_name(symbol: str) -> str:
    """The name that the instruction carries: `gain` of `self.gain`; nothing for a subscript."""
    symbol = symbol.rstrip()
    if symbol.endswith("]"):
        return ""
    return symbol.rsplit(".", 1)[-1].strip().rstrip(")").rstrip()


def is_same_name(compiled: str, written: str) -> bool:
    """Private names of a class are compiled as `_Class__name`."""
    if compiled == written:
        return True
    return written.startswith("__") and not written.endswith("__") and compiled.startswith("_") and compiled.endswith(written)


def _mentions(known: CodeMap, name: str, line: int) -> bool:
    if line < known.code.co_firstlineno:
        return False
    if name == "" or name in known.names:
        return True
    return name.startswith("__") and any(is_same_name(one, name) for one in known.names)


def _is_use(use: NameUse, name: str, anchor: Anchor) -> bool:
    if use.use != anchor.context:
        return False
    if name == "":
        return use.kind == "subscript"
    is_attribute = "." in anchor.symbol
    return (use.kind == "attribute") == is_attribute and use.kind != "subscript" and is_same_name(use.name, name)


def _exact(known: CodeMap, uses: list[NameUse], line: int, column: int) -> list[NameUse]:
    """Those whose own position is the anchor's. A superinstruction has the position of its first half."""
    at = known.spans([use.offset for use in uses])
    if any(span.column is None for span in at.values()):
        raise Ambiguous
    return [
        use
        for use in uses
        if use.half == 0
        and use.offset in at
        and (at[use.offset].line, at[use.offset].column) == (line, column)
        and not is_cleanup(known.code, use, at[use.offset])
    ]


def is_cleanup(code: CodeType, use: NameUse, span: Span) -> bool:
    """`except E as x` ends with `x = None; del x`, which nobody wrote: both have one position, that of what came before."""
    if use.use != "store":
        return False
    following = next(name_uses(code, use.after, use.after + 4), None)
    if following is None or following.use != "delete" or following.name != use.name:
        return False
    return spans(code, [following.offset]).get(following.offset) == span


def _second_halves(known: CodeMap, uses: list[NameUse], function: str) -> list[NameUse]:
    """A second half has no position of its own. With one candidate on the line, in the anchor's own function, there is no
    doubt."""
    candidates = [use for use in uses if use.half == 1]
    if candidates and _function_name(known.code) != function:
        raise Ambiguous
    if len(candidates) > 1:
        at = known.spans([use.offset for use in candidates])
        if len({at[use.offset] for use in candidates if use.offset in at}) > 1:
            raise Ambiguous
    return candidates


def _enclosing(known: CodeMap, name: str, anchor: Anchor, column: int) -> list[NameUse]:
    """`except E as x`, `import a as x` and `match` captures carry the span of their clause."""
    code = known.code
    uses = [use for use in name_uses(code, 0, len(code.co_code)) if is_same_name(use.name, name)]
    stores = [use for use in uses if use.use == "store" and use.kind not in ("attribute", "subscript")]
    at = known.spans([use.offset for use in stores])
    if any(span.column is None for span in at.values()):
        raise Ambiguous
    around = [
        use
        for use in stores
        if use.offset in at and _contains(at[use.offset], anchor.line, column) and not is_cleanup(code, use, at[use.offset])
    ]
    if not around:
        return []
    smallest = min(_size(at[use.offset]) for use in around)
    return [use for use in around if _size(at[use.offset]) == smallest]


def _function_name(code: CodeType) -> str:
    """As anchors have it: comprehensions and generator expressions belong to the function around them."""
    name = "" if code.co_qualname == "<module>" else code.co_qualname
    while name.endswith("<genexpr>"):
        name = name[: -len("<genexpr>")].removesuffix(".<locals>.").removesuffix(".")
    return name


def _contains(span: Span, line: int, column: int) -> bool:
    if span.column is None or span.end_column is None:
        return False
    return (span.line, span.column) < (line, column) < (span.end_line, span.end_column)


def _size(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, (span.end_column or 0) - (span.column or 0)


def sites_of_uses(known: CodeMap, uses: list[NameUse]) -> list[Site]:
    found = []
    for use in uses:
        # In `x = 1; y = x`, one instruction stores x and loads it: only after it is the loaded value to be seen.
        after = use.use == "store" or (use.half == 1 and not use.lone and _first_half_stores(known.code, use))
        offset = use.after if after else use.offset
        guard = use.offset if after and use.after in known.labels else None
        found.append(Site(offset, use.name, use.kind, guard, (use.offset, use.half)))
    return found


def _first_half_stores(code: CodeType, use: NameUse) -> bool:
    pair = list(name_uses(code, use.offset, use.offset + 2))
    return pair[0].use == "store"
