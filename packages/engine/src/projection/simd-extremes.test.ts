import { decimateLine, type Extremes } from "@pyprobe/plot";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SimdExtremes } from "./simd-extremes.ts";

const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
const simd = new SimdExtremes(memory);
/** Not at an address of 16, as payloads in the log are not. */
const samples = new Float64Array(memory.buffer, 8 * 5, 30_000);
const find = simd.finder(samples);

/** Few different numbers, so that extremes come more than once; or any. */
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));

test("says the extremes of finite samples and where the first of each is, whatever their count and place", () => {
  const found: Extremes = { min: 0, max: 0, minIndex: 0, maxIndex: 0, hasNan: false };
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 70 }), fc.nat(40), (values, start) => {
      samples.set(values, start);
      find?.(start, start + values.length, found);
      const [min, max] = [Math.min(...values), Math.max(...values)];
      // A sum beyond float64 sends the caller the careful way as well.
      const isLarge = values.some((value) => Math.abs(value) > 1e300);
      if (!isLarge) expect(found.hasNan).toBe(false);
      expect(found.min === min && found.max === max).toBe(true);
      expect(found.minIndex - start).toBe(values.indexOf(min));
      expect(found.maxIndex - start).toBe(values.indexOf(max));
    }),
  );
});

test("says so when there is NaN or an infinity, wherever it stands", () => {
  const found: Extremes = { min: 0, max: 0, minIndex: 0, maxIndex: 0, hasNan: false };
  const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity);
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 70 }), fc.nat(69), odd, (values, at, value) => {
      samples.set(values, 3);
      samples[3 + (at % values.length)] = value;
      find?.(3, 3 + values.length, found);
      expect(found.hasNan).toBe(true);
    }),
  );
});

test("a line is decimated to the very same points with it as without it", () => {
  const any = fc.oneof({ weight: 20, arbitrary: number }, { weight: 1, arbitrary: fc.double() });
  fc.assert(
    fc.property(
      fc.array(any, { minLength: 50, maxLength: 400 }),
      fc.integer({ min: 1, max: 12 }),
      (values, columns) => {
        samples.set(values);
        const slice = { samples, offset: 0, stride: 1, count: values.length };
        const options = { from: 1, to: values.length, columnCount: columns };
        expect(decimateLine({ ...slice, findExtremes: find }, options)).toEqual(decimateLine(slice, options));
      },
    ),
  );
});

test("is not for samples elsewhere, nor for other types", () => {
  expect(simd.finder(new Float64Array(4))).toBeUndefined();
  expect(simd.finder(new Float32Array(memory.buffer))).toBeUndefined();
});
