import { describe, expect, it } from "vitest";
import { arrayInput, packetOf, requestFor, viewportOf } from "../../test/fixtures.ts";
import { createRecordingCanvas, type DrawnPath, overlaps } from "../../test/recording-canvas.ts";
import type { Elements } from "../lens.ts";
import { waveformLens } from "./index.ts";

function wave(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(i / 10));
}

function linesIn(paths: readonly DrawnPath[], color: string): DrawnPath[] {
  return paths.filter(({ kind, style, points }) => kind === "stroke" && style === color && points.length > 0);
}

function drawn(elements: Elements, head: Parameters<typeof arrayInput>[1], viewport = viewportOf()) {
  const recording = createRecordingCanvas();
  const packet = packetOf(waveformLens, arrayInput(elements, head));
  const frame = waveformLens.draw(recording.canvas, packet, viewport);
  return { ...recording, frame, packet };
}

describe("projecting a waveform", () => {
  it("keeps a short array as it is, with nothing reduced", () => {
    const { columns, meta, reduction } = waveformLens.project(
      arrayInput(Int16Array.of(3, -4, 5), { data: "int16", shape: [3] }),
      requestFor("waveform"),
    );
    expect([...(columns.y ?? [])]).toEqual([3, -4, 5]);
    expect(meta).toMatchObject({ yMin: -4, yMax: 5, count: 3, nan: 0, xMin: 0, xMax: 2 });
    expect(reduction).toBeNull();
  });

  it("thins a long one and says so", () => {
    const input = arrayInput(wave(100_000), { data: "float64", shape: [100_000] });
    const { columns, reduction } = waveformLens.project(input, requestFor("waveform"));
    expect(reduction).toEqual({ kind: "min_max", from: 100_000, to: columns.y?.length });
    expect(columns.y?.length).toBeLessThanOrEqual(1600);
  });

  it("looks at what is visible and one sample beyond", () => {
    const input = arrayInput(wave(100_000), { data: "float64", shape: [100_000] });
    const { columns, meta, reduction } = waveformLens.project(
      input,
      requestFor("waveform", { xRange: [100.5, 110.5] }),
    );
    expect(columns.x).toHaveLength(12);
    expect(meta).toMatchObject({ xFrom: 100, count: 12, xMax: 99_999 });
    expect(reduction).toBeNull();
  });

  it("draws one curve a row and says how many rows it left out", () => {
    const input = arrayInput(Float32Array.from(wave(300)), { data: "float32", shape: [100, 3] });
    const { columns, meta, reduction } = waveformLens.project(input, requestFor("waveform"));
    expect([...(columns.ends ?? [])]).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    expect(meta).toMatchObject({ rows: 8, rowsTotal: 100, samplesPerRow: 3 });
    expect(reduction).toEqual({ kind: "rows", from: 100, to: 8 });
  });

  it("draws the parts of complex numbers as two curves", () => {
    const input = arrayInput(Float32Array.of(1, -1, 2, -2), { data: "complex64", shape: [2] });
    expect([...(waveformLens.project(input, requestFor("waveform")).columns.y ?? [])]).toEqual([1, 2, -1, -2]);
  });

  it("counts in elements of the whole array where only some were captured", () => {
    const input = arrayInput(wave(50), { data: "float64", shape: [10, 500], items: 50, step: 100 });
    const { meta, reduction } = waveformLens.project(input, requestFor("waveform"));
    expect(meta).toMatchObject({ xStep: 100, xMax: 4900, rowsTotal: 1 });
    expect(reduction).toEqual({ kind: "stride", from: 5000, to: 50 });
  });

  it("keeps differences that float32 would lose", () => {
    const input = arrayInput(Float64Array.of(1e9, 1e9 + 1e-3), { data: "float64", shape: [2] });
    expect([...(waveformLens.project(input, requestFor("waveform")).columns.y ?? [])]).toEqual([1e9, 1e9 + 1e-3]);
  });

  it("has no range where nothing is finite", () => {
    const input = arrayInput(Float64Array.of(Number.NaN, Infinity), { data: "float64", shape: [2] });
    expect(waveformLens.project(input, requestFor("waveform")).meta).toMatchObject({
      yMin: null,
      yMax: null,
      nan: 1,
      infinite: 1,
    });
  });

  it("never writes to the capture", () => {
    const input = arrayInput(wave(10_000), { data: "float64", shape: [10_000] });
    waveformLens.project(input, requestFor("waveform"));
    expect(input.data.kind === "array" && input.data.elements).toEqual(wave(10_000));
  });
});

describe("drawing a waveform", () => {
  it("puts samples where the axes say", () => {
    const { paths, frame } = drawn(
      Float64Array.of(0, 1, 0),
      { data: "float64", shape: [3] },
      viewportOf({ yRange: [0, 2] }),
    );
    if (frame === null) throw new Error("no frame");
    const { leftCssPx: left, topCssPx: top, widthCssPx: width, heightCssPx: height } = frame;
    expect(linesIn(paths, "#fcb10a")[0]?.points).toEqual([
      ["moveTo", left, top + height],
      ["lineTo", left + width / 2, top + height / 2],
      ["lineTo", left + width, top + height],
    ]);
    expect([frame.xRange, frame.yRange]).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  it("draws what is laid over it on the same axes, in its own colour, and calls both by their names", () => {
    const other = packetOf(waveformLens, arrayInput(Float64Array.of(2, 1), { data: "float64", shape: [2] }));
    const others = [{ packet: other, label: "setpoint", color: "#49f3ee", colorAlternate: "#db5324" }];
    const { paths, texts, frame } = drawn(
      Float64Array.of(0, 1, 0),
      { data: "float64", shape: [3] },
      viewportOf({ yRange: [0, 2], xRange: [0, 2], overlays: { label: "level", others } }),
    );
    if (frame === null) throw new Error("no frame");
    const { leftCssPx: left, topCssPx: top, widthCssPx: width, heightCssPx: height } = frame;
    expect(linesIn(paths, "#49f3ee")[0]?.points).toEqual([
      ["moveTo", left, top],
      ["lineTo", left + width / 2, top + height / 2],
    ]);
    expect(linesIn(paths, "#fcb10a")).not.toHaveLength(0);
    // The page has the names, with their colours, right above.
    for (const { text } of texts) expect(["level", "setpoint"]).not.toContain(text);
    const pointer = { xCssPx: left + width / 2, yCssPx: top };
    const pointed = drawn(
      Float64Array.of(0, 1, 0),
      { data: "float64", shape: [3] },
      viewportOf({ yRange: [0, 2], xRange: [0, 2], pointer, overlays: { label: "level", others } }),
    );
    expect(pointed.frame?.readout).toMatch(/level .*setpoint /);
  });

  it("tells the lines of one series apart where several are laid over each other", () => {
    const sent = arrayInput(Float64Array.of(2, 1, 0, 1), { data: "complex128", shape: [2] });
    const other = packetOf(waveformLens, sent);
    const others = [{ packet: other, label: "sent", color: "#49f3ee", colorAlternate: "#db5324" }];
    const overlays = { label: "level", others };
    const { texts } = drawn(Float64Array.of(0, 1, 0), { data: "float64", shape: [3] }, viewportOf({ overlays }));
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(["level", "sent I", "sent Q"]));
  });

  it("breaks the line at NaN and draws a sample that stands alone as a dot", () => {
    const samples = Float64Array.from({ length: 200 }, (_, i) => (i === 49 || i === 51 ? Number.NaN : 1));
    const { paths } = drawn(samples, { data: "float64", shape: [200] });
    const [line] = linesIn(paths, "#fcb10a");
    expect(line?.points.filter(([verb]) => verb === "moveTo")).toHaveLength(3);
    const dots = paths.find(({ kind, points }) => kind === "fill" && points.some(([verb]) => verb === "arc"));
    expect(dots?.points.filter(([verb]) => verb === "arc")).toHaveLength(1);
  });

  it("draws grid lines on whole device pixels at any ratio", () => {
    for (const devicePixelRatio of [1, 1.25, 1.5, 2, 3]) {
      const { paths } = drawn(wave(100), { data: "float64", shape: [100] }, viewportOf({ devicePixelRatio }));
      const grid = paths.filter(({ style }) => style === "#20262e");
      expect(grid).toHaveLength(1);
      expect(grid[0]?.lineWidth).toBe(1 / devicePixelRatio);
      for (const [a, b] of pairs(grid[0]?.points ?? [])) {
        const fixed = a[1] === b[1] ? a[1] : a[2];
        expect((fixed * devicePixelRatio) % 1).toBeCloseTo(0.5, 6);
      }
    }
  });

  it("says that an array is empty, of which shape", () => {
    const recording = createRecordingCanvas();
    const stats = { min: null, max: null, mean: null, nan: 0 };
    const packet = packetOf(waveformLens, arrayInput(new Float64Array(0), { data: "float64", shape: [0, 4] }), {
      value: { kind: "array", library: "numpy", dtype: "float64", shape: [0, 4], stats, head: [] },
    });
    expect(waveformLens.draw(recording.canvas, packet, viewportOf())).toBeNull();
    expect(recording.texts.map(({ text }) => text)).toEqual(["Empty array: shape (0, 4), float64"]);
  });

  it("reads out the sample nearest to the pointer", () => {
    const samples = Float64Array.of(0, 0.125, 0.25, 0.375);
    const { frame } = drawn(
      samples,
      { data: "float64", shape: [4] },
      viewportOf({ pointer: { xCssPx: 290, yCssPx: 100 } }),
    );
    expect(frame).toMatchObject({ readout: "[2]  0.25", isReadoutDrawn: true });
  });

  it("reads out all curves where the pointer is", () => {
    const { frame } = drawn(
      Float32Array.of(1, -1, 2, -2, 3, -3),
      { data: "complex64", shape: [3] },
      viewportOf({ pointer: { xCssPx: 220, yCssPx: 100 } }),
    );
    expect(frame?.readout).toBe("[1]  I 2  Q −2");
  });

  it.each([1000, 400, 300, 240, 160])(
    "keeps the labels of high sample numbers apart at a width of %d",
    (widthCssPx) => {
      const viewport = viewportOf({ widthCssPx, xRange: [12_345_678, 12_345_698] });
      const { texts } = drawn(wave(10), { data: "float64", shape: [10] }, viewport);
      expect(texts.filter(({ text }) => text.startsWith("12\u202f345")).length).toBeGreaterThan(0);
      for (const [i, text] of texts.entries()) {
        for (const other of texts.slice(i + 1))
          expect(overlaps(text, other), `${text.text} | ${other.text}`).toBe(false);
      }
    },
  );

  it("has no read-out outside the plot", () => {
    const viewport = viewportOf({ pointer: { xCssPx: 5, yCssPx: 100 } });
    expect(drawn(wave(10), { data: "float64", shape: [10] }, viewport).frame?.readout).toBeNull();
  });
});

describe("drawing at every size", () => {
  const sizes = [
    [900, 600],
    [400, 300],
    [240, 140],
    [150, 75],
    [60, 30],
    [1, 1],
  ] as const;
  const arrays: Record<string, Elements> = {
    "a wave": wave(1000),
    "one sample": Float64Array.of(-0.3),
    "a constant": new Float64Array(50).fill(7),
    "only NaN": new Float64Array(50).fill(Number.NaN),
    "huge numbers": Float64Array.of(-1.7e308, 1.7e308, 0),
    "tiny numbers": Float64Array.of(5e-324, 0, 1e-300),
    "far from 0": Float64Array.of(1e15, 1e15 + 1),
    "large integers": BigInt64Array.of(2n ** 62n, -(2n ** 62n)),
  };

  for (const [name, elements] of Object.entries(arrays)) {
    it.each(sizes)(`draws ${name} at %d × %d within the canvas, no label over another`, (widthCssPx, heightCssPx) => {
      const viewport = viewportOf({ widthCssPx, heightCssPx });
      const data = elements instanceof BigInt64Array ? "int64" : "float64";
      const { texts, paths, saves } = drawn(elements, { data, shape: [elements.length] }, viewport);
      expect(saves()).toBe(0);
      for (const { points } of paths)
        for (const [, x, y] of points) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
      for (const [i, text] of texts.entries()) {
        expect(text.leftCssPx, text.text).toBeGreaterThanOrEqual(0);
        expect(text.rightCssPx, text.text).toBeLessThanOrEqual(widthCssPx);
        for (const other of texts.slice(i + 1))
          expect(overlaps(text, other), `${text.text} | ${other.text}`).toBe(false);
      }
    });
  }
});

function pairs<T>(list: readonly T[]): (readonly [T, T])[] {
  const result: (readonly [T, T])[] = [];
  for (let i = 0; i + 1 < list.length; i += 2) {
    const [a, b] = [list[i], list[i + 1]];
    if (a !== undefined && b !== undefined) result.push([a, b]);
  }
  return result;
}
