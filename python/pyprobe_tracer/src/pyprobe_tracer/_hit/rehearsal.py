"""What a hit costs, on this machine and under this mechanism: measured in loops of ours, where nothing else happens."""

from __future__ import annotations

import time
from time import monotonic_ns
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Callable, Final

    Loop = Callable[[int], object]

VALUE: Final = 0.5
PACE_HITS: Final = 128
"""As many are only counted, before a place rests; the first of them are not timed."""
WARM_HITS: Final = 48
_ROUNDS: Final = 9
_WARM_ROUNDS: Final = 9
"""Python 3.10 remembers where names lead after 1024 calls of a function."""
work_time_ns: Callable[[], int] = getattr(time, "thread_time_ns", monotonic_ns)


def cost_ns(bare: Loop, probed: Loop, again: Callable[[], object]) -> float:
    """What a turn of `probed` takes longer than one of `bare`, in the middle of some rounds. Each begins with `again` and
    is one hit short of what a place counts before it rests."""
    for _ in range(_WARM_ROUNDS):
        again()
        probed(PACE_HITS - 1)
    costs = []
    for _ in range(_ROUNDS):
        again()
        costs.append(_turn_ns(probed) - _turn_ns(bare))
    return max(sorted(costs)[_ROUNDS // 2], 0.0)


def _turn_ns(loop: Loop) -> float:
    hits = PACE_HITS - WARM_HITS
    loop(WARM_HITS - 1)
    started_ns = work_time_ns()
    loop(hits)
    return (work_time_ns() - started_ns) / hits
