/** Zooming and panning as functions of ranges. Ranges are in data units, places in CSS pixels of the canvas. Pure. */
import type { PlotFrame } from "@pyprobe/lens";

export type Range = readonly [number, number];

/** The value at a place of the plot area, by the axis. */
export function xAt(frame: PlotFrame, xCssPx: number): number {
  const [low, high] = frame.xRange;
  return low + ((xCssPx - frame.leftCssPx) / frame.widthCssPx) * (high - low);
}

export function yAt(frame: PlotFrame, yCssPx: number): number {
  const [low, high] = frame.yRange;
  return high - ((yCssPx - frame.topCssPx) / frame.heightCssPx) * (high - low);
}

/** The range made `factor` times as wide with the value `at` held in its place; never narrower than doubles can tell apart. */
export function zoomRange(range: Range, at: number, factor: number): Range {
  const [low, high] = range;
  const smallest = Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE) * 1e-12;
  if ((high - low) * factor < smallest) return range;
  return [at - (at - low) * factor, at + (high - at) * factor];
}

export function panRange(range: Range, share: number): Range {
  const by = (range[1] - range[0]) * share;
  return [range[0] + by, range[1] + by];
}

/** The range moved along with the end of the data, as long as it held the end before. */
export function followRange(range: Range, before: unknown, end: unknown): Range {
  if (typeof before !== "number" || typeof end !== "number" || end === before || range[1] < before) return range;
  return [range[0] + end - before, range[1] + end - before];
}

/** The factor of one wheel event, alike for mice and touch pads. */
export function wheelFactor(event: {
  readonly deltaY: number;
  readonly deltaX: number;
  readonly deltaMode: number;
}): number {
  const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
  const pixels = event.deltaMode === 1 ? delta * 16 : event.deltaMode === 2 ? delta * 400 : delta;
  return Math.exp(Math.max(-300, Math.min(300, pixels)) * 0.0018);
}
