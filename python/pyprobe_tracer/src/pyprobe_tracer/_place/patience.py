"""When to look again for what nothing tells of: soon at first, then ever less often, and never for long."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_SOON_S: Final = 0.1
_LATE_S: Final = 2.0
_GROWTH: Final = 1.5
_SHARE: Final = 100
"""A look may take a hundredth of the time."""
_work_time: Final = getattr(time, "thread_time", time.monotonic)
"""What a look costs is its own work, not the time in which other threads have their turn."""


class Patience:
    def __init__(self) -> None:
        self._pause_s = _SOON_S
        self._due = 0.0

    def begin(self, now: float) -> None:
        self._pause_s = _SOON_S
        self._due = now + _SOON_S

    def is_over(self, now: float) -> bool:
        return now >= self._due

    @contextmanager
    def looking(self, now: float) -> Iterator[None]:
        began = _work_time()
        try:
            yield
        finally:
            took = _work_time() - began
            self._pause_s = min(self._pause_s * _GROWTH, _LATE_S)
            self._due = now + max(self._pause_s, took * _SHARE)
