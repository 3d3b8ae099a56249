"""Which hits become captures, and what probing may cost.

A `Meter` belongs to one probe and counts what happened at it. The `Bucket` belongs to the process: it holds the time that
probes in mode auto may still spend, fills with a share of the time that passes, and may go into debt for one large value.
A hit that costs nothing but a decrement draws on the credit that its meter took out of the bucket in advance.

Everything here runs on the program's threads, at hits; the link thread reads the counts and lets places work again. No locks:
each change is one statement that the interpreter does not interrupt (but on free-threaded builds, where hits take a lock).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SKIP_REASONS: Final = (
    "budget",
    "latest",
    "every_n",
    "unchanged",
    "too_large",
    "deadline",
    "ring_full",
    "unreadable",
    "fault",
)
CAPACITY_NS: Final = 200_000
"""The most that is spent at once: short against a tick of 60 Hz, long against one capture."""
_WORTH_NS: Final = CAPACITY_NS / 2
_CREDIT_AUTO: Final = 64
_CREDIT_EVERY: Final = 1024
_FIRST_COST_NS: Final = 1_000.0

EXTRA_NS: Final = {"monitoring": 150, "code_swap": 80, "settrace": 700}
"""What a hit costs before and after its capture, which the capture cannot see. Per mechanism, measured."""


class Bucket:
    """Nanoseconds of probing that the budget allows now."""

    __slots__ = ("_at_ns", "level_ns", "share")

    def __init__(self, share: float, now_ns: int) -> None:
        self.share = share
        self.level_ns = float(CAPACITY_NS)
        self._at_ns = now_ns

    def fill(self, now_ns: int) -> float:
        level = self.level_ns + (now_ns - self._at_ns) * self.share
        self._at_ns = now_ns
        self.level_ns = level if level < CAPACITY_NS else float(CAPACITY_NS)
        return self.level_ns


class Meter:
    """The counts of one probe, and the hits it may still capture before it has to ask again."""

    __slots__ = (
        "_bucket",
        "_extra_ns",
        "_granted",
        "_hits_per_ns",
        "_hot_since_ns",
        "_hot_captures",
        "cost_ns",
        "credit",
        "heavy",
        "id",
        "is_budgeted",
        "rest_since_ns",
        "skips",
    )

    def __init__(self, probe_id: str, bucket: Bucket, is_budgeted: bool, extra_ns: int) -> None:
        self.id = probe_id
        self.credit = 0
        self.heavy = 0
        self.skips = dict.fromkeys(SKIP_REASONS, 0)
        self.cost_ns = _FIRST_COST_NS
        self.rest_since_ns = 0
        self._bucket = bucket
        self.is_budgeted = is_budgeted
        self._extra_ns = extra_ns
        self._granted = 0
        self._hits_per_ns = 0.0
        self._hot_since_ns = 0
        self._hot_captures = 0

    @property
    def captures(self) -> int:
        return self._granted - self.credit + self.heavy

    def allows(self, now_ns: int) -> bool:
        """May hits be captured now? Takes credit for the next ones. False: the place is to rest."""
        if not self.allows_one(now_ns):
            return False
        hits = _CREDIT_EVERY
        if self.is_budgeted:
            affordable = int(self._bucket.level_ns / self.cost_ns)
            hits = 1 if affordable < 1 else _CREDIT_AUTO if affordable > _CREDIT_AUTO else affordable
            self._bucket.level_ns -= hits * self.cost_ns
        self._granted += hits
        self.credit += hits
        return True

    def allows_one(self, now_ns: int) -> bool:
        """The same for a single hit that will pay for itself."""
        if self.rest_since_ns:
            self.wake(now_ns)
        if not self.is_budgeted:
            return True
        if self._bucket.fill(now_ns) <= 0.0:
            self._rest(now_ns)
            return False
        if not self._hot_since_ns:
            self._hot_since_ns = now_ns
            self._hot_captures = self.captures
        return True

    def learn(self, elapsed_ns: int) -> None:
        """One capture on credit took this long. A single slow one (a page fault, another thread's turn) counts little."""
        cost = elapsed_ns + self._extra_ns
        known = self.cost_ns
        self.cost_ns = known + (min(cost, 4 * known) - known) * 0.2

    def pay(self, elapsed_ns: int) -> None:
        """A capture that was not on credit took this long."""
        self.learn(elapsed_ns)
        self._bucket.level_ns -= elapsed_ns + self._extra_ns

    def _rest(self, now_ns: int) -> None:
        self.rest_since_ns = now_ns
        hot_ns = now_ns - self._hot_since_ns
        captures = self.captures - self._hot_captures
        if self._hot_since_ns and captures > 0:
            # How often the place is hit when nothing is captured: without the time that capturing took.
            own_ns = max(hot_ns - captures * self.cost_ns, hot_ns * 0.05, 1.0)
            self._hits_per_ns = captures / own_ns
        self._hot_since_ns = 0
        self.skips["budget"] += 1

    def count_rest(self, now_ns: int) -> None:
        """Adds the hits that a resting place will have had since the last count."""
        if self.rest_since_ns:
            missed = int((now_ns - self.rest_since_ns) * self._hits_per_ns)
            if missed > 0:
                self.skips["budget"] += missed
                self.rest_since_ns = now_ns

    def may_work(self, now_ns: int) -> bool:
        """Ends the rest when the bucket has filled up far enough to make arming worth it."""
        if self.is_budgeted and self._bucket.fill(now_ns) < _WORTH_NS:
            return False
        self.wake(now_ns)
        return True

    def wake(self, now_ns: int) -> None:
        self.count_rest(now_ns)
        self.rest_since_ns = 0
