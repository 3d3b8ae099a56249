"""Forks of a program that has one thread of its own, as python 3.12 and later see them.

They warn about a fork in a process with several threads, and count after the fork, when the link thread runs again. For that
moment, and only when the program has no second thread, that one warning is filtered out.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Message:
    def match(self, text: str) -> bool:
        return text.startswith(f"This process (pid={os.getpid()}) is multi-threaded, use of ")


_FILTER: tuple[Any, ...] = ("ignore", _Message(), DeprecationWarning, None, 0)


def begin() -> None:
    """In the parent before the fork, after the link thread has gone."""
    if sys.version_info >= (3, 12) and _count_threads() == 1:
        _filters().insert(0, _FILTER)


def end() -> None:
    filters = _filters()
    while _FILTER in filters:
        filters.remove(_FILTER)


def _filters() -> list[tuple[Any, ...]]:
    """The list that the interpreter itself looks at."""
    filters: list[tuple[Any, ...]] = sys.modules["_warnings"].filters if "_warnings" in sys.modules else []
    return filters


def _count_threads() -> int:
    try:
        with open("/proc/self/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[17])
    except (OSError, ValueError, IndexError):
        return len(sys._current_frames())
