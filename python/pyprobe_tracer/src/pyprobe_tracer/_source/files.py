"""Which file a code object was compiled from: names that lead to one file (symbolic links, case, relative paths) are equal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Final

MOST_NAMES: Final = 16384

_realpath: Final = os.path.realpath
_normcase: Final = os.path.normcase


class Files:
    """Remembers the resolved form of each name, because the file system is asked for each new one."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def key(self, filename: str) -> str:
        """Equal for equal files. The names of code without a file (`<string>`) stand for themselves."""
        known = self._keys.get(filename)
        if known is None:
            known = self._resolve(filename)
            if len(self._keys) >= MOST_NAMES:
                self._keys.clear()
            self._keys[filename] = known
        return known

    @staticmethod
    def _resolve(filename: str) -> str:
        if filename.startswith("<"):
            return filename
        try:
            return _normcase(_realpath(filename))
        except (OSError, ValueError):
            return filename
