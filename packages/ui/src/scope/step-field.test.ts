import { expect, test } from "vitest";
import { parseStep } from "./step-field.tsx";

test("n is a whole number from 1", () => {
  expect(["1", " 37 ", "1,000", "10_000"].map(parseStep)).toEqual([1, 37, 1000, 10_000]);
  expect(["", "0", "-3", "2.5", "1e3", "ten", "99999999999999999999"].map(parseStep)).toEqual(Array(7).fill(undefined));
});
