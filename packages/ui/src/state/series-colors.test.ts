import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AnchorKey } from "./anchor-key.ts";
import { assignSeries, type SeriesColors, seriesClass } from "./series-colors.ts";

const keys = (...names: string[]) => names as AnchorKey[];
const none: SeriesColors = new Map();

test("gives the lowest free series, and keeps those given", () => {
  const first = assignSeries(none, keys("a", "b", "c"));
  expect([...first.values()]).toEqual([0, 1, 2]);
  const second = assignSeries(first, keys("a", "c", "d"));
  expect(second.get("a" as AnchorKey)).toBe(0);
  expect(second.get("c" as AnchorKey)).toBe(2);
  expect(second.get("d" as AnchorKey)).toBe(1);
});

test("what was removed gets its series back when nobody took it", () => {
  const first = assignSeries(none, keys("a", "b"));
  const without = assignSeries(first, keys("a"));
  expect(assignSeries(without, keys("a", "b")).get("b" as AnchorKey)).toBe(1);
});

test("no two that are shown share one", () => {
  const some = fc.uniqueArray(fc.constantFrom(..."abcdefgh"), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(some), (steps) => {
      let colors = none;
      for (const shown of steps) {
        colors = assignSeries(colors, keys(...shown));
        const used = shown.map((key) => colors.get(key as AnchorKey));
        expect(new Set(used).size).toBe(shown.length);
      }
    }),
  );
});

test("beyond the palette's colours a dash tells series apart", () => {
  expect([0, 7, 8, 16, 24].map(seriesClass)).toEqual([
    "series-0",
    "series-7",
    "series-0 is-dashed",
    "series-0 is-dotted",
    "series-0",
  ]);
});
