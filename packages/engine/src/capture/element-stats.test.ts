import type { Elements } from "@pyprobe/lens";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elementStats } from "./element-stats.ts";

const real = { isComplex: false };

describe("small arrays, counted by hand", () => {
  test.each<[string, Elements, object]>([
    ["floats", Float64Array.of(1, -2, 4), { finite: 3, nan: 0, min: -2, max: 4, mean: 1 }],
    [
      "NaN and infinities",
      Float64Array.of(Number.NaN, Infinity, -Infinity, 2, 4),
      { finite: 2, nan: 1, min: 2, max: 4, mean: 3 },
    ],
    ["nothing finite", Float32Array.of(Number.NaN, Infinity), { finite: 0, nan: 1 }],
    ["nothing at all", new Float64Array(), { finite: 0, nan: 0 }],
    ["bytes", Uint8Array.of(0, 255), { finite: 2, min: 0, max: 255, mean: 127.5 }],
    ["int8", Int8Array.of(-128, 127), { finite: 2, min: -128, max: 127, mean: -0.5 }],
    ["int64", BigInt64Array.of(-5n, 3n), { finite: 2, min: -5n, max: 3n, mean: -1 }],
    ["int64 beyond 2^53", BigInt64Array.of(2n ** 53n + 1n, 2n ** 53n), { min: 2n ** 53n, max: 2n ** 53n + 1n }],
    ["int64 at the ends", BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)), { min: -(2n ** 63n), max: 2n ** 63n - 1n }],
    ["uint64 at the end", BigUint64Array.of(0n, 2n ** 64n - 1n), { min: 0n, max: 2n ** 64n - 1n }],
  ])("%s", (_name, elements, expected) => {
    expect(elementStats(elements, real)).toMatchObject(expected);
  });

  test("complex numbers by magnitude, their mean as it is", () => {
    const stats = elementStats(Float32Array.of(3, 4, 0, -1, Number.NaN, 0, Infinity, 1), { isComplex: true });
    expect(stats).toMatchObject({ finite: 2, nan: 1, min: 1, max: 5, mean: 1.5, meanIm: 1.5 });
    expect(stats.rms).toBeCloseTo(Math.sqrt(13));
  });

  test("not-a-time is counted like NaN", () => {
    const times = BigInt64Array.of(10n, -(2n ** 63n), 30n);
    expect(elementStats(times, { isComplex: false, notATime: true })).toMatchObject({
      finite: 2,
      nan: 1,
      min: 10n,
      max: 30n,
    });
  });

  test("a mean whose sum is beyond float64 is still right", () => {
    const stats = elementStats(Float64Array.of(1.5e308, 1.5e308, 1.5e308, 1.5e308), real);
    expect(stats.mean).toBeCloseTo(1.5e308, -300);
    expect(stats.rms).toBeCloseTo(1.5e308, -300);
  });
});

test("blocks, even or not, add up to what a plain loop says", () => {
  const number = fc.oneof(
    { weight: 50, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity) },
  );
  const values = fc.array(number, { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (some, times) => {
      const elements = Float64Array.from(Array.from({ length: times }, () => some).flat());
      const finite = [...elements].filter(Number.isFinite);
      const stats = elementStats(elements, real);
      expect(stats.finite).toBe(finite.length);
      expect(stats.nan).toBe([...elements].filter(Number.isNaN).length);
      if (finite.length === 0) return;
      expect([stats.min, stats.max]).toEqual([Math.min(...finite), Math.max(...finite)]);
      const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length;
      expect(Math.abs(stats.mean - mean)).toBeLessThan(1e-6);
    }),
    { seed: 1, numRuns: 60 },
  );
});
