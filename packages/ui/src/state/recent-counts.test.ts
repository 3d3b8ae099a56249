import type { ProbeCounters, ProbeId, Skipped } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { type CountSamples, recentCounts, withCounts } from "./recent-counts.ts";

const counters = (captures: number, skipped: Skipped): ProbeCounters => ({
  probe: "p1" as ProbeId,
  captures,
  skipped,
  lost: 0,
  rateHz: 0,
  bytesPerS: 0,
  costNs: 0,
});

/** Counters as the engine sends them: each 250 ms. */
function told(...rows: readonly (readonly [captures: number, budget: number])[]): CountSamples {
  return rows.reduce<CountSamples>(
    (samples, [captures, budget], i) => withCounts(samples, counters(captures, { budget }), 250 * i),
    [],
  );
}

test("counts the last second only", () => {
  const samples = told([0, 100], [10, 500], [20, 500], [30, 500], [40, 500], [50, 500], [60, 500]);
  expect(recentCounts(samples, 1_500)).toEqual({ captures: 40, skipped: {} });
  expect(samples).toHaveLength(5);
});

test("what was skipped just now, by reason", () => {
  expect(recentCounts(told([0, 0], [1, 9]), 300)).toEqual({ captures: 1, skipped: { budget: 9 } });
});

test("a first sample is history: nothing is known to have happened since", () => {
  expect(recentCounts(told([1_000, 5_000]), 10)).toEqual({ captures: 0, skipped: {} });
});

test("nothing is recent once the counters stand still", () => {
  expect(recentCounts(told([0, 0], [1, 9]), 5_000)).toEqual({ captures: 0, skipped: {} });
});

test("a new run counts from zero again", () => {
  expect(recentCounts(told([1_000, 500], [10, 2]), 300)).toEqual({ captures: 0, skipped: {} });
});
