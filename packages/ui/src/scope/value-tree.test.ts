import type { CaptureValue } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { briefText } from "./value-tree.tsx";

test.each<[CaptureValue, string]>([
  [{ kind: "scalar", type: "float", value: 1 }, "1.0"],
  [{ kind: "scalar", type: "float", value: 0.123456789 }, "0.1234568"],
  [{ kind: "scalar", type: "int", value: 1 }, "1"],
  [{ kind: "scalar", type: "bool", value: true }, "True"],
  [{ kind: "scalar", type: "float", value: "nan" }, "nan"],
  [{ kind: "scalar", type: "complex", value: { re: -0.99675123456, im: -0.5 } }, "(-0.9967512-0.5j)"],
  [{ kind: "none" }, "None"],
])("%j is %s, as Python writes it", (value, text) => {
  expect(briefText(value)).toBe(text);
});
