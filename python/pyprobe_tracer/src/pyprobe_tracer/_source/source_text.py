"""The text of a source file as Python decodes it, and columns in three units.

Editors and JavaScript count UTF-16 code units, `ast` and `co_positions` count bytes of UTF-8, Python strings count code
points. Lines end at LF, CRLF or CR only: a form feed or U+2028 does not end a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")


class SourceText:
    """A file's text without its byte order mark, line ends as they are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = _NEWLINE.split(text)
        self._ascii = text.isascii()
        self._line_starts: list[int] | None = None

    @classmethod
    def decode(cls, data: bytes) -> SourceText:
        """As the compiler would: byte order mark, then encoding cookie, then UTF-8. Raises SyntaxError or UnicodeDecodeError."""
        if data.isascii():
            return cls(data.decode("ascii"))
        import io
        import tokenize

        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return cls(data.decode(encoding))

    @classmethod
    def read(cls, file: str) -> SourceText:
        with open(file, "rb") as stream:
            return cls.decode(stream.read())

    def line(self, line: int) -> str:
        """The text of a line, counted from 1, without its end; empty beyond the file."""
        return self._lines[line - 1] if 1 <= line <= len(self._lines) else ""

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def index(self, line: int, column: int) -> int:
        """Index into `text` of a byte column."""
        before = self.line(line).encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace")
        return self._starts()[line - 1] + len(before)

    def segment(self, line: int, column: int, end_line: int, end_column: int) -> str:
        return self.text[self.index(line, column) : self.index(end_line, end_column)]

    def place(self, index: int) -> tuple[int, int]:
        """Line and byte column of an index into `text`."""
        starts = self._starts()
        line = bisect_right(starts, index)
        return line, len(self.text[starts[line - 1] : index].encode("utf-8", "surrogatepass"))

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in _NEWLINE.finditer(self.text))]
        return self._line_starts

    def utf16_of_byte(self, line: int, column: int) -> int:
        """UTF-16 column of the character at a byte column."""
        if self._ascii:
            return column
        before = self.line(line).encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace")
        return utf16_length(before)

    def byte_of_utf16(self, line: int, column: int) -> int:
        """Byte column of the character at a UTF-16 column."""
        if self._ascii:
            return column
        units = 0
        for index, character in enumerate(self.line(line)):
            if units >= column:
                return len(self.line(line)[:index].encode("utf-8", "surrogatepass"))
            units += 2 if ord(character) > 0xFFFF else 1
        return len(self.line(line).encode("utf-8", "surrogatepass"))


def utf16_length(text: str) -> int:
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)
