import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countTicks, MAX_LABEL_DIGITS, numberTicks, type TickMaker, timeTicks } from "./axis-ticks.ts";
import type { DataRange } from "./scale.ts";

function labels(makeTicks: TickMaker, range: DataRange, maxCount: number): string {
  const { ticks, note } = makeTicks(range, maxCount);
  return [...ticks.map(({ label }) => label), ...(note === null ? [] : [`(${note})`])].join(" ");
}

describe("numberTicks", () => {
  it.each([
    [[-1, 1], 4, "−1.0 −0.5 0 0.5 1.0"],
    [[0, 0.30000000000000004], 3, "0 0.1 0.2 0.3"],
    [[-0.3, 0.3], 6, "−0.3 −0.2 −0.1 0 0.1 0.2 0.3"],
    [[0, 40000], 4, "0 10000 20000 30000 40000"],
    [[0, 4e6], 4, "0 1 2 3 4 (×10⁶)"],
    [[-2e-9, 2e-9], 4, "−2 −1 0 1 2 (×10⁻⁹)"],
    [[0.001, 0.003], 2, "1 2 3 (×10⁻³)"],
    [[1e9 - 1.4e-3, 1e9 + 1.4e-3], 3, "−1 0 1 (1\u202f000\u202f000\u202f000 + ×10⁻³)"],
    [[1234567.1, 1234567.5], 4, "0.1 0.2 0.3 0.4 0.5 (1\u202f234\u202f567 +)"],
    [[-1.7e308, 1.7e308], 4, "−150 −100 −50 0 50 100 150 (×10³⁰⁶)"],
    [[5, 5], 4, ""],
  ] as [DataRange, number, string][])("%j in %d: %s", (range, maxCount, text) => {
    expect(labels(numberTicks, range, maxCount)).toBe(text);
  });
});

describe("countTicks", () => {
  it.each([
    [[0, 3], 8, "0 1 2 3"],
    [[0, 999], 5, "0 200 400 600 800"],
    [[0, 10_000], 2, "0 5k 10k"],
    [[0, 999_999], 5, "0 200k 400k 600k 800k"],
    [[0, 2_000_000], 4, "0 0.5M 1.0M 1.5M 2.0M"],
    [[1_234_560, 1_234_564], 2, "1\u202f234\u202f560 1\u202f234\u202f562 1\u202f234\u202f564"],
    [[0, 0.5], 4, "0"],
  ] as [DataRange, number, string][])("%j in %d: %s", (range, maxCount, text) => {
    expect(labels(countTicks, range, maxCount)).toBe(text);
  });
});

describe("timeTicks", () => {
  it.each([
    [[0, 1e-6], 2, "0 s 0.5 µs 1.0 µs"],
    [[0, 2e-3], 4, "0 s 0.5 ms 1.0 ms 1.5 ms 2.0 ms"],
    [[0, 60], 3, "0 s 20 s 40 s 60 s"],
    [[0, 200], 4, "0 s 1:00 2:00 3:00"],
    [[0, 100e-9], 2, "0 s 50 ns 100 ns"],
    [[3590, 3610], 2, "59:50 1:00:00 1:00:10"],
    [[200, 201], 2, "3:20.0 3:20.5 3:21.0"],
    [[49.9999986, 50.0000014], 3, "−1 µs 0 s +1 µs (50 s +)"],
    [[0, 86400 * 2], 2, "0 s 24:00:00 48:00:00"],
  ] as [DataRange, number, string][])("%j in %d: %s", (range, maxCount, text) => {
    expect(labels(timeTicks, range, maxCount)).toBe(text);
  });
});

describe("ticks of any range", () => {
  const range = fc
    .tuple(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1e-12, max: 1e12, noNaN: true, noDefaultInfinity: true }),
    )
    .map(([low, span]): DataRange => [low, low + span * Math.max(1, Math.abs(low) / 1e6)])
    .filter(([low, high]) => high > low && Number.isFinite(high));
  const makers = fc.constantFrom<TickMaker>(numberTicks, countTicks, timeTicks);

  it("lie in the range, ascend, and are not more than asked for", () => {
    fc.assert(
      fc.property(makers, range, fc.integer({ min: 1, max: 20 }), (makeTicks, [low, high], maxCount) => {
        const { ticks } = makeTicks([low, high], maxCount);
        const slack = (high - low) * 1e-6;
        expect(ticks.length).toBeLessThanOrEqual(maxCount + 1);
        ticks.forEach(({ value }, i) => {
          expect(value).toBeGreaterThanOrEqual(low - slack);
          expect(value).toBeLessThanOrEqual(high + slack);
          expect(value).toBeGreaterThan(ticks[i - 1]?.value ?? -Infinity);
        });
      }),
    );
  });

  it("have labels that differ, without float noise, and fit the gutter", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 20 }), (shown, maxCount) => {
        const { ticks } = numberTicks(shown, maxCount);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        for (const { label } of ticks) expect(label.replace(/\D/g, "").length).toBeLessThanOrEqual(MAX_LABEL_DIGITS);
      }),
    );
  });
});
