"""The text of a condition as a syntax tree, with places as clients count them, and what is wrong with it."""

from __future__ import annotations

import ast
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_TEXT: Final = 500
# What Python warns of while it parses. The warning would be printed by the program, and to hold it back is to change what the
# program's own warnings do meanwhile.
_WARNED: Final = (
    (re.compile(r"\\(?![\\'\"nrtx])."), "this escape cannot stand in a condition"),
    (re.compile(r"(?<![\w.])\d[\w.]*?(?:and|else|for|if|in|is|not|or)\b"), "a space is missing behind the number"),
)


class ConditionError(Exception):
    """The text is no condition. Columns count from 0, in UTF-16 units."""

    def __init__(self, message: str, column: int, end_column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.end_column = max(end_column, column + 1)


def tree_of(text: str) -> ast.expr:
    """Raises `ConditionError`."""
    for pattern, message in _WARNED:
        found = pattern.search(text)
        if found is not None:
            raise ConditionError(message, _utf16(text[: found.start()]), _utf16(text[: found.end()]))
    indent = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(text[indent:].rstrip(), "<condition>", "eval")
    except SyntaxError as error:
        if text.strip() and _ends_early(error):
            raise ConditionError("something is missing at its end", 0, _utf16(text)) from None
        at = indent + max((error.offset or 1) - 1, 0)
        line = text.find("\n")
        if line >= 0 and (error.lineno or 1) > 1:
            at = line
        end = indent + (getattr(error, "end_offset", None) or 0) - 1
        raise ConditionError(_plain_message(text, error), _utf16(text[:at]), _utf16(text[: max(end, 0)])) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(str(error) or "the condition is nested too deeply", 0, _utf16(text)) from None
    if "\n" in text.strip():
        at = text.strip().index("\n") + indent
        raise ConditionError("a condition is one line", _utf16(text[:at]), _utf16(text))
    body = tree.body
    for node in ast.walk(body):
        if hasattr(node, "col_offset"):  # from bytes of the stripped text to UTF-16 units of the text
            encoded = text[indent:].encode()
            for name in ("col_offset", "end_col_offset"):
                before = encoded[: getattr(node, name)].decode()
                setattr(node, name, _utf16(text[:indent] + before))
    return body


def _ends_early(error: SyntaxError) -> bool:
    """As while it is typed. 3.9 has words for it, later ones an error at no place."""
    return not error.offset or error.msg == "unexpected EOF while parsing"


def _plain_message(text: str, error: SyntaxError) -> str:
    if not text.strip():
        return "the condition is empty"
    if "=" in text and "invalid syntax" in error.msg:
        return "this is no expression of Python (for a comparison say ==)"
    return error.msg if error.msg != "invalid syntax" else "this is no expression of Python"


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
