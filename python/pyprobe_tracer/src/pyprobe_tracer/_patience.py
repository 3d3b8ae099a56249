"""When to look again for what nothing tells of: soon at first, then ever less often, and never for long."""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

_SOON_S: Final = 0.1
_LATE_S: Final = 2.0
_GROWTH: Final = 1.5
_SHARE: Final = 100
"""A look may take a hundredth of the time."""


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
        try:
            yield
        finally:
            took = monotonic() - now
            self._pause_s = min(self._pause_s * _GROWTH, _LATE_S)
            self._due = now + max(self._pause_s, took * _SHARE)
