"""What probing may cost, and that every hit is accounted for."""

from __future__ import annotations

import time

from pyprobe_tracer._capture.govern import CAPACITY_NS, Budget, Meter
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
    assert meter.skipped(time.monotonic_ns())["budget"] > hits - meter.captures > 0


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


def takes(meter: Meter, now: int) -> bool:
    """One hit that draws on credit, as the hot path does it."""
    for _ in meter.credit:
        return True
    return meter.allows(now) and takes(meter, now)


def spend(meter: Meter, now: int, hits: int) -> tuple[int, int]:
    """As many hits as the meter lets through, 2 us each: half the program's, half the capture's. The time after, and captures."""
    captures = 0
    for _ in range(hits):
        captures += (not meter.rest_since_ns or meter.may_work(now)) and takes(meter, now)
        now += 2000
    return now, captures


def test_rest_is_estimated_from_the_rate() -> None:
    meter = Meter("p1", Budget(0.05), True, 0, now_ns=0)
    now, hits = 0, 0
    while takes(meter, now):
        hits += 1
        now += 2000  # 1000 of the program, 1000 of the capture
    assert meter.captures == hits
    assert 5_000 < meter.skipped(now + 10_000_000)["budget"] < 20_000


def test_no_more_is_believed_missed_than_was_seen_when_the_hits_stopped_meanwhile() -> None:
    meter = Meter("p1", Budget(0.05), True, 0, now_ns=0)
    now, captures = spend(meter, 0, 400)
    assert captures < 400 and meter.rest_since_ns
    assert meter.may_work(now + 10_000_000)
    assert meter.allows(now + 40_000_000)
    assert meter.skipped(now)["budget"] <= captures + 1


def test_an_allowance_fills_with_its_part_up_to_its_capacity() -> None:
    meter = Meter("p1", Budget(0.05), True, 0, now_ns=0)
    meter.level_ns = 0.0
    assert meter.fill(1_000_000) == 50_000
    assert meter.fill(1_000_000_000) == CAPACITY_NS


def test_a_hot_probe_does_not_starve_a_slow_one() -> None:
    budget = Budget(0.05)
    budget.meters = 2
    hot, slow = (Meter(name, budget, True, 0, now_ns=0) for name in ("p1", "p2"))
    now = 0
    for _ in range(100):
        assert slow.allows_one(now)
        slow.pay(100_000)
        now, _ = spend(hot, now, 10_000)
    assert hot.captures > 1000


def test_what_one_probe_does_not_need_another_may_spend() -> None:
    budget = Budget(0.05)
    budget.meters = 10
    meters = [Meter(f"p{i}", budget, True, 0, now_ns=0) for i in range(10)]
    now, captures = 0, 0
    for _ in range(1000):
        now, more = spend(meters[0], now, 500)
        captures += more
        for meter in meters:
            meter.fill(now)
    assert captures * meters[0].cost_ns > 0.7 * 0.05 * now


def test_a_probe_that_is_cheap_on_average_is_soon_seen_whole() -> None:
    """Blocks of 500 hits, 25 a second: half a millisecond of captures in forty of the program."""
    meter = Meter("p1", Budget(0.05), True, 0, now_ns=0)
    now, blocks = 0, []
    for _ in range(5):
        for _ in range(25):
            _, captures = spend(meter, now, 500)
            blocks.append(captures)
            now += 40_000_000
        meter.adapt(1_000_000_000)
    assert blocks[0] < 500
    assert blocks[-25:] == [500] * 25


def test_every_rest_is_told() -> None:
    budget, rests = Budget(0.05), []
    budget.on_rest = lambda: rests.append(True)
    meter = Meter("p1", budget, True, 0, now_ns=0)
    spend(meter, 0, 400)
    assert rests == [True]
    meter.pause(1_000, until_ns=16_000_000, reason="latest", hits=64, since_ns=0)
    assert rests == [True, True]


def test_a_loop_that_never_ends_may_not_save_up() -> None:
    meter = Meter("p1", Budget(0.05), True, 0, now_ns=0)
    now = 0
    for _ in range(3):
        now, captures = spend(meter, now, 500_000)
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
    skipped = meter.skipped(time.monotonic_ns())
    assert set(skipped) == {"latest"}
    assert skipped["latest"] > hits - meter.captures > 0


def test_latest_counts_slow_hits_exactly() -> None:
    meter = Meter("p1", Budget(0.05), False, 0, now_ns=0)
    for _ in range(3):
        meter.pause(1_000, until_ns=16_000_000, reason="latest", hits=64, since_ns=0)
        assert not meter.may_work(15_000_000)
        assert meter.may_work(16_000_000)
    meter.note_hit(60_000_000)
    assert meter.skipped(60_000_000) == {"latest": 64}


def test_costs_are_measured() -> None:
    scope = Scope(slots=1 << 14)
    capture, meter = scope.probe("every")
    for i in range(8000):
        capture(1.5, TAGS, i)
    assert 100 < meter.cost_ns < 50_000
