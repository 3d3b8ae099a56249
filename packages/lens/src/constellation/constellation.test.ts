import { describe, expect, it } from "vitest";
import { arrayInput, historyInput, packetOf, requestFor, viewportOf } from "../../test/fixtures.ts";
import { createRecordingCanvas } from "../../test/recording-canvas.ts";
import { constellationLens } from "./index.ts";
import { planeRanges, squareAround } from "./ranges.ts";

/** A QPSK cloud of `count` points, the same at every run. */
function qpsk(count: number): Float32Array {
  const parts = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    parts[2 * i] = (i % 2 === 0 ? 1 : -1) * (1 + 0.1 * Math.sin(i * 1.7));
    parts[2 * i + 1] = (i % 4 < 2 ? 1 : -1) * (1 + 0.1 * Math.cos(i * 2.3));
  }
  return parts;
}

function cloudInput(parts: Float32Array | Float64Array) {
  const data = parts instanceof Float32Array ? "complex64" : "complex128";
  return arrayInput(parts, { data, shape: [parts.length / 2] });
}

describe("projecting a constellation", () => {
  it("keeps few points as they are, with their numbers", () => {
    const { columns, meta, reduction } = constellationLens.project(
      cloudInput(Float64Array.of(1, 2, Number.NaN, 0, -3, 4)),
      requestFor("constellation"),
    );
    expect([...(columns.x ?? [])]).toEqual([1, -3]);
    expect([...(columns.y ?? [])]).toEqual([2, 4]);
    expect([...(columns.index ?? [])]).toEqual([0, 2]);
    expect(meta).toMatchObject({ count: 3, skipped: 1, meanPower: 15, isDensity: false });
    expect(reduction).toBeNull();
  });

  it("bins many points, every one of them, and the same way each time", () => {
    const request = requestFor("constellation");
    const first = constellationLens.project(cloudInput(qpsk(50_000)), request);
    expect(first.reduction).toEqual({ kind: "density", from: 50_000, to: 150 * 150 });
    expect(first.columns.levels).toHaveLength(150 * 150);
    expect(constellationLens.project(cloudInput(qpsk(50_000)), request)).toEqual(first);
  });

  it("shows a lone point beside a million", () => {
    const parts = qpsk(100_000);
    parts.set([-3, 3], 2 * 500);
    const { columns, meta } = constellationLens.project(cloudInput(parts), requestFor("constellation"));
    const cells = Number(meta.columns);
    const topLeft = [...(columns.levels ?? [])].findIndex(
      (level, cell) => level > 0 && cell % cells < cells / 4 && cell > (3 / 4) * cells * cells,
    );
    expect(topLeft).toBeGreaterThan(0);
  });

  it("turns to points when zoomed in so far that few are visible", () => {
    const request = requestFor("constellation", { xRange: [0.95, 0.96], yRange: [0.95, 0.96] });
    const { meta, columns } = constellationLens.project(cloudInput(qpsk(50_000)), request);
    expect(meta.isDensity).toBe(false);
    for (const x of columns.x ?? []) expect(x >= 0.95 && x <= 0.96).toBe(true);
  });

  it("shows the history of complex scalars", () => {
    const input = historyInput("complex", [
      [1, 2],
      [3, 4],
    ]);
    const { columns } = constellationLens.project(input, requestFor("constellation"));
    expect([[...(columns.x ?? [])], [...(columns.y ?? [])]]).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it("refuses real values", () => {
    expect(() => constellationLens.project(historyInput("float", [1]), requestFor("constellation"))).toThrow(
      "Cannot show a constellation: the value is not complex",
    );
  });
});

describe("the plane's ranges", () => {
  it("have the origin in the middle, unless the cloud is small and far from it", () => {
    expect(squareAround([-1, 0.5], [0, 0.5]).x).toEqual([-1.12, 1.12]);
    expect(squareAround([99, 101], [49, 51])).toEqual({ x: [98.88, 101.12], y: [48.88, 51.12] });
    expect(squareAround([Infinity, -Infinity], [Infinity, -Infinity]).x).toEqual([-1, 1]);
  });

  it("make one unit as long across as up", () => {
    const square = squareAround([-1, 1], [-1, 1]);
    expect(planeRanges(square, { x: null, y: null }, 2).x).toEqual([-2.24, 2.24]);
    expect(planeRanges(square, { x: null, y: null }, 0.5).y).toEqual([-2.24, 2.24]);
    expect(planeRanges(square, { x: [0, 4], y: null }, 2)).toEqual({ x: [0, 4], y: [-1, 1] });
    expect(planeRanges(square, { x: [0, 4], y: [0, 100] }, 2)).toEqual({ x: [0, 4], y: [0, 100] });
  });
});

describe("drawing a constellation", () => {
  it("draws a disc for each point, where the axes say", () => {
    const { canvas, paths } = createRecordingCanvas();
    const packet = packetOf(constellationLens, cloudInput(Float64Array.of(0, 0, 1, 1)));
    const frame = constellationLens.draw(canvas, packet, viewportOf());
    if (frame === null) throw new Error("no frame");
    const discs = paths
      .filter(({ kind, style }) => kind === "fill" && style === "#fcb10a")
      .flatMap(({ points }) => points.filter(([verb]) => verb === "arc"));
    const middle = [frame.leftCssPx + frame.widthCssPx / 2, frame.topCssPx + frame.heightCssPx / 2];
    expect(discs[0]?.slice(1)).toEqual(middle);
    const unit = frame.widthCssPx / (frame.xRange[1] - frame.xRange[0]);
    expect(frame.heightCssPx / (frame.yRange[1] - frame.yRange[0])).toBeCloseTo(unit, 9);
    expect(discs[1]?.[1]).toBeCloseTo((middle[0] ?? 0) + unit, 9);
    expect(discs[1]?.[2]).toBeCloseTo((middle[1] ?? 0) - unit, 9);
  });

  it("lets the captures before it fade behind it, on its axes, the oldest drawn first", () => {
    const packets = [0, 0.25, 0.5].map((at) => packetOf(constellationLens, cloudInput(Float64Array.of(at, 0, 1, 1))));
    const [newest, before, oldest] = packets;
    if (newest === undefined || before === undefined || oldest === undefined) throw new Error("no packets");
    const alone = createRecordingCanvas();
    const frame = constellationLens.draw(alone.canvas, newest, viewportOf());
    const { canvas, paths } = createRecordingCanvas();
    expect(constellationLens.draw(canvas, newest, viewportOf({ trail: [before, oldest] }))).toEqual(frame);
    if (frame === null) throw new Error("no frame");
    const unit = frame.widthCssPx / (frame.xRange[1] - frame.xRange[0]);
    const firsts = paths
      .filter(({ kind, style }) => kind === "fill" && style === "#fcb10a")
      .flatMap(({ points }) => points.filter(([verb]) => verb === "arc"))
      .map(([, x]) => (x - frame.leftCssPx) / unit + frame.xRange[0])
      .filter((_, i) => i % 2 === 0);
    expect(firsts.map((x) => Number(x.toFixed(6)))).toEqual([0.5, 0.25, 0]);
  });

  it("has no afterglow of clouds that would cost more than the newest", () => {
    const packet = packetOf(constellationLens, cloudInput(qpsk(400)));
    const fills = (trail: (typeof packet)[]) => {
      const { canvas, paths } = createRecordingCanvas();
      constellationLens.draw(canvas, packet, viewportOf({ trail }));
      return paths.filter(({ kind, style }) => kind === "fill" && style === "#fcb10a").length;
    };
    const once = fills([]);
    expect(fills([packet])).toBe(2 * once);
    expect(fills([packet, packet, packet, packet])).toBe(3 * once);
  });

  it("reads out the point under the pointer with power and angle", () => {
    const { canvas } = createRecordingCanvas();
    const packet = packetOf(constellationLens, cloudInput(Float64Array.of(0, 0)));
    const middle = constellationLens.draw(canvas, packet, viewportOf());
    if (middle === null) throw new Error("no frame");
    const pointer = {
      xCssPx: middle.leftCssPx + middle.widthCssPx / 2 + 3,
      yCssPx: middle.topCssPx + middle.heightCssPx / 2,
    };
    expect(constellationLens.draw(canvas, packet, viewportOf({ pointer }))?.readout).toBe("[0]  I 0  Q 0  −∞ dB  0.0°");
    const other = packetOf(constellationLens, cloudInput(Float64Array.of(0.5, 0.5)));
    const square = constellationLens.draw(canvas, other, viewportOf());
    const far = constellationLens.draw(canvas, other, viewportOf({ pointer }));
    expect(far?.xRange).toEqual(square?.xRange);
    expect(far?.isReadoutDrawn).toBe(false);
    expect(far?.readout).toMatch(/^I 0\.0\d+ {2}Q 0$/);
  });

  it("tells symbols and power, and what it could not draw", () => {
    const { canvas, texts } = createRecordingCanvas();
    const parts = Float64Array.of(1, 0, 0, 1, Number.NaN, 0);
    constellationLens.draw(canvas, packetOf(constellationLens, cloudInput(parts)), viewportOf());
    const notes = texts.map(({ text }) => text);
    expect(notes).toContain("3 symbols, mean power 0.0 dB");
    expect(notes).toContain("1 NaN or infinite, not drawn");
  });

  it("hides no symbols behind its notes where there is little room", () => {
    const packet = packetOf(constellationLens, cloudInput(qpsk(128)));
    const noted = (widthCssPx: number) => {
      const { canvas, texts } = createRecordingCanvas();
      const frame = constellationLens.draw(canvas, packet, viewportOf({ widthCssPx, heightCssPx: 140 }));
      if (frame === null) throw new Error("no frame");
      const note = texts.find(({ text }) => text.includes("symbols"));
      const squareLeft = frame.leftCssPx + (frame.widthCssPx - frame.heightCssPx) / 2;
      expect(note === undefined || note.rightCssPx <= squareLeft).toBe(true);
      return note?.text;
    };
    expect([700, 500, 320].map(noted)).toEqual([
      "128 symbols, mean power 3.0 dB",
      "128 symbols, 3.0 dB",
      "128 symbols",
    ]);
    expect(noted(240)).toBeUndefined();
  });
});
