import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binPoints, countOfLevel, logLevels, measureCloud, type PointCloud, pickPoints } from "./bin-points.ts";

const coordinate = fc.oneof(
  { weight: 10, arbitrary: fc.double({ min: -2, max: 2, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Infinity, -Infinity, 1, -1) },
);
const points = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 5000, size: "large" });
const grid = { xRange: [-1, 1], yRange: [-1, 1], columns: 7, rows: 5 } as const;

function interleaved(list: readonly (readonly [number, number])[]): PointCloud {
  return { kind: "interleaved", samples: Float64Array.from(list.flat()), count: list.length };
}

function inColumns(list: readonly (readonly [number, number])[]): PointCloud {
  const x = Float64Array.from(list, ([first]) => first);
  const y = Float64Array.from(list, ([, second]) => second);
  return { kind: "columns", x, y, count: list.length };
}

function isInside([x, y]: readonly [number, number]): boolean {
  return x >= -1 && x <= 1 && y >= -1 && y <= 1;
}

describe("binPoints", () => {
  it("counts every point inside the ranges once, and no other", () => {
    fc.assert(
      fc.property(points, (list) => {
        const counts = binPoints(interleaved(list), grid);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(list.filter(isInside).length);
      }),
    );
  });

  it("puts each point into the cell that holds it", () => {
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const counts = binPoints(interleaved([[x, y]]), grid);
        const cell = counts.indexOf(1);
        if (!isInside([x, y])) expect(cell).toBe(-1);
        else {
          expect(cell % grid.columns).toBe(Math.min(grid.columns - 1, Math.floor(((x + 1) / 2) * grid.columns)));
          expect(Math.floor(cell / grid.columns)).toBe(Math.min(grid.rows - 1, Math.floor(((y + 1) / 2) * grid.rows)));
        }
      }),
    );
  });

  it("does not depend on how the points lie in memory, nor on when it is called", () => {
    fc.assert(
      fc.property(points, (list) => {
        expect(binPoints(inColumns(list), grid)).toEqual(binPoints(interleaved(list), grid));
      }),
    );
  });
});

describe("measureCloud", () => {
  it("gives extent and mean power of the finite points and counts the others", () => {
    fc.assert(
      fc.property(points, (list) => {
        const extent = measureCloud(interleaved(list));
        const finite = list.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
        expect(extent.finiteCount).toBe(finite.length);
        expect(extent.skippedCount).toBe(list.length - finite.length);
        if (finite.length === 0) return;
        expect(extent.x[0] + 0).toBe(Math.min(...finite.map(([x]) => x)) + 0);
        expect(extent.y[1] + 0).toBe(Math.max(...finite.map(([, y]) => y)) + 0);
        const power = finite.reduce((sum, [x, y]) => sum + x * x + y * y, 0) / finite.length;
        expect(extent.meanPower).toBeCloseTo(power, 9);
      }),
    );
  });
});

describe("pickPoints", () => {
  it("gives all points inside with their numbers, or none when they are too many", () => {
    fc.assert(
      fc.property(points, (list) => {
        const inside = list.flatMap((point, i) => (isInside(point) ? [i] : []));
        const picked = pickPoints(interleaved(list), grid, 100);
        if (inside.length > 100) expect(picked).toBeUndefined();
        else expect([...(picked?.index ?? [])]).toEqual(inside);
      }),
    );
  });
});

describe("logLevels", () => {
  it("leaves only empty cells at 0 and the fullest at 255", () => {
    const { levels, maxCount } = logLevels(Uint32Array.of(0, 1, 10, 5000, 100_000));
    expect(maxCount).toBe(100_000);
    expect(levels[0]).toBe(0);
    expect(levels[4]).toBe(255);
    expect([...levels]).toEqual([...levels].sort((a, b) => a - b));
    expect(levels[1]).toBeGreaterThan(0);
  });

  it("can be read back to about the count", () => {
    const { levels, maxCount } = logLevels(Uint32Array.of(1, 40, 1000, 80_000));
    expect([...levels].map((level) => countOfLevel(level, maxCount))).toEqual([
      1,
      expect.closeTo(40, -0.5),
      expect.closeTo(1000, -2),
      80_000,
    ]);
  });

  it("has no levels for an empty grid", () => {
    expect(logLevels(new Uint32Array(4))).toEqual({ levels: new Uint8Array(4), maxCount: 0 });
  });
});
