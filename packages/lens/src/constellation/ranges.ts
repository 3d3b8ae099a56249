import type { DataRange } from "@pyprobe/plot";

export type PlaneRanges = { readonly x: DataRange; readonly y: DataRange };

/** A cloud that is this small beside its distance from 0 is shown by itself, else with the origin in the middle. */
const FAR_FROM_ORIGIN = 0.2;
const AIR = 1.12;

/** The square that shows a whole cloud. The extents are those of its finite points. */
export function squareAround(x: DataRange, y: DataRange): PlaneRanges {
  const reach = Math.max(Math.abs(x[0]), Math.abs(x[1]), Math.abs(y[0]), Math.abs(y[1]));
  if (!Number.isFinite(reach)) return around([0, 0], 1);
  const half = Math.max(x[1] - x[0], y[1] - y[0]) / 2;
  const isFar = half > 0 && half < FAR_FROM_ORIGIN * reach && half > reach * 1e-12;
  if (!isFar) return around([0, 0], Math.min(Number.MAX_VALUE / 4, reach > 1e-300 ? reach * AIR : 1));
  return around([(x[0] + x[1]) / 2, (y[0] + y[1]) / 2], half * AIR);
}

function around([x, y]: readonly [number, number], half: number): PlaneRanges {
  return { x: [x - half, x + half], y: [y - half, y + half] };
}

/**
 * The ranges of the axes of a plot of this shape, one unit as long across as up. What is pinned stays: with one axis
 * pinned the other follows it about its own middle; with both pinned the aspect is the user's.
 */
export function planeRanges(
  square: PlaneRanges,
  pinned: { readonly x: DataRange | null; readonly y: DataRange | null },
  widthPerHeight: number,
): PlaneRanges {
  if (pinned.x !== null && pinned.y !== null) return { x: pinned.x, y: pinned.y };
  if (pinned.x !== null) return { x: pinned.x, y: resized(square.y, (pinned.x[1] - pinned.x[0]) / widthPerHeight) };
  if (pinned.y !== null) return { x: resized(square.x, (pinned.y[1] - pinned.y[0]) * widthPerHeight), y: pinned.y };
  const side = square.x[1] - square.x[0];
  return widthPerHeight >= 1
    ? { x: resized(square.x, side * widthPerHeight), y: square.y }
    : { x: square.x, y: resized(square.y, side / widthPerHeight) };
}

function resized([low, high]: DataRange, span: number): DataRange {
  const middle = low / 2 + high / 2;
  return [middle - span / 2, middle + span / 2];
}
