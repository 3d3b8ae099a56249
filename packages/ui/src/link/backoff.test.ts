import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("doubles from 250 ms to 8 s", () => {
  const delays = [1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => backoffMs(attempt, () => 0));
  expect(delays).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

test("spreads by a fifth, so that many pages do not come back at once", () => {
  expect(backoffMs(1, () => 1)).toBe(300);
});
