import { decimateLine, type LinePoints, type SeriesSlice } from "@pyprobe/plot";
import type { ArrayHead, Reduction, ViewRequest } from "@pyprobe/protocol";
import { mergeSummaries, packLines, summaryMeta } from "../chart/line-columns.ts";
import type { CapturedData, LensInput, Projection } from "../lens.ts";

/** More curves than this cannot be told apart; the others are counted, not drawn. */
export const MAX_ROWS = 8;

type ArrayData = Extract<CapturedData, { kind: "array" }>;

/**
 * The visible part of an array as lines over the sample number: one line for real 1-D arrays, two (I and Q) for complex ones,
 * one for each row of arrays with more dimensions.
 */
export function projectWaveform(input: LensInput, request: ViewRequest): Projection {
  const { data } = input;
  if (data.kind !== "array") throw new Error("Cannot show a waveform: the value is not an array");
  const layout = layoutCurves(data);
  const xStep = data.head.step ?? 1;
  const [from, to] = visibleSamples(layout.samplesPerCurve, xStep, request.xRange);
  const columnCount = layout.curves.length > 2 ? Math.ceil(request.widthDevicePx / 2) : request.widthDevicePx;
  const lines = layout.curves.map((curve) => decimateLine(curve, { from, to, columnCount }));
  const summary = mergeSummaries(lines.map((line) => line.summary));
  return {
    columns: packLines(lines),
    meta: {
      ...summaryMeta(summary),
      xMin: 0,
      xMax: Math.max(0, layout.samplesPerCurve - 1) * xStep,
      xFrom: (lines[0]?.from ?? 0) * xStep,
      xStep,
      rows: layout.rows,
      rowsTotal: layout.rowsTotal,
      samplesPerRow: layout.samplesPerCurve,
      isComplex: data.isComplex,
      isStepped: data.head.data === "bool",
    },
    reduction: reductionOf(data.head, lines, layout),
  };
}

type CurveLayout = {
  readonly curves: readonly SeriesSlice[];
  readonly samplesPerCurve: number;
  readonly rows: number;
  readonly rowsTotal: number;
};

/** Arrays of which only every n-th element was captured have lost their rows: they are one curve in C order. */
function layoutCurves({ head, elements, isComplex, findExtremes }: ArrayData): CurveLayout {
  const parts = isComplex ? 2 : 1;
  const total = Math.floor(elements.length / parts);
  const isWhole = head.step === undefined || head.step === 1;
  const width = head.shape.at(-1) ?? total;
  const hasRows = head.shape.length > 1 && isWhole && width > 0;
  const samplesPerCurve = hasRows ? width : total;
  const rowsTotal = samplesPerCurve === 0 ? 0 : Math.floor(total / samplesPerCurve);
  const rows = Math.min(rowsTotal, Math.max(1, Math.floor(MAX_ROWS / parts)));
  const curves: SeriesSlice[] = [];
  for (let row = 0; row < rows; row++) {
    for (let part = 0; part < parts; part++) {
      const offset = row * samplesPerCurve * parts + part;
      curves.push({ samples: elements, offset, stride: parts, count: samplesPerCurve, findExtremes });
    }
  }
  return { curves, samplesPerCurve, rows, rowsTotal };
}

/** The samples in view, and one more on each side so that the line runs off the edge of the plot. */
function visibleSamples(count: number, xStep: number, xRange: ViewRequest["xRange"]): readonly [number, number] {
  if (xRange === null) return [0, count];
  return [Math.floor(xRange[0] / xStep), Math.ceil(xRange[1] / xStep) + 1];
}

/** One badge: the loss that matters most. Elements that were never captured, then rows not shown, then thinning. */
function reductionOf(head: ArrayHead, lines: readonly LinePoints[], layout: CurveLayout): Reduction | null {
  if (head.step !== undefined && head.step > 1) {
    const all = head.shape.reduce((product, length) => product * length, 1);
    return { kind: "stride", from: all, to: head.items ?? Math.ceil(all / head.step) };
  }
  if (layout.rows < layout.rowsTotal) return { kind: "rows", from: layout.rowsTotal, to: layout.rows };
  if (!lines.some(({ isDecimated }) => isDecimated)) return null;
  return {
    kind: "min_max",
    from: lines.reduce((sum, { summary }) => sum + summary.count, 0),
    to: lines.reduce((sum, { value }) => sum + value.length, 0),
  };
}
