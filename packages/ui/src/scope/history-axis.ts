/** The options of the history lens as choices of a person. Pure. */
import type { ViewRequest } from "@pyprobe/protocol";
import { groupDigits } from "../state/group-digits.ts";

export const HISTORY_LENS = "history";

/** `window`: captures or seconds up to the newest; null: all that are kept. */
export type HistoryAxis = { readonly x: "count" | "time"; readonly window: number | null };

/** Of a program that runs: all of a fast one's captures would soon be a solid band. */
export const defaultAxis: HistoryAxis = { x: "count", window: 1_000 };
/** Of a recording: all of it, which grows no more. */
export const wholeAxis: HistoryAxis = { x: "count", window: null };

export const historyAxes: readonly HistoryAxis[] = [
  wholeAxis,
  { x: "count", window: 100 },
  defaultAxis,
  { x: "count", window: 10_000 },
  { x: "time", window: null },
  ...[1, 10, 60].map((window) => ({ x: "time" as const, window })),
];

/** Seconds in place of a number of captures. */
const SHARED_WINDOW_S = 60;

/** Captures of several probes have only time in common: their counts begin when each was put there. */
export function axisInForce(axis: HistoryAxis, hasOverlays: boolean): HistoryAxis {
  if (!hasOverlays || axis.x === "time") return axis;
  return { x: "time", window: axis.window === null ? null : SHARED_WINDOW_S };
}

export function historyOptions({ x, window }: HistoryAxis): ViewRequest["options"] {
  return window === null ? { x } : { x, window };
}

/** `All captures`, `Last 1,000 captures`, `Last 10 s`. */
export function windowText({ x, window }: HistoryAxis): string {
  if (window === null) return x === "time" ? "All time" : "All captures";
  return x === "time" ? `Last ${window} s` : `Last ${groupDigits(window)} captures`;
}

/** `windowText` where there is little room. */
export function axisText(axis: HistoryAxis): string {
  if (axis.window === null) return axis.x === "time" ? "over time" : "all";
  return axis.x === "time" ? `last ${axis.window} s` : `last ${groupDigits(axis.window)}`;
}

/** What was remembered, as far as it still is a choice. */
export function parseAxis(remembered: unknown, otherwise: HistoryAxis = defaultAxis): HistoryAxis {
  if (typeof remembered !== "object" || remembered === null) return otherwise;
  const { x, window } = remembered as Partial<Record<keyof HistoryAxis, unknown>>;
  return historyAxes.find((axis) => axis.x === x && axis.window === window) ?? otherwise;
}
