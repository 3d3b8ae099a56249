"""Which hits become captures, and what probing may cost.

A `Meter` belongs to one probe and counts what happened at it. It has an allowance: nanoseconds of probing that it may spend
now. The `Budget` of the process gives each probe in mode auto an equal part of a share of the time that passes; what one does
not need goes to those that want more, so that a place in a hot loop neither starves the others nor leaves anything unused.
A large value may put its allowance into debt. A hit that is to cost next to nothing draws on credit that its meter took from
the allowance in advance: an iterator, which a hit takes one step of.

How much a probe may save up decides what happens to bursts. A loop that never ends must be cut off after a moment, or it
would be slow at its start; a program that works in blocks should be seen whole when its blocks are cheap on average. So
savings begin small, double for every second in which the probe had to rest although it spent less than half of its part, and
begin small again once it spends all of it.

Everything here runs on the program's threads, at hits; the link thread reads the counts and lets places work again. No locks:
each change is one statement that the interpreter does not interrupt (but on free-threaded builds, where hits take a lock).
"""

from __future__ import annotations

from _operator import length_hint
from itertools import repeat

from .._hit.rehearsal import PACE_HITS
from .pace import Pace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable, Final

SKIP_REASONS: Final = (
    "budget",
    "latest",
    "every_n",
    "unchanged",
    "condition_false",
    "condition_unreadable",
    "too_large",
    "deadline",
    "ring_full",
    "unreadable",
    "fault",
)
CAPACITY_NS: Final = 200_000
"""The most that a probe may spend at once to begin with: short against a tick of 60 Hz, long against one capture."""
CAPACITY_MOST_NS: Final = 20_000_000
"""The same for a probe that is cheap on average."""
_WORTH_NS: Final = CAPACITY_NS / 2
_PROMPT_INTERVALS: Final = 16
_PROMPT_NS: Final = 10_000_000
"""A thread that waits for the GIL, or for a processor, may be late by this much."""
_CREDIT_AUTO: Final = 64
_CREDIT_EVERY: Final = 1024
_UNSEEN_NS: Final = 5_000
_FIRST_COST_NS: Final = 1_000.0

EXTRA_NS: Final = {"monitoring": 250, "code_swap": 150, "settrace": 900}
"""What a hit costs before and after its capture, which the capture cannot see. Per mechanism, measured."""


class Budget:
    """What all probes in mode auto share: the part of the time that they may take, and what some of them do not need."""

    __slots__ = ("meters", "on_rest", "share", "spare_ns")

    def __init__(self, share: float) -> None:
        self.on_rest: Callable[[], object] = _nothing
        """Called in the program's thread when a place is to rest, in any mode, so that somebody looks when it may work again."""
        self.share = share
        self.meters = 1
        """How many probes it is divided by."""
        self.spare_ns = 0.0

    @property
    def part(self) -> float:
        return self.share / self.meters


class Meter:
    """The counts of one probe, and the hits it may still capture before it has to ask again."""

    __slots__ = (
        "_at_ns",
        "_awake_hits",
        "_awake_spent_ns",
        "_budget",
        "_burst",
        "_extra_ns",
        "_granted",
        "_has_rested",
        "_rest_reason",
        "_rest_until_ns",
        "_spent_ns",
        "_unconfirmed",
        "_woken_ns",
        "capacity_ns",
        "cost_ns",
        "credit",
        "heavy",
        "id",
        "is_budgeted",
        "level_ns",
        "pace",
        "rest_since_ns",
        "skips",
    )

    def __init__(
        self, probe_id: str, budget: Budget, is_budgeted: bool, extra_ns: int, *, now_ns: int, pace: Pace | None = None
    ) -> None:
        self.id = probe_id
        self.credit: Iterator[None] = repeat(None, 0)
        self.heavy = 0
        self.skips = dict.fromkeys(SKIP_REASONS, 0)
        self.cost_ns = _FIRST_COST_NS
        self.rest_since_ns = 0
        self.is_budgeted = is_budgeted
        self.level_ns = float(CAPACITY_NS)
        self.capacity_ns = float(CAPACITY_NS)
        self.pace = pace or Pace()
        self._budget = budget
        self._at_ns = now_ns
        self._extra_ns = extra_ns
        self._granted = 0
        self._spent_ns = 0.0
        self._has_rested = False
        self._awake_hits = -1
        self._awake_spent_ns = 0.0
        self._rest_reason = "budget"
        self._rest_until_ns = 0
        self._burst = 0
        self._unconfirmed = 0
        self._woken_ns = 0

    @property
    def captures(self) -> int:
        return self._granted - length_hint(self.credit) + self.heavy

    @property
    def _seen(self) -> int:
        """Hits that the place reported, captured or not; those that it was told to miss are an estimate."""
        return self.captures + sum(self.skips.values()) - self.skips["budget"]

    def skipped(self) -> dict[str, int]:
        """Hits without a capture, by reason. Those at rest are an estimate."""
        counts = {reason: hits for reason, hits in self.skips.items() if hits}
        at_rest = self.pace.missed() if self.rest_since_ns else min(self._unconfirmed, self._burst)
        if at_rest:
            counts[self._rest_reason] = counts.get(self._rest_reason, 0) + at_rest
        return counts

    def count_on(self, captures: int, skipped: dict[str, int]) -> None:
        """Takes over what was counted at the same probe before it was removed."""
        self.heavy += captures
        self.skips.update(skipped)

    def allows(self, now_ns: int) -> bool:
        """May hits be captured now, when there is no more credit? Takes some. False: not this one; `rests` says what to do."""
        used_up = self.credit
        if not self.allows_one(now_ns):
            return False
        hits = _CREDIT_EVERY
        if self.is_budgeted:
            affordable = int(self.level_ns / self.cost_ns)
            hits = 1 if affordable < 1 else _CREDIT_AUTO if affordable > _CREDIT_AUTO else affordable
            self.charge(hits * self.cost_ns)
        credit = repeat(None, hits)
        if self.credit is used_up:  # else another thread was faster
            self.credit = credit
            self._granted += hits
        return True

    def give_back(self) -> None:
        """The capture that a step of credit was taken for was not made."""
        self.heavy -= 1

    def allows_one(self, now_ns: int) -> bool:
        """The same for a single hit that will pay for itself."""
        self.note_hit(now_ns)
        if not self.is_budgeted:
            return True
        pace = self.pace
        if pace.is_counting(now_ns) or self.fill(now_ns) <= 0.0:
            self._refuse(now_ns)
            return False
        pace.begin()
        if self._awake_hits < 0:
            self._awake_hits = self._seen
            self._awake_spent_ns = 0.0
            pace.wake()
        return True

    @property
    def rests(self) -> bool:
        return self.rest_since_ns > 0

    def inside(self, elapsed_ns: int, paid_ns: int) -> None:
        """A hit that paid for itself was with us for so long, others' turns included: those are longer than what is done before
        the clock is asked, and after."""
        if 0 < elapsed_ns - paid_ns < _UNSEEN_NS:
            self.charge(elapsed_ns - paid_ns)

    def note_hit(self, now_ns: int) -> None:
        """The place was hit: a rest that was asked for is over, and what it missed can be told better."""
        if self.rest_since_ns:
            self.wake(now_ns)
        if self._woken_ns:
            self._confirm(now_ns)

    def pause(self, now_ns: int, *, until_ns: int, reason: str, hits: int) -> None:
        """Rest until then, because nothing would be captured before. The place was just hit so often."""
        self._rest_until_ns = until_ns
        self._rest_reason = reason
        self._burst = hits
        self._rest(now_ns)

    def fill(self, now_ns: int) -> float:
        """Brings the allowance up to date: this probe's part of the time that passed, and what others have to spare."""
        budget = self._budget
        level = self.level_ns + (now_ns - self._at_ns) * budget.part
        self._at_ns = now_ns
        missing = self.capacity_ns - level
        if missing < 0.0:
            budget.spare_ns = min(budget.spare_ns - missing, CAPACITY_NS * (budget.meters - 1.0))
            level = self.capacity_ns
        elif budget.spare_ns > 0.0:
            taken = min(missing, budget.spare_ns)
            budget.spare_ns -= taken
            level += taken
        self.level_ns = level
        return level

    def learn(self, elapsed_ns: int) -> None:
        """One capture on credit took this long. A single slow one (a page fault, another thread's turn) counts little."""
        cost = elapsed_ns + self._extra_ns
        known = self.cost_ns
        self.cost_ns = known + (min(cost, 4 * known) - known) * 0.2

    def pay(self, elapsed_ns: int) -> None:
        """A capture that was not on credit took this long."""
        self.learn(elapsed_ns)
        self.charge(elapsed_ns + self._extra_ns)

    def charge(self, cost_ns: float) -> None:
        self.level_ns -= cost_ns
        self._spent_ns += cost_ns
        self._awake_spent_ns += cost_ns

    def adapt(self, elapsed_ns: int) -> None:
        """After about a second: may this probe save up more, or less?"""
        allowed_ns = elapsed_ns * self._budget.part
        if self._spent_ns > 0.9 * allowed_ns:
            self.capacity_ns = float(CAPACITY_NS)
        elif self._has_rested and self._spent_ns < 0.5 * allowed_ns:
            self.capacity_ns = min(2 * self.capacity_ns, float(CAPACITY_MOST_NS))
        self._spent_ns = 0.0
        self._has_rested = self.rest_since_ns > 0

    def may_work(self, now_ns: int) -> bool:
        """Ends the rest when there is enough to spend to make arming worth it."""
        if now_ns < self._rest_until_ns or (self.is_budgeted and self.fill(now_ns) < _WORTH_NS):
            return False
        self.wake(now_ns)
        return True

    def wake(self, now_ns: int) -> None:
        self._unconfirmed += self.pace.missed()
        self.rest_since_ns = 0
        self._woken_ns = now_ns

    def _refuse(self, now_ns: int) -> None:
        """Nothing is left to spend. The place rests, once it is known how often it is hit. What it takes to count a hit is part
        of what is rehearsed: nothing here may depend on what was captured before."""
        self.skips["budget"] += 1
        pace = self.pace
        if not pace.is_counting(now_ns):
            hits = self._seen - self._awake_hits if self._awake_hits >= 0 else 0
            self._burst = max(hits, 1)
            if pace.knows(now_ns, hits, self._awake_spent_ns):
                self._rest_from(now_ns)
                return
        if pace.count(now_ns):
            self.charge(PACE_HITS * (pace.hook_ns or 0.0))
            self._rest_from(now_ns)

    def _rest_from(self, now_ns: int) -> None:
        self._rest_reason = "budget"
        self._has_rested = True
        self._awake_hits = -1
        self._rest(now_ns)

    def _rest(self, now_ns: int) -> None:
        self.rest_since_ns = now_ns
        self.pace.rest()
        self._budget.on_rest()

    def _confirm(self, now_ns: int) -> None:
        """The first hit after a rest. When it did not come at once, the hits had stopped at some time in the rest: then no more
        are believed missed than were seen before it."""
        missed = self._unconfirmed
        quiet_ns = now_ns - self._woken_ns
        if quiet_ns * self.pace.hits_per_ns > _PROMPT_INTERVALS and quiet_ns > _PROMPT_NS:
            missed = min(missed, self._burst)
        self.skips[self._rest_reason] += missed
        self._unconfirmed = 0
        self._woken_ns = 0


def _nothing() -> None:
    pass
