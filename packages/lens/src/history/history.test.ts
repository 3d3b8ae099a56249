import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { historyInput, packetOf, requestFor, viewportOf } from "../../test/fixtures.ts";
import { createRecordingCanvas } from "../../test/recording-canvas.ts";
import { historyLens } from "./index.ts";

const ramp = Array.from({ length: 1000 }, (_, i) => i);

describe("projecting a scalar's history", () => {
  it("counts captures from the first one there was, also when it is gone", () => {
    const { meta, reduction } = historyLens.project(
      historyInput("float", [1, 2, 3], { earlier: 10 }),
      requestFor("history"),
    );
    expect(meta).toMatchObject({ xMin: 10, xMax: 12, xFrom: 10, captures: 3, earlier: 10 });
    expect(reduction).toEqual({ kind: "tail", from: 13, to: 3 });
  });

  it("shows all captures, with nothing reduced", () => {
    const { columns, reduction } = historyLens.project(historyInput("int", ramp), requestFor("history"));
    expect([...(columns.y ?? [])]).toEqual(ramp);
    expect(reduction).toBeNull();
  });

  it("thins by column of captures, or of time", () => {
    const request = requestFor("history", { widthDevicePx: 20 });
    const byCount = historyLens.project(historyInput("float", ramp), request);
    expect(byCount.reduction).toEqual({ kind: "min_max", from: 1000, to: 40 });
    // Nine of ten captures in the first tenth of the time.
    const tNs = Float64Array.from(ramp, (i) => (i < 900 ? i * 1e6 : (900 + (i - 900) * 81) * 1e6));
    const byTime = historyLens.project(historyInput("float", ramp, { tNs }), {
      ...request,
      options: { x: "time" },
    });
    const times = [...(byTime.columns.x ?? [])];
    expect(times.filter((time) => time <= 0.9).length).toBeLessThan(10);
    expect([times[0], times.at(-1)]).toEqual([0, 8.919]);
  });

  it("has seconds since the run began as x when asked for time", () => {
    const { columns, meta } = historyLens.project(
      historyInput("float", [5, 6, 7]),
      requestFor("history", { options: { x: "time" } }),
    );
    expect([...(columns.x ?? [])]).toEqual([0, 0.001, 0.002]);
    expect(meta).toMatchObject({ isTime: true, xMin: 0, xMax: 0.002 });
  });

  it("has nothing reduced when all are shown, whatever their times", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (start) => {
        const tNs = Float64Array.of(start, start + 1000, start + 2000);
        const request = requestFor("history", { options: { x: "time" } });
        expect(historyLens.project(historyInput("float", [1, 2, 3], { tNs }), request)).toMatchObject({
          reduction: null,
          meta: { count: 3 },
        });
      }),
    );
  });

  it("follows the newest captures in a window", () => {
    const count = historyLens.project(historyInput("float", ramp), requestFor("history", { options: { window: 50 } }));
    expect(count.meta).toMatchObject({ xMin: 950, xMax: 999 });
    expect(count.reduction).toEqual({ kind: "tail", from: 1000, to: 50 });
    const seconds = historyLens.project(
      historyInput("float", ramp),
      requestFor("history", { options: { window: 0.1, x: "time" } }),
    );
    expect(seconds.meta).toMatchObject({ xMin: 0.899, xMax: 0.999 });
  });

  it("keeps both parts of complex scalars", () => {
    const input = historyInput("complex", [
      [1, -1],
      [2, -2],
    ]);
    const { columns, meta } = historyLens.project(input, requestFor("history"));
    expect([...(columns.y ?? [])]).toEqual([1, 2, -1, -2]);
    expect(meta.isComplex).toBe(true);
  });

  it("says when integers are beyond what can be drawn exactly", () => {
    const big = historyInput("int", [2 ** 60, 2 ** 60 + 2 ** 10]);
    expect(historyLens.project(big, requestFor("history")).meta).toMatchObject({ isRounded: true });
    const small = historyInput("int", [2 ** 53]);
    expect(historyLens.project(small, requestFor("history")).meta).toMatchObject({ isRounded: false });
  });

  it("works on no captures at all", () => {
    const { columns, meta } = historyLens.project(historyInput("float", []), requestFor("history"));
    expect(columns.y).toHaveLength(0);
    expect(meta.captures).toBe(0);
  });
});

describe("drawing a scalar's history", () => {
  it("holds booleans until they change and names them", () => {
    const { canvas, paths, texts } = createRecordingCanvas();
    const packet = packetOf(historyLens, historyInput("bool", [0, 1, 1]));
    historyLens.draw(canvas, packet, viewportOf({ widthCssPx: 900 }));
    const line = paths.find(({ kind, style }) => kind === "stroke" && style === "#fcb10a");
    const ys = line?.points.map(([, , y]) => y) ?? [];
    expect(line?.points).toHaveLength(5);
    expect([ys[1], ys[2]]).toEqual([ys[0], ys[3]]);
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining(["True", "False"]));
  });

  it("has the newest capture at the right edge", () => {
    const { canvas, paths } = createRecordingCanvas();
    const frame = historyLens.draw(canvas, packetOf(historyLens, historyInput("float", [5, 6, 7])), viewportOf());
    const line = paths.find(({ kind, style }) => kind === "stroke" && style === "#fcb10a");
    expect(line?.points.at(-1)?.[1]).toBe((frame?.leftCssPx ?? 0) + (frame?.widthCssPx ?? 0));
  });

  it("reads out capture and value, or time and value", () => {
    const { canvas } = createRecordingCanvas();
    const viewport = viewportOf({ pointer: { xCssPx: 221, yCssPx: 100 } });
    const input = historyInput("float", [1, 2.5, 4]);
    expect(historyLens.draw(canvas, packetOf(historyLens, input), viewport)?.readout).toBe("#1  2.5");
    const request = requestFor("history", { options: { x: "time" } });
    expect(historyLens.draw(canvas, packetOf(historyLens, input, { request }), viewport)?.readout).toBe("1 ms  2.5");
  });

  it("tells the newest integer in full where it is drawn rounded", () => {
    const { canvas, texts } = createRecordingCanvas();
    const input = historyInput("int", [2 ** 63]);
    historyLens.draw(canvas, packetOf(historyLens, input), viewportOf({ widthCssPx: 900 }));
    expect(texts.map(({ text }) => text)).toContain("beyond 2⁵³: drawn rounded; newest is 9223372036854775808");
  });
});
