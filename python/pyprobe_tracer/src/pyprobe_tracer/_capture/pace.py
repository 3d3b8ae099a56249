"""How often a place is hit while it rests, when nobody counts.

Just before a place rests, some hits are only counted, and timed together: how long the program takes from one to the next, and
what such a hit costs. That cost is rehearsed once, in a loop of ours under the same mechanism (`Placer.hit_cost_ns`); what is
left is the program's own.

Time is that of the thread that made the hits, at the hits and in the rest: a busy machine, a sleep and the turns of other threads
change nothing. Where that clock cannot be read from another thread (macOS, Windows), it is the time that passes.
"""

from __future__ import annotations

import time
from _thread import get_ident
from time import monotonic_ns

from .._hit.rehearsal import PACE_HITS, WARM_HITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Final

_FRESH_NS: Final = 20_000_000
_LEAST_PART: Final = 0.02
"""Of the time from hit to hit, the program's own is at least this much: a loop that does next to nothing."""
_NEW_WEIGHT: Final = 0.3
_SLOW_NS: Final = 50_000
"""From hit to hit, captures included: such a place has no hits to give away for being counted."""
_PATIENCE_NS: Final = 2_000_000


class Pace:
    """Belongs to one meter. Hits count on the program's threads; the link thread asks what a rest missed."""

    __slots__ = (
        "_awake_clock",
        "_awake_ns",
        "_clock",
        "_clock_ns",
        "_first_ns",
        "_fresh_until_ns",
        "_hit_ns",
        "_hits",
        "_is_warm",
        "_open_clock",
        "_rest_clock",
        "_since_ns",
        "_started_ns",
        "hook_ns",
    )

    def __init__(self, open_clock: Callable[[], Callable[[], int]] | None = None) -> None:
        self.hook_ns: float | None = None
        """What a hit costs that is only counted, once that is known."""
        self._open_clock = open_clock or thread_clock
        self._clock: Callable[[], int] | None = None
        self._clock_ns = 0
        self._awake_clock: Callable[[], int] | None = None
        self._awake_ns = 0
        self._first_ns = 0
        self._rest_clock: Callable[[], int] | None = None
        self._fresh_until_ns = 0
        self._hit_ns = 0.0
        self._hits = 0
        self._is_warm = False
        self._since_ns = 0
        self._started_ns = 0

    @property
    def hits_per_ns(self) -> float:
        """In the program's own time."""
        if not self._hit_ns:
            return 0.0
        return 1.0 / max(self._hit_ns - (self.hook_ns or 0.0), self._hit_ns * _LEAST_PART, 1.0)

    def wake(self) -> None:
        """Hits are captured from now on. On the thread of the hit."""
        clock = self._awake_clock = self._open_clock()
        self._awake_ns = clock()

    def knows(self, now_ns: int, hits: int, spent_ns: float) -> bool:
        """Need no hits be counted to tell, because some were a moment ago, or because they come slowly: so many since `wake`,
        which cost so much."""
        clock = self._awake_clock
        if clock is not None and not self._hits and hits > 0:
            all_ns = clock() - self._awake_ns
            if all_ns > _SLOW_NS * hits:
                self._hit_ns = max(all_ns - spent_ns, all_ns * _LEAST_PART) / hits + (self.hook_ns or 0.0)
                return True
        return not self._hits and now_ns < self._fresh_until_ns

    def is_counting(self, now_ns: int) -> bool:
        """Some hits are to be counted, which come one soon after the other."""
        return self._hits > 0 and now_ns - self._first_ns < _PATIENCE_NS

    def begin(self) -> None:
        """The next hit is the first of some."""
        self._hits = 0

    def count(self, now_ns: int) -> bool:
        """One more hit that is only counted. Were these enough?"""
        if not self._hits:
            self._first_ns = now_ns
        self._hits += 1
        if self._hits == WARM_HITS:
            clock = self._clock = self._open_clock()
            before_ns = clock()
            self._started_ns = clock()
            self._clock_ns = self._started_ns - before_ns
        if self._hits < PACE_HITS:
            return False
        self._hits = 0
        if self._clock is not None:
            self._learn((self._clock() - self._started_ns - self._clock_ns) / (PACE_HITS - WARM_HITS))
        self._fresh_until_ns = now_ns + _FRESH_NS
        return True

    def _learn(self, hit_ns: float) -> None:
        known = self._hit_ns
        is_like_before = self._is_warm and 0.5 * known < hit_ns < 2.0 * known
        self._hit_ns = known + (hit_ns - known) * _NEW_WEIGHT if is_like_before else hit_ns
        self._is_warm = known > 0.0  # at first the interpreter still learns to run our code

    def rest(self) -> None:
        """The place rests from now on. On the thread of the hit."""
        clock = self._open_clock()
        self._since_ns = clock()
        self._rest_clock = clock

    def missed(self) -> int:
        """Hits since then, if they went on as before."""
        clock = self._rest_clock
        if clock is None:
            return 0
        try:
            return int(max(clock() - self._since_ns, 0) * self.hits_per_ns)
        except OSError:  # the thread has ended
            return 0


def thread_clock() -> Callable[[], int]:
    """The work time of the calling thread, to be read by any thread."""
    find = getattr(time, "pthread_getcpuclockid", None)
    if find is None:
        return monotonic_ns
    read, clock = time.clock_gettime_ns, find(get_ident())
    return lambda: read(clock)
