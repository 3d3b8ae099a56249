"""Where an identifier stands that has no node of its own: after `as`, in an import, after `def`. Columns in bytes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from .source_text import SourceText


class Range(NamedTuple):
    """Lines from 1, columns in bytes of UTF-8 from 0; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


_GAP: Final = r"(?:\s|\\\r?\n|\#[^\r\n]*)*"
"""What may stand between two tokens inside parentheses."""


def node_range(node: ast.expr) -> Range:
    return Range(node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)


def ends_with(node: ast.AST, name: str) -> Range | None:
    """The name that a node ends with, as `x` in `case Point() as x` and `case [*x]`."""
    line, end = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if line is None or end is None:
        return None
    return Range(line, end - len(name.encode("utf-8")), line, end)


def after_keyword(text: SourceText, node: ast.ExceptHandler, before: ast.expr | None, name: str) -> Range | None:
    """The name after the `as` of `except E as x`."""
    if before is None or before.end_lineno is None or before.end_col_offset is None:
        return None
    pattern = re.compile(rf"\bas{_GAP}(?P<name>{re.escape(name)})\b")
    return _search(text, pattern, before.end_lineno, before.end_col_offset)


def definition_name(text: SourceText, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Range | None:
    pattern = re.compile(rf"\b(?:def|class){_GAP}(?P<name>{re.escape(node.name)})\b")
    return _search(text, pattern, node.lineno, node.col_offset)


def rest_name(text: SourceText, node: ast.AST, name: str, *, last: bool = False) -> Range | None:
    """The name anywhere in a node's text: in `global a, b`, or the `rest` at the end of `{**rest}`."""
    line, column = getattr(node, "lineno", None), getattr(node, "col_offset", None)
    if line is None or column is None:
        return None
    prefix = rf"\*\*{_GAP}" if last else r"\b"
    return _search(text, re.compile(rf"{prefix}(?P<name>{re.escape(name)})\b"), line, column)


def alias_names(text: SourceText, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[ast.alias, Range | None]]:
    """Each alias of an import with the range of the name that it binds. CPython 3.9 gives aliases no position."""
    line, column = node.lineno, node.col_offset
    keyword = _search(text, re.compile(r"\b(?P<name>import)\b"), line, column)
    if isinstance(node, ast.ImportFrom):
        # The module's name may contain the word: search behind it.
        keyword = _search(text, re.compile(r"(?<=[\s.])(?P<name>import)(?=[\s(*\\])"), line, column)
    for alias in node.names:
        if keyword is None:
            yield alias, None
            continue
        dotted = rf"{_GAP}\.{_GAP}".join(re.escape(part) for part in alias.name.split("."))
        if alias.asname is None:
            first = re.escape(alias.name.partition(".")[0])
            pattern = re.compile(rf"(?<![\w.])(?P<name>{first})\b" if alias.name != "*" else r"(?P<name>\*)")
        else:
            pattern = re.compile(rf"(?<![\w.]){dotted}{_GAP}\bas{_GAP}(?P<name>{re.escape(alias.asname)})\b")
        found = _search(text, pattern, keyword.end_line, keyword.end_column)
        yield alias, found
        keyword = found or keyword


def _search(text: SourceText, pattern: re.Pattern[str], line: int, column: int) -> Range | None:
    """The group `name` of the first match from a place on."""
    match = pattern.search(text.text, text.index(line, column))
    if match is None:
        return None
    return Range(*text.place(match.start("name")), *text.place(match.end("name")))
