import { describe, expect, it } from "vitest";
import { formatBrief, formatFloat, formatScalar } from "./format-value.ts";

describe("formatFloat writes as Python's repr", () => {
  it.each([
    [1, "1.0"],
    [-0, "-0.0"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e16, "1e+16"],
    [123456789012345680, "1.2345678901234568e+17"],
    [9999999999999998, "9999999999999998.0"],
    [1e-4, "0.0001"],
    [1.5e-5, "1.5e-05"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [5e-324, "5e-324"],
    [Number.NaN, "nan"],
    [-Infinity, "-inf"],
  ])("%d as %s", (value, text) => {
    expect(formatFloat(value)).toBe(text);
  });
});

describe("formatScalar", () => {
  it.each([
    [true, "bool", "True"],
    [3, "int", "3"],
    [3, "float32", "3.0"],
    ["9007199254740993", "int", "9007199254740993"],
    ["nan", "float", "nan"],
    [{ re: 0.5, im: -1 }, "complex", "(0.5-1j)"],
    [{ re: 0, im: 1 }, "complex", "1j"],
    [{ re: -0, im: 1 }, "complex", "(-0+1j)"],
    [{ re: 1, im: "inf" }, "complex", "(1+infj)"],
  ])("%j of type %s is %s", (value, type, text) => {
    expect(formatScalar(value, type)).toBe(text);
  });
});

describe("formatBrief", () => {
  it("describes any value in a line", () => {
    const stats = { min: null, max: null, mean: null, nan: 0 };
    expect(formatBrief({ kind: "array", library: "numpy", dtype: "int8", shape: [3], stats, head: [] })).toBe(
      "int8(3,)",
    );
    expect(formatBrief({ kind: "text", value: "a\nb", length: 9 })).toBe('"a\\nb"…');
    expect(formatBrief({ kind: "none" })).toBe("None");
    expect(formatBrief({ kind: "tree", type: "dict", items: [], length: 12, truncated: true })).toBe("dict, 12 items");
  });
});
