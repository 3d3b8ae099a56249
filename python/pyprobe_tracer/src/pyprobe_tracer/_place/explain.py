"""Why a probe could not be placed in code that is there: one sentence and a code for it.

What looks into the source is loaded when it is needed: most probes are placed by the positions in the code alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._source.sources import place_error
from .anchors import Ambiguous, find_sites, walk_code
from .code_map import CodeMap

if TYPE_CHECKING:
    from types import CodeType

    from .._hit.hits import Anchor, PlaceError
    from .._source.sources import Sources


def not_loaded(anchor: Anchor) -> str:
    return f"The code of {os.path.basename(anchor.file)}:{anchor.line} has not run yet: the probe waits for it."


def explain(anchor: Anchor, codes: list[CodeType], sources: Sources) -> PlaceError | None:
    """None when the place exists in the source as it is, so that only code which is not there now can be what is missing."""
    from .source_map import find_occurrence

    try:
        text = sources.text(anchor.file)
        tree = sources.tree(anchor.file)
        module = compile(text.text, anchor.file, "exec", dont_inherit=True)
    except SyntaxError as error:
        return place_error("does_not_parse", anchor, f"the file has a syntax error in line {error.lineno}: {error.msg}")
    except (OSError, ValueError) as error:
        return place_error("source_changed", anchor, f"the file cannot be read any more: {error}")
    column = sources.byte_column(anchor)
    fresh = list(walk_code(module))
    if not _are_compiled_from(codes, fresh):
        return place_error("source_changed", anchor, "the file was changed after it was loaded (run the program again)")
    if find_occurrence(tree, text, anchor, column) is None:
        return _no_such_name(anchor, codes, module)
    if any(_has_place(code, anchor, column, sources) for code in fresh):
        return None
    return place_error("optimized_away", anchor, "the compiler removed this use of the name: there is no instruction for it")


def _has_place(code: CodeType, anchor: Anchor, column: int, sources: Sources) -> bool:
    if anchor.context == "parameter":
        from .parameters import takes_parameter

        return takes_parameter(code, anchor, sources) is not None
    known = CodeMap(code)
    try:
        return bool(find_sites(known, anchor, column))
    except Ambiguous:
        from .source_map import sites_from_source

        return bool(sites_from_source(known, anchor, column, sources))


def _are_compiled_from(codes: list[CodeType], fresh: list[CodeType]) -> bool:
    """Is the code that runs (or most of it, should another tool have rewritten some) what the file compiles to?"""
    known = {(code.co_qualname, code.co_firstlineno, code.co_code) for code in fresh}
    same = sum((code.co_qualname, code.co_firstlineno, code.co_code) in known for code in codes)
    return 2 * same >= len(codes)


def _no_such_name(anchor: Anchor, codes: list[CodeType], module: CodeType) -> PlaceError:
    lines = sorted({line for code in (*codes, *walk_code(module)) for _, _, line in code.co_lines() if line})
    if anchor.line in lines:
        return place_error("no_such_name", anchor, "the name does not occur there")
    following = next((line for line in lines if line > anchor.line), None)
    hint = f" (next line with code is {following})" if following is not None else ""
    return place_error("no_code", anchor, f"the line has no code{hint}")
