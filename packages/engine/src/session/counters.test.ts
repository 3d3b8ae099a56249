import type { ProbeId } from "@pyprobe/protocol";
import { beforeEach, expect, test } from "vitest";
import { Counters } from "./counters.ts";

const p1 = "p1" as ProbeId;
let nowMs: number;
let counters: Counters;

beforeEach(() => {
  nowMs = 1000;
  counters = new Counters({ nowMs: () => nowMs });
});

function tick(afterMs = 250) {
  nowMs += afterMs;
  return counters.tick();
}

test("sums over processes, and weighs the cost by captures", () => {
  counters.reported(1, [{ probe: p1, captures: 30, skipped: { budget: 5 }, costNs: 100 }]);
  counters.reported(2, [{ probe: p1, captures: 10, skipped: { budget: 1, deadline: 2 }, costNs: 500 }]);
  counters.collected(1, [{ probe: p1, captures: 29, bytes: 2900 }]);
  counters.collected(2, [{ probe: p1, captures: 10, bytes: 1000 }]);
  counters.lost(new Map([[p1, 1]]));
  expect(counters.of(p1)).toMatchObject({ captures: 39, lost: 1, skipped: { budget: 6, deadline: 2 }, costNs: 200 });
});

test("rates are those of the last second, and go back to zero", () => {
  let captures = 0;
  const collect = (count: number) => {
    captures += count;
    counters.collected(1, [{ probe: p1, captures, bytes: captures * 64 }]);
  };
  collect(0);
  for (let step = 0; step < 8; step += 1) {
    collect(25);
    tick();
  }
  expect(counters.of(p1)).toMatchObject({ rateHz: 100, bytesPerS: 6400 });
  for (let step = 0; step < 3; step += 1) expect(tick()[0]?.rateHz).toBeGreaterThan(0);
  tick();
  expect(tick()[0]?.rateHz ?? 0).toBe(0);
  expect(tick()).toEqual([]);
});

test("only what changed is told, once", () => {
  counters.collected(1, [{ probe: p1, captures: 0, bytes: 0 }]);
  expect(tick().map(({ probe }) => probe)).toEqual(["p1"]);
  expect(tick()).toEqual([]);
  counters.lost(new Map([["p2" as ProbeId, 3]]));
  expect(tick().map(({ probe, lost }) => [probe, lost])).toEqual([["p2", 3]]);
});

test("a probe that nothing is known of has counters of zero", () => {
  expect(counters.of(p1)).toEqual({ probe: p1, captures: 0, skipped: {}, lost: 0, rateHz: 0, bytesPerS: 0, costNs: 0 });
});

test("processes that ended leave one sum behind, whatever their number", () => {
  for (let pid = 1; pid <= 3; pid += 1) {
    counters.reported(pid, [
      { probe: p1, captures: 10 * pid, skipped: { budget: pid, deadline: 1 }, costNs: 100 * pid },
    ]);
    counters.collected(pid, [{ probe: p1, captures: 10 * pid, bytes: 1000 }]);
  }
  const before = counters.of(p1);
  for (let pid = 1; pid <= 3; pid += 1) counters.settle(pid);
  expect(counters.of(p1)).toEqual(before);
  // The pid of one that ended may be given to another.
  counters.reported(1, [{ probe: p1, captures: 5, skipped: {}, costNs: 0 }]);
  counters.collected(1, [{ probe: p1, captures: 5, bytes: 500 }]);
  expect(counters.of(p1)).toMatchObject({ captures: 65, skipped: { budget: 6, deadline: 3 } });
});
