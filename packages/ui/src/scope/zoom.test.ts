import * as fc from "fast-check";
import { expect, test } from "vitest";
import { followRange, panRange, wheelFactor, xAt, yAt, zoomRange } from "./zoom.ts";

const frame = {
  leftCssPx: 50,
  topCssPx: 10,
  widthCssPx: 200,
  heightCssPx: 100,
  xRange: [0, 1000],
  yRange: [-1, 1],
  readout: null,
  isReadoutDrawn: false,
} as const;

test("pixels become data", () => {
  expect([xAt(frame, 50), xAt(frame, 250), xAt(frame, 100)]).toEqual([0, 1000, 250]);
  expect([yAt(frame, 10), yAt(frame, 110), yAt(frame, 60)]).toEqual([1, -1, 0]);
});

test("the value under the pointer stays under it", () => {
  const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      numbers,
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (low, width, share) => {
        const at = low + width * share;
        const [newLow, newHigh] = zoomRange([low, low + width], at, 0.5);
        expect((at - newLow) / (newHigh - newLow)).toBeCloseTo(share, 5);
        expect(newHigh - newLow).toBeCloseTo(width / 2, 4);
      },
    ),
  );
});

test("zooming in ends before doubles run out", () => {
  let range: readonly [number, number] = [1e6, 1e6 + 1];
  for (let i = 0; i < 500; i += 1) range = zoomRange(range, 1e6 + 0.5, 0.5);
  expect(range[1]).toBeGreaterThan(range[0]);
});

test("panning keeps the width; a wheel turned back undoes itself", () => {
  expect(panRange([0, 10], 0.5)).toEqual([5, 15]);
  const there = wheelFactor({ deltaX: 0, deltaY: 100, deltaMode: 0 });
  const back = wheelFactor({ deltaX: 0, deltaY: -100, deltaMode: 0 });
  expect(there * back).toBeCloseTo(1, 12);
  expect(there).toBeGreaterThan(1);
});

test("a range that holds the newest goes on holding it; one that looks back stays", () => {
  expect(followRange([900, 1000], 1000, 1010)).toEqual([910, 1010]);
  expect(followRange([100, 200], 1000, 1010)).toEqual([100, 200]);
  expect(followRange([0, 1], undefined, 1010)).toEqual([0, 1]);
});
