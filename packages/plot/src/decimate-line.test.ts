import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimateLine, type LinePoints, RAW_SAMPLES_PER_COLUMN } from "./decimate-line.ts";
import type { Samples, SeriesSlice } from "./samples.ts";

function sliceOf(samples: Samples): SeriesSlice {
  return { samples, offset: 0, stride: 1, count: samples.length };
}

function decimateAll(samples: Samples, columnCount: number): LinePoints {
  return decimateLine(sliceOf(samples), { from: 0, to: samples.length, columnCount });
}

/** Mostly ordinary numbers, in an order of magnitude that ints can have too, with NaN and infinities among them. */
const sample = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -100, max: 100 }) },
  { weight: 2, arbitrary: fc.double() },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, -0) },
);
const series = fc
  .record({ start: fc.array(sample, { minLength: 1, maxLength: 60 }), repeats: fc.integer({ min: 1, max: 40 }) })
  .map(({ start, repeats }) => Float64Array.from(Array.from({ length: repeats }, () => start).flat()));

describe("decimateLine keeps what is seen", () => {
  it("keeps only samples, at their own place, in order", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (samples, columnCount) => {
        const line = decimateAll(samples, columnCount);
        let before = -1;
        line.index.forEach((index, i) => {
          expect(index).toBeGreaterThan(before);
          expect(line.value[i]).toBe(samples[index]);
          before = index;
        });
      }),
    );
  });

  it("keeps the first and the last sample and both extremes of every column", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (samples, columnCount) => {
        const line = decimateAll(samples, columnCount);
        const kept = new Set(line.index);
        const edge = (at: number) => Math.ceil((at * samples.length) / columnCount);
        for (let column = 0; column < columnCount; column++) {
          const start = edge(column);
          const bucket = samples.slice(start, edge(column + 1));
          const finite = bucket.filter(Number.isFinite);
          if (finite.length === 0) continue;
          expect(kept.has(start + bucket.findIndex(Number.isFinite))).toBe(true);
          expect(kept.has(start + bucket.findLastIndex(Number.isFinite))).toBe(true);
          const shown = [...bucket.keys()].filter((i) => kept.has(start + i)).map((i) => bucket[i] ?? Number.NaN);
          const shownFinite = shown.filter(Number.isFinite);
          expect(Math.min(...shownFinite)).toBe(Math.min(...finite));
          expect(Math.max(...shownFinite)).toBe(Math.max(...finite));
        }
      }),
    );
  });

  it("breaks the line in every column that has NaN and shows every sign of infinity that a column has", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (samples, columnCount) => {
        const line = decimateAll(samples, columnCount);
        const kept = new Set(line.index);
        const edge = (at: number) => Math.ceil((at * samples.length) / columnCount);
        for (let column = 0; column < columnCount; column++) {
          const start = edge(column);
          const bucket = samples.slice(start, edge(column + 1));
          for (const special of [Number.NaN, Infinity, -Infinity]) {
            const first = bucket.findIndex((value) => Object.is(value, special));
            if (first >= 0) expect(kept.has(start + first)).toBe(true);
          }
          const lastNan = bucket.findLastIndex(Number.isNaN);
          if (lastNan >= 0) expect(kept.has(start + lastNan)).toBe(true);
        }
      }),
    );
  });

  it("counts all that it looked at and gives the range of what is finite", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (samples, columnCount) => {
        const { summary } = decimateAll(samples, columnCount);
        const finite = samples.filter(Number.isFinite);
        expect({ ...summary, min: summary.min + 0, max: summary.max + 0 }).toEqual({
          min: finite.reduce((a, b) => Math.min(a, b), Infinity) + 0,
          max: finite.reduce((a, b) => Math.max(a, b), -Infinity) + 0,
          count: samples.length,
          nanCount: samples.filter(Number.isNaN).length,
          infiniteCount: samples.length - finite.length - samples.filter(Number.isNaN).length,
        });
      }),
    );
  });

  it("is bounded by the columns, whatever the length", () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 50 }), (samples, columnCount) => {
        const line = decimateAll(samples, columnCount);
        expect(line.index.length).toBeLessThanOrEqual(8 * columnCount);
        expect(line.isDecimated).toBe(samples.length > RAW_SAMPLES_PER_COLUMN * columnCount);
        if (!line.isDecimated) expect(line.index.length).toBe(samples.length);
      }),
    );
  });
});

describe("decimateLine on every element type", () => {
  const wave = Array.from({ length: 10_000 }, (_, i) => Math.round(60 + 60 * Math.sin(i / 100)) + (i === 7777 ? 7 : 0));
  const expected = decimateAll(Float64Array.from(wave), 100);
  const classes = [Float32Array, Int8Array, Int16Array, Int32Array, Uint8Array, Uint16Array, Uint32Array];

  it.each(classes.map((Class) => [Class.name, Class.from(wave)] as const))("gives the same for %s", (_, samples) => {
    expect(decimateAll(samples, 100)).toEqual(expected);
  });

  it("gives the same for 64-bit integers", () => {
    expect(decimateAll(BigInt64Array.from(wave, BigInt), 100)).toEqual(expected);
    expect(decimateAll(BigUint64Array.from(wave, BigInt), 100)).toEqual(expected);
  });

  it("rounds 64-bit integers to the nearest double, as Number does", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (integer) => {
        const unsigned = BigInt.asUintN(64, integer);
        expect(decimateAll(BigInt64Array.of(integer), 10).value[0]).toBe(Number(integer));
        expect(decimateAll(BigUint64Array.of(unsigned), 10).value[0]).toBe(Number(unsigned));
      }),
    );
  });

  it("reads shared memory", () => {
    const samples = new Float32Array(new SharedArrayBuffer(4 * wave.length));
    samples.set(wave);
    expect(decimateAll(samples, 100)).toEqual(expected);
  });

  it("picks one part of interleaved complex numbers", () => {
    for (const Class of [Float32Array, Float64Array]) {
      const samples = Class.from(wave.flatMap((value) => [-1000, value]));
      const line = decimateLine(
        { samples, offset: 1, stride: 2, count: wave.length },
        { from: 0, to: wave.length, columnCount: 100 },
      );
      expect(line).toEqual(expected);
    }
  });
});

describe("decimateLine on part of a series", () => {
  const samples = Float64Array.from({ length: 1000 }, (_, i) => i);

  it("looks at the visible samples only and numbers them from the first one", () => {
    const line = decimateLine(sliceOf(samples), { from: 100.2, to: 103.5, columnCount: 10 });
    expect(line.from).toBe(100);
    expect([...line.value]).toEqual([100, 101, 102, 103]);
    expect([...line.index]).toEqual([0, 1, 2, 3]);
    expect(line.summary.count).toBe(4);
  });

  it.each([
    [-50, 0],
    [1000, 2000],
    [5, 5],
    [10, 2],
  ])("is empty for %d to %d", (from, to) => {
    expect(decimateLine(sliceOf(samples), { from, to, columnCount: 10 }).value).toHaveLength(0);
  });

  it("follows given column edges", () => {
    const edges = Uint32Array.of(0, 2, 2, 1000);
    const line = decimateLine(sliceOf(samples), { from: 0, to: 1000, columnCount: 3, edges });
    expect([...line.value]).toEqual([0, 1, 2, 999]);
  });

  it("is empty for an empty series", () => {
    const line = decimateAll(new Float64Array(0), 100);
    expect(line.value).toHaveLength(0);
    expect(line.summary.count).toBe(0);
  });
});
