"""Which code object a parameter belongs to (CPython 3.12 and later): no instruction carries its position."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .anchors import is_same_name, walk_code
from .bytecode import Span, spans
from .source_map import MARK

if TYPE_CHECKING:
    from types import CodeType
    from typing import Final

    from .._hit.hits import Anchor
    from .._source.sources import Sources

    Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_VARARGS: Final = 0x4
_VARKEYWORDS: Final = 0x8


def takes_parameter(code: CodeType, anchor: Anchor, sources: Sources) -> str | None:
    """The parameter's name as compiled, when the anchor is one of this code object's parameters."""
    if code.co_firstlineno > anchor.line or getattr(code, "co_qualname", anchor.function) != anchor.function:
        return None
    name = next((name for name in parameters(code) if is_same_name(name, anchor.symbol)), None)
    if name is None:
        return None
    if code.co_firstlineno == anchor.line and code.co_name != "<lambda>":
        return name
    return name if _is_function_at(code, anchor, sources) else None


def parameters(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & _VARARGS) + bool(code.co_flags & _VARKEYWORDS)
    return code.co_varnames[:count]


def _is_function_at(code: CodeType, anchor: Anchor, sources: Sources) -> bool:
    """Several functions of one name are told apart by the source: by where they begin; lambdas, which may share a line, by
    where their body stands. Without the source the nearest name counts."""
    try:
        node = _function_at(sources, anchor)
    except (OSError, SyntaxError, ValueError):
        return True
    if node is None:
        return False
    if isinstance(node, ast.Lambda):
        return node.lineno == code.co_firstlineno and _covers(code, node, anchor, sources)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return first == code.co_firstlineno


def _function_at(sources: Sources, anchor: Anchor) -> Function | None:
    column = sources.byte_column(anchor)
    for node in ast.walk(sources.tree(anchor.file)):
        if isinstance(node, _FUNCTIONS):
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg) and (argument.lineno, argument.col_offset) == (anchor.line, column):
                    return node
    return None


def _covers(code: CodeType, node: ast.Lambda, anchor: Anchor, sources: Sources) -> bool:
    """Is every positioned instruction but the first (which carries the function's own position) inside the body? Without
    columns (`-X no_debug_ranges`) lambdas of one line are told apart by what they are compiled to."""
    positions = spans(code, list(range(0, len(code.co_code), 2)))
    inside = [span for span in positions.values() if span.column is not None and span.end_column != span.column]
    if not inside:
        return _content(code) in _compiled_lambda(node, sources.text(anchor.file).text)
    return all(_is_inside(span, node.body) for span in inside)


def _compiled_lambda(node: ast.Lambda, source: str) -> list[tuple[object, ...]]:
    """What the lambda is compiled to: found by a line that no file has. Equal lambdas of one line share their code."""
    tree = ast.parse(source)
    for other in ast.walk(tree):
        if isinstance(other, ast.Lambda) and (other.lineno, other.col_offset) == (node.lineno, node.col_offset):
            other.end_lineno = MARK + (other.end_lineno or other.lineno) - other.lineno
            other.lineno = MARK
    module = compile(tree, "<lambda>", "exec", dont_inherit=True)
    return [_content(inner) for inner in walk_code(module) if inner.co_firstlineno == MARK]


def _content(code: CodeType) -> tuple[object, ...]:
    return code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_freevars


def _is_inside(span: Span, body: ast.expr) -> bool:
    start, end = (span.line, span.column or 0), (span.end_line, span.end_column or 0)
    return (body.lineno, body.col_offset) <= start and end <= (body.end_lineno or 0, body.end_col_offset or 0)
