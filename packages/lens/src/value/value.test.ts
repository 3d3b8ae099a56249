import type { CaptureValue } from "@pyprobe/protocol";
import { describe, expect, it } from "vitest";
import { historyInput, packetOf, viewportOf } from "../../test/fixtures.ts";
import { createRecordingCanvas, overlaps } from "../../test/recording-canvas.ts";
import { valueLens } from "./index.ts";

const stats = { min: -1, max: 2.5, mean: 0.1 + 0.2, nan: 3 };
const values: Record<string, CaptureValue> = {
  "a float": { kind: "scalar", type: "float", value: 0.1 + 0.2 },
  "a very long integer": { kind: "scalar", type: "int", value: "1234567890".repeat(30) },
  "a matrix": { kind: "array", library: "numpy", dtype: "float64", shape: [100, 3], stats, head: [1, 2.5, "nan", -1] },
  "a complex array": {
    kind: "array",
    library: "numpy",
    dtype: "complex64",
    shape: [64],
    stats: { min: 0, max: 1, mean: { re: 0.5, im: -0.25 }, nan: 0 },
    head: Array.from({ length: 32 }, (_, i) => ({ re: i / 32, im: -i })),
  },
  "a long text": { kind: "text", value: `${"word ".repeat(500)}\n${"x".repeat(500)}`, length: 90_000 },
  none: { kind: "none" },
  "a tree": {
    kind: "tree",
    type: "app.Receiver",
    length: 40,
    truncated: true,
    items: Array.from({ length: 30 }, (_, i) => ({
      key: `attribute_${i}`,
      value: { kind: "tree", type: "dict", truncated: false, items: [{ key: "'k'", value: { kind: "none" } }] },
    })),
  },
};

function textsOf(value: CaptureValue, viewport = viewportOf()) {
  const recording = createRecordingCanvas();
  valueLens.draw(recording.canvas, packetOf(valueLens, historyInput("float", [1]), { value }), viewport);
  return recording.texts;
}

function lookUp(name: string): CaptureValue {
  const value = values[name];
  if (value === undefined) throw new Error(`no value called ${name}`);
  return value;
}

describe("the value lens", () => {
  it("shows a scalar in full with its type", () => {
    expect(textsOf(lookUp("a float")).map(({ text }) => text)).toEqual(["float", "0.30000000000000004"]);
  });

  it("describes an array and shows its head with indices", () => {
    expect(textsOf(lookUp("a matrix"), viewportOf({ widthCssPx: 900 })).map(({ text }) => text)).toEqual([
      "numpy array of float64",
      ...["shape", "(100, 3)", "min", "−1", "max", "2.5", "mean", "0.3", "nan", "3"],
      ...["[0, 0]", "1", "[0, 1]", "2.5", "[0, 2]", "nan", "[1, 0]", "−1"],
    ]);
  });

  it("indents a tree and says what is missing", () => {
    const texts = textsOf(lookUp("a tree"), viewportOf({ heightCssPx: 2000 }));
    const [outer, inner] = [texts.find(({ text }) => text === "attribute_0"), texts.find(({ text }) => text === "'k'")];
    expect(inner?.leftCssPx).toBeGreaterThan(outer?.leftCssPx ?? Infinity);
    expect(texts.map(({ text }) => text).slice(-2)).toEqual(["…", "10 more"]);
  });

  it("says when a tree has more rows than the canvas", () => {
    expect(textsOf(lookUp("a tree")).at(-1)?.text).toBe("more below: enlarge the panel");
  });

  const sizes = [
    [900, 600],
    [400, 300],
    [240, 140],
    [120, 60],
  ] as const;
  for (const name of Object.keys(values)) {
    it.each(sizes)(`keeps ${name} within %d × %d, no text over another`, (widthCssPx, heightCssPx) => {
      const texts = textsOf(lookUp(name), viewportOf({ widthCssPx, heightCssPx }));
      expect(texts.length).toBeGreaterThan(0);
      texts.forEach((text, i) => {
        expect(text.leftCssPx, text.text).toBeGreaterThanOrEqual(0);
        expect(text.rightCssPx, text.text).toBeLessThanOrEqual(widthCssPx);
        expect(text.bottomCssPx, text.text).toBeLessThanOrEqual(heightCssPx);
        for (const other of texts.slice(i + 1))
          expect(overlaps(text, other), `${text.text} | ${other.text}`).toBe(false);
      });
    });
  }

  it("says what went wrong instead of a value", () => {
    const { canvas, texts } = createRecordingCanvas();
    const packet = packetOf(valueLens, historyInput("float", [1]));
    valueLens.draw(canvas, { ...packet, head: { ...packet.head, error: "Cannot project: no" } }, viewportOf());
    valueLens.draw(canvas, { ...packet, head: { ...packet.head, capture: null } }, viewportOf());
    expect(texts.map(({ text }) => text)).toEqual(["Cannot project: no", "No value yet"]);
  });
});
