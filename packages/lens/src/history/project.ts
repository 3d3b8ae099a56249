import { decimateLine, type LinePoints } from "@pyprobe/plot";
import type { Reduction, ViewRequest } from "@pyprobe/protocol";
import { mergeSummaries, packLines, summaryMeta } from "../chart/line-columns.ts";
import type { LensInput, Projection, ScalarHistory } from "../lens.ts";
import { columnEdges, findTime } from "./edges.ts";

/** Doubles hold every whole number below this. */
const EXACT_LIMIT = 2 ** 53;

/**
 * All scalar captures of the probe up to the one shown, as one line (two where some are complex).
 *
 * Options: `x`: `"count"` (default, captures from 0) or `"time"` (seconds since the run began); `window`: only so many captures,
 * or seconds, up to the newest.
 */
export function projectHistory(input: LensInput, request: ViewRequest): Projection {
  const { history, data } = input;
  const count = history.re.length;
  const isTime = request.options.x === "time";
  const full = fullRange(history, isTime, request.options.window);
  const visible = visibleCaptures(history, isTime, request.xRange ?? full);
  const columnCount = request.widthDevicePx;
  const edges = isTime ? columnEdges(history.tNs, visible, columnCount) : undefined;
  const lines = [history.re, ...(history.im === undefined ? [] : [history.im])].map((samples) =>
    decimateLine({ samples, offset: 0, stride: 1, count }, { ...visible, columnCount, ...(edges && { edges }) }),
  );
  const summary = mergeSummaries(lines.map((line) => line.summary));
  const isInteger = data.kind === "scalar" && /int/.test(data.type);
  return {
    columns: packLines(lines, isTime ? (line) => timesOf(history.tNs, line) : undefined),
    meta: {
      ...summaryMeta(summary),
      xMin: full[0],
      xMax: full[1],
      xFrom: isTime ? 0 : history.earlier + visible.from,
      xStep: 1,
      isTime,
      isComplex: history.im !== undefined,
      isStepped: data.kind === "scalar" && data.type === "bool",
      captures: count,
      earlier: history.earlier,
      newest: data.kind === "scalar" ? data.exact : null,
      isRounded: isInteger && Math.max(Math.abs(summary.min), summary.max) > EXACT_LIMIT,
    },
    reduction: reductionOf(lines, count, full, history, isTime),
  };
}

/** From the first capture, or the first in the window, to the newest. */
function fullRange(history: ScalarHistory, isTime: boolean, window: unknown): readonly [number, number] {
  const count = history.re.length;
  const first = isTime ? secondsAt(history, 0) : history.earlier;
  const last = isTime ? secondsAt(history, count - 1) : history.earlier + Math.max(0, count - 1);
  if (typeof window !== "number" || !(window > 0)) return [first, last];
  return [Math.max(first, isTime ? last - window : last - Math.ceil(window) + 1), last];
}

function secondsAt(history: ScalarHistory, i: number): number {
  return (history.tNs[i] ?? 0) / 1e9;
}

/** The captures in view and one more on each side. */
function visibleCaptures(
  history: ScalarHistory,
  isTime: boolean,
  [low, high]: readonly [number, number],
): { readonly from: number; readonly to: number } {
  const count = history.re.length;
  const from = isTime ? findTime(history.tNs, low * 1e9) - 1 : Math.floor(low - history.earlier);
  const to = isTime ? findTime(history.tNs, high * 1e9) + 2 : Math.ceil(high - history.earlier) + 1;
  return { from: Math.max(0, Math.min(count, from)), to: Math.max(0, Math.min(count, to)) };
}

function timesOf(tNs: Float64Array, line: LinePoints): Float64Array {
  const times = new Float64Array(line.index.length);
  for (let i = 0; i < times.length; i++) times[i] = (tNs[line.from + (line.index[i] ?? 0)] ?? 0) / 1e9;
  return times;
}

function reductionOf(
  lines: readonly LinePoints[],
  count: number,
  full: readonly [number, number],
  history: ScalarHistory,
  isTime: boolean,
): Reduction | null {
  if (lines.some(({ isDecimated }) => isDecimated)) {
    return {
      kind: "min_max",
      from: lines.reduce((sum, { summary }) => sum + summary.count, 0),
      to: lines.reduce((sum, { value }) => sum + value.length, 0),
    };
  }
  // Half a nanosecond early: seconds and back may come out a little later than the capture that they are of.
  const shown = isTime ? count - findTime(history.tNs, full[0] * 1e9 - 0.5) : full[1] - full[0] + 1;
  const total = count + history.earlier;
  return count > 0 && shown < total ? { kind: "tail", from: total, to: shown } : null;
}
