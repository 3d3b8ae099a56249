import type { CaptureValue } from "@pyprobe/protocol";
import { describe, expect, it } from "vitest";
import { findLens, lenses, lensesFor } from "./registry.ts";

function arrayOf(dtype: string, head: Extract<CaptureValue, { kind: "array" }>["head"]): CaptureValue {
  const stats = { min: null, max: null, mean: null, nan: 0 };
  return { kind: "array", library: "numpy", dtype, shape: [head.length], stats, head };
}

describe("lensesFor", () => {
  it.each<[string, CaptureValue, string[]]>([
    ["a float", { kind: "scalar", type: "float", value: 1 }, ["history", "value"]],
    [
      "a complex scalar",
      { kind: "scalar", type: "complex", value: { re: 1, im: 2 } },
      ["history", "constellation", "value"],
    ],
    ["a real array", arrayOf("float64", [1, 2]), ["waveform", "value"]],
    ["a complex array", arrayOf("complex64", [{ re: 1, im: 0 }]), ["constellation", "waveform", "value"]],
    ["an empty complex array", arrayOf(">c8", []), ["constellation", "waveform", "value"]],
    ["an empty real array", arrayOf("int16", []), ["waveform", "value"]],
    ["text", { kind: "text", value: "a", length: 1 }, ["value"]],
    ["None", { kind: "none" }, ["value"]],
    ["a tree", { kind: "tree", type: "dict", items: [], truncated: false }, ["value"]],
  ])("offers for %s the best first", (_, value, ids) => {
    const choices = lensesFor(value);
    expect(choices.filter(({ score }) => score > 0).map(({ lens }) => lens.id)).toEqual(ids);
  });

  it("lists the lenses that do not fit as well, so that a menu can show them disabled", () => {
    const choices = lensesFor({ kind: "none" });
    expect(choices).toHaveLength(lenses.length);
    expect(choices.filter(({ score }) => score === 0)).toHaveLength(lenses.length - 1);
  });

  it("finds by id", () => {
    for (const lens of lenses) expect(findLens(lens.id)).toBe(lens);
    expect(findLens("spectrum")).toBeUndefined();
  });
});
