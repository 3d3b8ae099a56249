import { expect, test } from "vitest";
import { SHRINK_AFTER_MS, type SoftRange, softRange } from "./soft-range.ts";

const run = (steps: readonly (readonly [number, number, number])[]) =>
  steps.reduce<SoftRange | null>((soft, [atMs, low, high]) => softRange(soft, [low, high], atMs), null);

test("grows at once", () => {
  expect(
    run([
      [0, 0, 1],
      [16, -3, 2],
    ])?.range,
  ).toEqual([-3, 2]);
});

test("holds while data need less for a while, then shrinks to all they needed in it", () => {
  const before = [
    [0, -10, 10],
    [100, -1, 1],
    [1000, -2, 1],
  ] as const;
  expect(run([...before, [100 + SHRINK_AFTER_MS - 1, 0, 1]])?.range).toEqual([-10, 10]);
  expect(run([...before, [100 + SHRINK_AFTER_MS, 0, 1]])?.range).toEqual([-2, 1]);
});

test("a little less is no reason to shrink, and a full swing starts the wait again", () => {
  expect(
    run([
      [0, -10, 10],
      [5000, -9, 9],
      [9000, -9, 9],
    ])?.range,
  ).toEqual([-10, 10]);
  expect(
    run([
      [0, -10, 10],
      [100, -1, 1],
      [2000, -10, 10],
      [2150, -1, 1],
    ])?.range,
  ).toEqual([-10, 10]);
});
