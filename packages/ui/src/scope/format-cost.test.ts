import { expect, test } from "vitest";
import { formatBytes, formatNanoseconds, formatPercent, formatRate, shortCount } from "./format-cost.ts";

test("few characters, the right unit", () => {
  expect([9_999, 12_345, 1_000_000, 2_500_000_000].map(shortCount)).toEqual(["9,999", "12k", "1M", "2.5G"]);
  expect([0, 0.25, 60, 4812, 30e6].map(formatRate)).toEqual(["0/s", "0.3/s", "60/s", "4,812/s", "30M/s"]);
  expect([12, 245_760, 31e6, 2e9].map(formatBytes)).toEqual(["12 B", "246 kB", "31 MB", "2 GB"]);
  expect([640, 2_400, 3e6].map(formatNanoseconds)).toEqual(["640 ns", "2.4 µs", "3 ms"]);
  expect([0, 0.0001, 0.008, 0.25].map(formatPercent)).toEqual(["0.0 %", "<0.1 %", "0.8 %", "25 %"]);
});
