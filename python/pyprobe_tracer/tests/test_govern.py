"""What probing may cost, and that every hit is accounted for."""

from __future__ import annotations

import time

from pyprobe_tracer._capture.govern import CAPACITY_NS, Budget, Meter
from pyprobe_tracer._capture.pace import Pace
from pyprobe_tracer._hit.rehearsal import PACE_HITS
from ring_values import TAGS, Scope


def hit_for(scope: Scope, capture: object, meter: Meter, seconds: float) -> int:
    """Hits as a program would make them, with a mechanism that rests when told to, and a timer."""
    hits, is_armed = 0, True
    due = time.perf_counter() + seconds
    while time.perf_counter() < due:
        is_armed = is_armed or (meter.rest_since_ns > 0 and meter.may_work(time.monotonic_ns()))
        if is_armed:
            hits += 1
            is_armed = not capture(1.5, TAGS, 1)  # type: ignore[operator]
        scope.read()
    return hits


def test_auto_keeps_to_its_budget() -> None:
    scope = Scope(slots=1 << 12)
    capture, meter = scope.probe("auto")
    hits = hit_for(scope, capture, meter, 0.5)
    spent_ns = meter.captures * 300  # a quiet machine's cost; what is measured on a busy one is more
    assert spent_ns < 0.5e9 * 0.05 + CAPACITY_NS
    assert meter.captures > 50
    assert meter.skipped()["budget"] > hits - meter.captures > 0


def test_auto_captures_everything_that_is_cheap_enough() -> None:
    scope = Scope()
    capture, meter = scope.probe("auto")
    for i in range(50):
        assert capture(float(i), TAGS, 1) is False
        time.sleep(0.001)
    assert (meter.captures, any(meter.skips.values())) == (50, False)
    assert [record.value for record in scope.read()] == [float(i) for i in range(50)]


def test_a_large_value_puts_the_budget_into_debt() -> None:
    scope = Scope(bulk=1 << 26)
    capture, meter = scope.probe("auto")
    large = bytes(8 << 20)
    assert capture(large, TAGS, 1) is False
    assert meter.level_ns < 0
    meter.level_ns -= 1e9  # however long the machine takes to go on
    assert capture(large, TAGS, 1) is True
    assert meter.skips["budget"] == 1
    assert not meter.may_work(time.monotonic_ns())


class Time:
    """What the program's thread has worked, in tests whose hits are numbers."""

    def __init__(self) -> None:
        self.now = 0

    def meter(self, name: str = "p1", budget: Budget | None = None, *, is_budgeted: bool = True) -> Meter:
        return Meter(name, budget or Budget(0.05), is_budgeted, 0, now_ns=0, pace=Pace(lambda: lambda: self.now))


def takes(meter: Meter, now: int) -> bool:
    """One hit that draws on credit, as the hot path does it."""
    for _ in meter.credit:
        return True
    return meter.allows(now) and takes(meter, now)


def spend(time: Time, meter: Meter, hits: int) -> int:
    """As many hits as the meter lets through, 2 us each: half the program's, half the capture's. How many were captured?"""
    captures = 0
    for _ in range(hits):
        captures += (not meter.rests or meter.may_work(time.now)) and takes(meter, time.now)
        time.now += 2000
    return captures


def test_what_a_rest_misses_is_told_by_hits_that_were_only_counted() -> None:
    time = Time()
    meter = time.meter()
    meter.pace.hook_ns = 1500.0
    while not meter.rests:
        takes(meter, time.now)
        time.now += 2000  # 500 of the program, 1500 of what is ours
    counted = meter.skips["budget"]
    assert counted == PACE_HITS
    time.now += 10_000_000
    assert 19_990 <= meter.skipped()["budget"] - counted <= 20_010


def test_slow_hits_are_not_given_away_for_being_counted() -> None:
    time = Time()
    meter = time.meter()
    assert meter.allows_one(time.now)
    time.now += 6_000_000  # 5 ms of capturing, 1 ms of the program
    meter.heavy += 1
    meter.pay(5_000_000)
    assert not meter.allows_one(time.now)
    assert meter.rests and meter.skips["budget"] == 1
    time.now += 10_000_000
    assert meter.skipped()["budget"] == 1 + 10


def test_hits_that_get_slow_while_they_are_counted_are_captured_again() -> None:
    time = Time()
    meter = time.meter()
    while takes(meter, time.now):
        time.now += 2000
    assert not meter.rests
    time.now += 50_000_000
    assert takes(meter, time.now)


def test_no_more_is_believed_missed_than_was_seen_when_the_hits_stopped_meanwhile() -> None:
    time = Time()
    meter = time.meter()
    captures = spend(time, meter, 400)
    assert captures < 400 and meter.rests
    missed = meter.skips["budget"]
    time.now += 10_000_000
    assert meter.may_work(time.now)
    time.now += 30_000_000
    assert meter.allows(time.now)
    assert meter.skipped()["budget"] - missed <= captures


def test_an_allowance_fills_with_its_part_up_to_its_capacity() -> None:
    meter = Time().meter()
    meter.level_ns = 0.0
    assert meter.fill(1_000_000) == 50_000
    assert meter.fill(1_000_000_000) == CAPACITY_NS


def test_a_hot_probe_does_not_starve_a_slow_one() -> None:
    budget = Budget(0.05)
    budget.meters = 2
    time = Time()
    hot, slow = (time.meter(name, budget) for name in ("p1", "p2"))
    for _ in range(100):
        assert slow.allows_one(time.now)
        slow.pay(100_000)
        spend(time, hot, 10_000)
    assert hot.captures > 1000


def test_what_one_probe_does_not_need_another_may_spend() -> None:
    budget = Budget(0.05)
    budget.meters = 10
    time = Time()
    meters = [time.meter(f"p{i}", budget) for i in range(10)]
    captures = 0
    for _ in range(1000):
        captures += spend(time, meters[0], 500)
        for meter in meters:
            meter.fill(time.now)
    assert captures * meters[0].cost_ns > 0.7 * 0.05 * time.now


def test_a_probe_that_is_cheap_on_average_is_soon_seen_whole() -> None:
    """Blocks of 500 hits, 25 a second: half a millisecond of captures in forty of the program."""
    time = Time()
    meter, blocks = time.meter(), []
    for _ in range(5):
        for _ in range(25):
            due = time.now + 40_000_000
            blocks.append(spend(time, meter, 500))
            time.now = due
        meter.adapt(1_000_000_000)
    assert blocks[0] < 500
    assert blocks[-25:] == [500] * 25


def test_every_rest_is_told() -> None:
    budget, rests = Budget(0.05), []
    budget.on_rest = lambda: rests.append(True)
    time = Time()
    meter = time.meter(budget=budget)
    spend(time, meter, 400)
    assert rests == [True]
    meter.pause(1_000, until_ns=16_000_000, reason="latest", hits=PACE_HITS)
    assert rests == [True, True]


def test_a_loop_that_never_ends_may_not_save_up() -> None:
    time = Time()
    meter = time.meter()
    for _ in range(3):
        captures = spend(time, meter, 500_000)
        assert captures * meter.cost_ns < 0.06 * 1_000_000_000
        meter.adapt(1_000_000_000)
        assert meter.capacity_ns == CAPACITY_NS


def test_every_n() -> None:
    scope = Scope()
    capture, meter = scope.probe({"kind": "every_n", "n": 3})
    for i in range(10):
        capture(i, TAGS, 1)
    assert [record.value for record in scope.read()] == [0, 3, 6, 9]
    assert meter.skips["every_n"] == 6


def test_change() -> None:
    scope = Scope()
    capture, meter = scope.probe("change")
    values = [1.0, 1.0, 1, 1, True, 0.0, -0.0, "a", "a", [1.0], [1.0], [2.0], None, None, 2**70, 2**70]
    for value in values:
        capture(value, TAGS, 1)
    assert len(scope.read()) == 10
    assert meter.skips["unchanged"] == 6


def test_latest_rests_until_the_next_is_due() -> None:
    scope = Scope()
    capture, meter = scope.probe("latest")
    hits = hit_for(scope, capture, meter, 0.3)
    assert 8 <= meter.captures <= 20
    skipped = meter.skipped()
    assert set(skipped) == {"latest"}
    assert skipped["latest"] > hits - meter.captures > 0


def test_latest_counts_slow_hits_exactly() -> None:
    time = Time()
    meter = time.meter(is_budgeted=False)
    for _ in range(PACE_HITS):
        time.now += 1000
        meter.pace.count(time.now)
    for _ in range(3):
        meter.pause(time.now, until_ns=16_000_000, reason="latest", hits=PACE_HITS)
        time.now = 15_000_000
        assert not meter.may_work(time.now)
        time.now = 16_000_000
        assert meter.may_work(time.now)
    meter.note_hit(60_000_000)
    assert meter.skipped() == {"latest": PACE_HITS}


def test_costs_are_measured() -> None:
    scope = Scope(slots=1 << 14)
    capture, meter = scope.probe("every")
    for i in range(8000):
        capture(1.5, TAGS, i)
    assert 100 < meter.cost_ns < 50_000
