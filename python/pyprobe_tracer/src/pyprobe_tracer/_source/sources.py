"""Source files on disk, read once per version of the file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._hit.hits import PlaceError
from .source_text import SourceText

if TYPE_CHECKING:
    import ast

    from .._hit.hits import Anchor


class Sources:
    def __init__(self) -> None:
        self._texts: dict[str, tuple[tuple[int, int], SourceText]] = {}
        self._trees: dict[str, tuple[SourceText, ast.Module]] = {}

    def text(self, file: str) -> SourceText:
        """Raises OSError, SyntaxError and UnicodeDecodeError."""
        status = os.stat(file)
        version = (status.st_mtime_ns, status.st_size)
        known = self._texts.get(file)
        if known is None or known[0] != version:
            known = (version, SourceText.read(file))
            self._texts = {file: known}  # one file at a time: probes come in groups
        return known[1]

    def tree(self, file: str) -> ast.Module:
        """Raises OSError and SyntaxError."""
        import ast

        text = self.text(file)
        known = self._trees.get(file)
        if known is None or known[0] is not text:
            known = (text, ast.parse(text.text, filename=file))
            self._trees = {file: known}
        return known[1]

    def byte_column(self, anchor: Anchor) -> int:
        """The anchor's column as code objects and `ast` count it."""
        try:
            return self.text(anchor.file).byte_of_utf16(anchor.line, anchor.column)
        except (OSError, SyntaxError, ValueError):
            return anchor.column


def place_error(code: str, anchor: Anchor, reason: str) -> PlaceError:
    """One grammar for all: what cannot be done, where, why."""
    where = f"{os.path.basename(anchor.file)}:{anchor.line}"
    return PlaceError(code, f'Cannot place probe on "{anchor.symbol}" at {where}: {reason}')
