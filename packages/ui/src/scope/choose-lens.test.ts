import type { CaptureValue } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { bestLens, describeType, lensChoices, shortType } from "./choose-lens.ts";

const stats = { min: 0, max: 1, mean: 0, nan: 0 };
const real: CaptureValue = { kind: "array", library: "numpy", dtype: "float64", shape: [1024], stats, head: [1] };
const iq: CaptureValue = { ...real, dtype: "complex64", shape: [512], head: [{ re: 1, im: 0 }] };
const number: CaptureValue = { kind: "scalar", type: "float", value: 1 };
const text: CaptureValue = { kind: "text", value: "a", length: 1 };

test("the value decides", () => {
  expect([real, iq, number, text].map((value) => bestLens(value))).toEqual([
    "waveform",
    "constellation",
    "history",
    "value",
  ]);
});

test("what cannot show a value is listed with the reason", () => {
  const refused = lensChoices(text).find((choice) => choice.id === "waveform");
  expect(refused?.refusal).toBe("does not show text of 1");
  expect(lensChoices(null).every((choice) => choice.refusal === null)).toBe(true);
});

test("types in words, long and short", () => {
  expect(describeType(iq)).toBe("complex64 [512]");
  expect([shortType(iq), shortType(number), shortType({ ...real, dtype: "uint8", shape: [2, 3] })]).toEqual([
    "c64 [512]",
    "float",
    "u8 [2 × 3]",
  ]);
});
