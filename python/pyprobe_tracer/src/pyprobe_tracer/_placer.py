"""Chooses the mechanism of this process: see `Placer` in `_hits.py` for what it promises."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._hits import Placer, StateFn


def open_placer(report: StateFn) -> Placer:
    """The placer of this process. Takes nothing of the interpreter's until the first probe is added."""
    if sys.version_info >= (3, 12):
        from ._monitoring_placer import MonitoringPlacer

        return MonitoringPlacer(report)
    from ._swap_placer import SwapPlacer

    return SwapPlacer(report)
