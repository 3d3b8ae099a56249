import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createScale, padRange } from "./scale.ts";

describe("createScale", () => {
  it("maps the ends of the range to the ends of the axis", () => {
    const scale = createScale([-1, 3], 100, 20);
    expect([scale.toPx(-1), scale.toPx(1), scale.toPx(3)]).toEqual([100, 60, 20]);
    expect([scale.toData(100), scale.toData(20)]).toEqual([-1, 3]);
  });

  it("comes back to where it started", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (data) => {
        const scale = createScale([-1e6, 1e6], 50, 850);
        expect(scale.toData(scale.toPx(data))).toBeCloseTo(data, 6);
      }),
    );
  });

  it("spans the whole of the doubles and stays within what a canvas can hold", () => {
    const scale = createScale([-Number.MAX_VALUE, Number.MAX_VALUE], 0, 400);
    expect(scale.toPx(0)).toBe(200);
    expect(createScale([0, 1e-300], 0, 400).toPx(1e300)).toBe(1e6);
  });
});

describe("padRange", () => {
  it.each([
    [0, 1, [-0.06, 1.06]],
    [5, 5, [4.5, 5.5]],
    [0, 0, [-1, 1]],
    [-200, -200, [-220, -180]],
    [Infinity, -Infinity, [-1, 1]],
    [Number.NaN, Number.NaN, [-1, 1]],
  ])("%d to %d shows %j", (min, max, range) => {
    expect(padRange(min, max)).toEqual(range);
  });

  it("never leaves the doubles", () => {
    const [low, high] = padRange(-Number.MAX_VALUE, Number.MAX_VALUE);
    expect([low, high]).toEqual([-Number.MAX_VALUE, Number.MAX_VALUE]);
  });

  it("always contains the data with room to draw", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (a, b) => {
          const [low, high] = padRange(Math.min(a, b), Math.max(a, b));
          expect(low).toBeLessThanOrEqual(Math.min(a, b));
          expect(high).toBeGreaterThanOrEqual(Math.max(a, b));
          expect(high).toBeGreaterThan(low);
        },
      ),
    );
  });
});
