import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceEnvelope } from "./envelope.ts";
import type { PlotArea } from "./layout.ts";
import { createScale } from "./scale.ts";

const area: PlotArea = {
  leftCssPx: 10,
  topCssPx: 0,
  widthCssPx: 20,
  heightCssPx: 100,
  fontSizeCssPx: 10,
  hasAxes: true,
};
/** One unit of x is one CSS pixel, from the left edge; y is in CSS pixels, downwards. */
const scales = { x: createScale([0, 20], 10, 30), y: createScale([0, 100], 0, 100) };

function trace(points: readonly (readonly [number, number])[], options: { ratio?: number; isStepped?: boolean } = {}) {
  const line = {
    length: points.length,
    xData: (i: number) => points[i]?.[0] ?? Number.NaN,
    yData: (i: number) => points[i]?.[1] ?? Number.NaN,
  };
  const { topCssPx, bottomCssPx } = traceEnvelope(line, area, scales, {
    devicePixelRatio: options.ratio ?? 1,
    isStepped: options.isStepped ?? false,
  });
  return Array.from(topCssPx, (top, column) => [top, bottomCssPx[column] ?? Number.NaN] as const);
}

describe("traceEnvelope", () => {
  it("follows a line through the columns that it crosses", () => {
    const columns = trace([
      [0, 0],
      [4, 40],
    ]);
    expect(columns.slice(0, 4)).toEqual([
      [0, 10],
      [10, 20],
      [20, 30],
      [30, 40],
    ]);
    expect(columns[5]).toEqual([Number.NaN, Number.NaN]);
  });

  it("leaves a gap open", () => {
    const columns = trace([
      [0.5, 5],
      [2, Number.NaN],
      [4.5, 7],
    ]);
    expect(columns[0]).toEqual([5, 5]);
    expect(columns.slice(1, 4).flat().every(Number.isNaN)).toBe(true);
    expect(columns[4]).toEqual([7, 7]);
  });

  it("holds values until they change when stepped", () => {
    const columns = trace(
      [
        [0, 10],
        [2.5, 90],
        [5, 90],
      ],
      { isStepped: true },
    );
    expect(columns.slice(0, 4)).toEqual([
      [10, 10],
      [10, 10],
      [10, 90],
      [90, 90],
    ]);
  });

  it("has a column for every device pixel", () => {
    expect(trace([[0, 1]], { ratio: 2 })).toHaveLength(40);
  });

  it("passes through every point in view and is as wide as its line, whatever lies outside", () => {
    const points = fc
      .array(fc.tuple(fc.double({ min: -50, max: 80, noNaN: true }), fc.integer({ min: 0, max: 100 })), {
        minLength: 2,
      })
      .map((list) => list.sort((a, b) => a[0] - b[0]));
    fc.assert(
      fc.property(points, (list) => {
        const columns = trace(list);
        for (const [x, y] of list) {
          if (x < 0 || x > 20) continue;
          const [top, bottom] = columns[Math.min(19, Math.floor(x))] ?? [Number.NaN, Number.NaN];
          expect(top).toBeLessThanOrEqual(y + 1e-4);
          expect(bottom).toBeGreaterThanOrEqual(y - 1e-4);
        }
        const [first = 0, last = 0] = [list[0]?.[0], list.at(-1)?.[0]];
        columns.forEach(([top], column) => {
          const isPassed = first < column + 1 && last > column;
          if (isPassed) expect(top).not.toBeNaN();
        });
      }),
    );
  });
});
